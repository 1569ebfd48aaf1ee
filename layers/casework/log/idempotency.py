"""What is sent twice is done once: each act carries a key of its sender, which stands in the log."""

from collections.abc import Callable
from uuid import UUID

from django.db import connection, transaction

from layers.casework.models import Event


def lock_key(key: UUID) -> None:
    """Until the end of the transaction nobody else does what is sent with this key."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [str(key)])


def event_with_key(case_id: int, key: UUID) -> Event | None:
    """What was done with this key."""
    return Event.objects.filter(case_id=case_id, data__sent__key=str(key)).first()


@transaction.atomic
def run_once(case_id: int, key: UUID, act: Callable[[], Event]) -> Event:
    """Does it, unless it was done; ``act`` must leave the key in the log by ``Said.sent``."""
    lock_key(key)
    return event_with_key(case_id, key) or act()
