"""Keeping this process's registry in step with the datasets in the database."""

import asyncio
import threading
import time
from contextlib import suppress

from django.db import DatabaseError, connection

from ..registry.registration import is_registered, register, unregister
from .declaring import layer_of
from .models import Dataset

EVERY = 2.0
"""Seconds after which a process that is asked for layers looks again."""

_lock = threading.Lock()
_known: dict[str, tuple[str, int]] = {}
_looked: dict[str, float] = {}


def refresh(*, now: bool = False) -> None:
    """Register what was published and forget what was withdrawn since the last look; never fails."""
    database = str(connection.settings_dict["NAME"])
    if not now and time.monotonic() - _looked.get(database, -EVERY) < EVERY:
        return
    if _in_event_loop() or connection.needs_rollback:
        return
    if not _lock.acquire(blocking=now):
        return  # another thread is looking
    try:
        _looked[database] = time.monotonic()
        with suppress(DatabaseError):
            _follow(database, _datasets())
    finally:
        _lock.release()


def _follow(database: str, rows: list[Dataset]) -> None:
    current = {row.name: (database, row.pk) for row in rows}
    for name in [name for name, known in _known.items() if current.get(name) != known]:
        unregister(name)
        del _known[name]
    for row in rows:
        if row.name not in _known and not is_registered(row.name):
            register(layer_of(row))
            _known[row.name] = current[row.name]


def _datasets() -> list[Dataset]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass(%s)", [Dataset._meta.db_table])
        if cursor.fetchone()[0] is None:
            return []
    return list(Dataset.objects.all())


def _in_event_loop() -> bool:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True
