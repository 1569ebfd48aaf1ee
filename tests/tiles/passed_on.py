"""What a worker passes on to the processes of its machine, heard as they hear it."""

import select
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.db import connection

from tiles.invalidation.synchronization import EXPIRED_CHANNEL

ALL_SAID = "tests_all_said"
PATIENCE = 20  # seconds


@contextmanager
def passed_on() -> Iterator[Callable[[], list[str]]]:
    """Gives the messages of what was committed since the block began, waiting until all of it must have come."""
    listener = connection.copy()
    try:
        with listener.cursor() as cursor:
            cursor.execute(f"LISTEN {EXPIRED_CHANNEL}; LISTEN {ALL_SAID}")

        def heard() -> list[str]:
            with connection.cursor() as cursor:
                cursor.execute(f"NOTIFY {ALL_SAID}")
            raw, until = listener.connection, time.monotonic() + PATIENCE
            while not any(each.channel == ALL_SAID for each in raw.notifies):
                assert time.monotonic() < until
                select.select([raw], [], [], 1)
                raw.poll()
            return [each.payload for each in raw.notifies if each.channel == EXPIRED_CHANNEL]

        yield heard
    finally:
        listener.close()
