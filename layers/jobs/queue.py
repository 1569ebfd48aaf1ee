"""Beginning, finding and cancelling jobs."""

from datetime import datetime
from typing import Any, ParamSpec, TypeVar

from django.db import connection, transaction
from django.utils import timezone
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from .models import Job
from .notification import notify_workers
from .outcome import cancellation_sentence, fail
from .tasks import JobTask

P = ParamSpec("P")
T = TypeVar("T")


def enqueue(
    task: "JobTask[..., Any]",
    *args: Any,
    who: Any = None,
    subject: str = "",
    url: str = "",
    key: str = "",
    run_after: datetime | None = None,
    is_beside_running: bool = False,
) -> Job:
    """Begin a job, or give the one that is under way about the same ``key``; ``who`` is a user, or nobody.

    ``is_beside_running`` begins it though one runs, where what that one has passed may have changed since.
    """
    with transaction.atomic():
        if key:
            _hold(key)
            same = Job.objects.active().filter(key=key, cancelled_at=None)
            if is_beside_running:
                same = same.filter(task__status=TaskResultStatus.READY)
            if found := same.first():
                return found
        result: Any = task.using(run_after=run_after).enqueue(*args)
        job = Job.objects.get(task_id=result.id)
        job.key, job.subject, job.url = key, subject[:300], url
        job.owner_id, job.owner = getattr(who, "pk", None), str(who or "")
        job.save(update_fields=["key", "subject", "url", "owner_id", "owner"])
    return job


def _hold(key: str) -> None:
    """Whoever begins a job about the same waits."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"job {key}"])


def cancel(job: Job, who: str) -> bool:
    """Whether it could be: a queued job ends at once, a running one as soon as its worker hears of it."""
    with transaction.atomic():
        result = DBTaskResult.objects.select_for_update().get(pk=job.task_id)
        if result.status not in {TaskResultStatus.READY, TaskResultStatus.RUNNING}:
            return False
        asked = Job.objects.filter(pk=job.pk, cancelled_at=None)
        asked.update(cancelled_at=timezone.now(), cancelled_by=who)
        job.refresh_from_db()
        if result.status == TaskResultStatus.RUNNING:
            notify_workers()
            return True
        fail(result, cancellation_sentence(job))
    return True
