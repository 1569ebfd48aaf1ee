"""Which workers live: each holds a lock of the database for as long as it does, which ends with its connection."""

from django.db import connection, transaction

LOCK = 0x6A6F62  # the first half of the advisory locks of workers


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
