"""What a worker passes on to the processes of its machine, heard as they hear it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.db import connection

from tiles.invalidation.synchronization import EXPIRED_CHANNEL


@contextmanager
def passed_on() -> Iterator[Callable[[], list[str]]]:
    """Gives the messages since the block began."""
    listener = connection.copy()
    try:
        with listener.cursor() as cursor:
            cursor.execute(f"LISTEN {EXPIRED_CHANNEL}")

        def heard() -> list[str]:
            listener.connection.poll()
            return [notification.payload for notification in listener.connection.notifies]

        yield heard
    finally:
        listener.close()
