"""Keeping this process's registry in step with the datasets in the database."""

import asyncio
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from django.db import DatabaseError, connection
from django.forms.models import model_to_dict

from ..registry.layer import Layer
from ..registry.registration import is_registered, register, unregister
from .declaring import layer_of
from .models import Dataset

EVERY = 2.0
"""Seconds between two looks of a process that serves."""

_lock = threading.Lock()
_known: dict[str, tuple[str, str]] = {}
"""By name the database and what was declared there."""
_looked: set[str] = set()


def refresh(*, now: bool = False) -> None:
    """Register what was published and forget what was withdrawn; without ``now`` a process looks only once.

    Never fails: what cannot be asked stays as it is.
    """
    database = str(connection.settings_dict["NAME"])
    if (database in _looked and not now) or _in_event_loop() or connection.needs_rollback:
        return
    with _lock:
        with suppress(DatabaseError):
            _follow(database, _datasets())
        _looked.add(database)


@contextmanager
def ahead(layer: Layer) -> Iterator[None]:
    """Within the block this process alone knows a layer that is not published yet."""
    register(layer)
    try:
        yield
    finally:
        unregister(layer.name)


def keep_looking() -> None:
    """Have this process look for as long as it lives, in a thread of its own."""
    threading.Thread(target=_look_again, daemon=True, name="datasets").start()


def _look_again() -> None:
    while True:
        time.sleep(EVERY)
        refresh(now=True)
        if connection.connection is not None and not connection.is_usable():
            connection.close()


def _follow(database: str, rows: list[Dataset]) -> None:
    current = {row.name: (database, repr(model_to_dict(row))) for row in rows}
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
    return list(Dataset.objects.filter(is_published=True))


def _in_event_loop() -> bool:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True
