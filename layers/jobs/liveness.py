"""Which workers live: each holds a lock of the database for as long as it does, which ends with its connection."""

from datetime import datetime

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django_tasks_db.models import DBTaskResult

LOCK = 0x6A6F62  # the first half of the advisory locks of workers
LONG = 60.0
"""Seconds after which a job that nothing stands before should have begun."""


def hold(worker: str) -> None:
    """For as long as this process's connection lasts."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s, hashtext(%s))", [LOCK, worker])


def is_dead(worker: str) -> bool:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s, hashtext(%s))", [LOCK, worker])
        return bool(cursor.fetchone()[0])


def living() -> int:
    """How many workers live."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND classid = %s AND objid <> 0 AND granted "
            "AND database = (SELECT oid FROM pg_database WHERE datname = current_database())",
            [LOCK],
        )
        return int(cursor.fetchone()[0])


def problem() -> str:
    """Why jobs are not done, for the administrator; empty where a worker does them."""
    waited = _longest_wait()
    if not living():
        reason = _(
            "No job worker is connected to the database. Start manage.py job_worker, or look into its log."
        )
    elif waited > LONG:
        reason = _("A job worker is connected but begins nothing; look into its log.")
    else:
        return ""
    if not waited:
        return reason
    waits = _("A job has waited for %(minutes)d min.") % {"minutes": waited // 60}
    return f"{reason} {waits}"


def _longest_wait() -> float:
    """Seconds that a job has waited in whose queue nothing is under way; 0 where none waits."""
    now = timezone.now()
    busy = DBTaskResult.objects.running().values("queue_name")
    waiting = DBTaskResult.objects.ready().exclude(queue_name__in=busy)
    times = waiting.values_list("enqueued_at", "run_after")
    return max((_since(now, *each) for each in times), default=0.0)


def _since(now: datetime, enqueued: datetime, run_after: datetime) -> float:
    """The library writes the year 9999 for a job that may begin at once."""
    return (now - (enqueued if run_after > now else max(enqueued, run_after))).total_seconds()
