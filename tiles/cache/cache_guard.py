"""Keeping what was drawn, only if nothing it shows has changed meanwhile.

Whoever draws notes the database's snapshot, draws, and keeps the result inside :func:`guarded_write`. The worker
calls :func:`wait_for_writes` between reading a change and removing what it touched. So of a drawing and a change that
race, either the drawing sees the change recorded and is not kept, or it is kept before the worker removes it.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from django.db import DatabaseError, connection

from tiles.scheme import Box

LOCK = 0x67656F74  # of the whole database: all caches of all machines; the function in sql/ takes it too
Snapshot = str
"""As ``pg_current_snapshot()`` writes it."""


class ConnectionLost(Exception):
    """The database went away while something was being kept: it may be stale, take it back."""


def snapshot() -> Snapshot:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_snapshot()::text")
        return str(cursor.fetchone()[0])


@contextmanager
def guarded_write(seen: Snapshot, layer_names: Sequence[str], box: Box) -> Iterator[bool]:
    """Tells whether a drawing is still true; no barrier is passed before the block ends.

    Raises ConnectionLost at the end if nobody can say that it was so.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT geoportal_lock_and_look(%s::pg_snapshot, %s, %s, %s, %s, %s)",
            [seen, list(layer_names), *box],
        )
        changed = cursor.fetchone()[0]
        try:
            yield not changed
        finally:
            try:
                cursor.execute(f"SELECT pg_advisory_unlock_shared({LOCK})")
            except DatabaseError as problem:
                raise ConnectionLost from problem


def wait_for_writes() -> None:
    """Wait until everything is kept that did not see the changes the caller has read."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT pg_advisory_lock({LOCK})")
        cursor.execute(f"SELECT pg_advisory_unlock({LOCK})")
