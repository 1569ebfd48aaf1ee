"""Keeping what was drawn, only if nothing it shows has changed meanwhile.

Whoever draws notes the database's snapshot, draws, and keeps the result inside :func:`publishing`. The worker
passes :func:`barrier` between reading a change and removing what it touched. So of a drawing and a change that
race, either the drawing sees the change recorded and is not kept, or it is kept before the worker removes it.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import DatabaseError, connection

from ..scheme import Box

LOCK = 0x67656F74  # of the whole database: all caches of all machines
Snapshot = str
"""As ``pg_current_snapshot()`` writes it."""


class ConnectionLost(Exception):
    """The database went away while something was being kept: it may be stale, take it back."""


def snapshot() -> Snapshot:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_snapshot()::text")
        return str(cursor.fetchone()[0])


@contextmanager
def publishing(seen: Snapshot, layer_names: Sequence[str], box: Box) -> Iterator[bool]:
    """Tells whether a drawing is still true; no barrier is passed before the block ends.

    Raises ConnectionLost at the end if nobody can say that it was so.
    """
    with connection.cursor() as cursor:
        # Two statements: the second must see what was committed while the first waited.
        cursor.execute(f"SELECT pg_advisory_lock_shared({LOCK}); {_CHANGED}", _params(seen, layer_names, box))
        changed = cursor.fetchone()[0]
        try:
            yield not changed
        finally:
            try:
                cursor.execute(f"SELECT pg_advisory_unlock_shared({LOCK})")
            except DatabaseError as problem:
                raise ConnectionLost from problem


def barrier() -> None:
    """Wait until everything is kept that did not see the changes the caller has read."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT pg_advisory_lock({LOCK})")
        cursor.execute(f"SELECT pg_advisory_unlock({LOCK})")


_CHANGED = """
    SELECT EXISTS (
        SELECT FROM tiles_change
        WHERE transaction >= pg_snapshot_xmin(%s::pg_snapshot)
        AND NOT pg_visible_in_snapshot(transaction, %s::pg_snapshot)
        AND layer = ANY(%s)
        AND (box && ST_MakeEnvelope(%s, %s, %s, %s, 3857) OR open_box && ST_MakeEnvelope(%s, %s, %s, %s, 3857))
    )
"""


def _params(seen: Snapshot, layer_names: Sequence[str], box: Box) -> list[Any]:
    return [seen, seen, list(layer_names), *box, *box]
