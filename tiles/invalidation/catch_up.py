"""Bringing this machine's caches up to the last committed change."""

import fcntl
import json
import logging
import os
import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress

from django.db import DatabaseError, connection

from tiles.cache.cache_guard import barrier
from tiles.cache.heartbeat import is_watched
from tiles.cache.paths import worker_lock_file

from . import blocks, change_feed, expiry
from .change_feed import Batch, Position, Touched

EXPIRED = "geoportal_expired"
"""The channel on which a worker says what it removed, for the processes of its machine to pass on."""

log = logging.getLogger(__name__)

MOST_IN_A_MESSAGE = 40  # changes; a message of PostgreSQL holds 8000 bytes


def catch_up() -> Batch:
    """Remove every kept tile that a change since the last time touched; who calls must hold :func:`alone`."""
    batch = change_feed.read(change_feed.load())
    barrier()
    if batch.continues:
        expiry.expire(batch.changes)
    else:
        expiry.empty()
    try:
        change_feed.save(batch.position)
    except OSError as problem:
        log.error("The same changes will be worked off again, %s", problem)
    _tell(batch)
    return batch


def ensure_watched() -> bool:
    """Do the worker's work where none gives a sign of life; False if what is kept cannot be relied on."""
    if is_watched():
        return True
    try:
        with alone(wait=True):
            if concerns_blocks(catch_up()) and blocks.refresh():
                catch_up()
    except OSError as problem:
        log.error("Changed tiles cannot be removed: %s", problem)
        return False
    except DatabaseError:
        pass  # nothing newer can be drawn either
    return True


def concerns_blocks(batch: Batch) -> bool:
    names = {layer.name for layer in blocks.drawn_as_blocks()}
    return not batch.continues or any(change.layer in names for change in batch.changes)


@contextmanager
def alone(*, wait: bool) -> Iterator[bool]:
    """Tells whether this process is the only one on this machine to bring the caches up to date."""
    handle = os.open(worker_lock_file(), os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError:
            yield False
        else:
            yield True
    finally:
        os.close(handle)


def cache_identity() -> str:
    """A name for this machine's caches; what other machines remove is not gone here."""
    kept = worker_lock_file().with_suffix(".id")
    if not kept.exists():
        draft = kept.with_suffix(f".{os.getpid()}")
        draft.write_text(secrets.token_hex(8))
        with suppress(FileExistsError):
            os.link(draft, kept)
        draft.unlink()
    return kept.read_text()


def _tell(batch: Batch) -> None:
    parts = [
        batch.changes[i : i + MOST_IN_A_MESSAGE] for i in range(0, len(batch.changes), MOST_IN_A_MESSAGE)
    ]
    with connection.cursor() as cursor:
        for part in parts or [[]]:
            cursor.execute(
                "SELECT pg_notify(%s, %s)", [EXPIRED, _message(batch.position, part, batch.continues)]
            )


def _message(position: Position, changes: Sequence[Touched], continues: bool) -> str:
    return json.dumps(
        {
            "cache": cache_identity(),
            "to": position.at.isoformat(),
            "all": not continues,
            "changes": [
                [
                    change.layer,
                    change.version,
                    int(change.audience),
                    _whole(change.box),
                    _whole(change.open_box),
                ]
                for change in changes
            ],
        },
        separators=(",", ":"),
    )


def _whole(box: tuple[float, float, float, float] | None) -> list[int] | None:
    """Metres are exact enough to tell which tiles to ask for again."""
    return box and [round(box[0]) - 1, round(box[1]) - 1, round(box[2]) + 1, round(box[3]) + 1]
