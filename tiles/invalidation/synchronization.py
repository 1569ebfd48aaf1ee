"""Bringing this machine's caches up to the last committed change."""

import fcntl
import json
import logging
import os
import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from math import floor

from django.db import DatabaseError, connection

from tiles.cache.cache_guard import wait_for_writes
from tiles.cache.heartbeat import is_worker_alive
from tiles.cache.paths import worker_lock_file
from tiles.scheme import Box
from tiles.vector.blocks import block_layers

from . import change_feed, expiry
from .block_refresh import refresh_blocks
from .change_feed import Batch, ChangedArea, Position
from .triggers import FINE, REACH

EXPIRED_CHANNEL = "geoportal_expired"
"""The channel on which a worker says what it removed, for the processes of its machine to pass on."""

log = logging.getLogger(__name__)

MAX_MESSAGE_CHANGES = 40  # changes; a message of PostgreSQL holds 8000 bytes


def synchronize() -> Batch:
    """Remove every kept tile that a change since the last time touched; who calls must hold :func:`worker_lock`."""
    batch = change_feed.read(change_feed.load())
    wait_for_writes()
    if batch.is_complete:
        expiry.expire(batch.changes)
    else:
        expiry.clear()
    try:
        change_feed.save(batch.position)
    except OSError as problem:
        log.error("The same changes will be worked off again, %s", problem)
    _notify(batch)
    return batch


def ensure_synchronized() -> bool:
    """Do the worker's work where none gives a sign of life; False if what is kept cannot be relied on."""
    if is_worker_alive():
        return True
    try:
        with worker_lock(wait=True):
            if affects_blocks(synchronize()) and refresh_blocks():
                synchronize()
    except OSError as problem:
        log.error("Changed tiles cannot be removed: %s", problem)
        return False
    except DatabaseError:
        pass  # nothing newer can be drawn either
    return True


def affects_blocks(batch: Batch) -> bool:
    names = {layer.name for layer in block_layers()}
    return not batch.is_complete or any(change.layer in names for change in batch.changes)


@contextmanager
def worker_lock(*, wait: bool) -> Iterator[bool]:
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


def cache_id() -> str:
    """A name for this machine's caches; what other machines remove is not gone here."""
    kept = worker_lock_file().with_suffix(".id")
    if not kept.exists():
        draft = kept.with_suffix(f".{os.getpid()}")
        draft.write_text(secrets.token_hex(8))
        with suppress(FileExistsError):
            os.link(draft, kept)
        draft.unlink()
    return kept.read_text()


def _notify(batch: Batch) -> None:
    parts = [
        batch.changes[i : i + MAX_MESSAGE_CHANGES] for i in range(0, len(batch.changes), MAX_MESSAGE_CHANGES)
    ]
    with connection.cursor() as cursor:
        for part in parts or [[]]:
            cursor.execute(
                "SELECT pg_notify(%s, %s)",
                [EXPIRED_CHANNEL, _message(batch.position, part, batch.is_complete)],
            )


def _message(position: Position, changes: Sequence[ChangedArea], continues: bool) -> str:
    return json.dumps(
        {
            "cache": cache_id(),
            "to": position.at.isoformat(),
            "all": not continues,
            "changes": [
                [change.layer, int(change.audience), change.departments, _cells(change.box)]
                for change in changes
            ],
        },
        separators=(",", ":"),
    )


def _cells(box: Box | None) -> list[int] | None:
    """The cells of the tile scheme whose tiles show a box: where exactly something changed is nobody's to hear."""
    if box is None:
        return None
    west, south, east, north = box
    return [
        floor((west - REACH) / FINE),
        floor((south - REACH) / FINE),
        floor((east + REACH) / FINE) + 1,
        floor((north + REACH) / FINE) + 1,
    ]
