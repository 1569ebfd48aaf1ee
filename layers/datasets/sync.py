"""Keeping this process's registry in step with the datasets in the database."""

import asyncio
import re
import select
import threading
import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress

import psycopg2
from django.db import DatabaseError, InterfaceError, connection
from django.forms.models import model_to_dict

from layers.registry.declaration.layer import LAYER_NAME, Layer
from layers.registry.registration import is_registered, register, unregister

from .declaration import layer_of
from .models import Dataset

EVERY = 2.0
"""Seconds after which a process that serves looks though nobody told it to."""
CHANGED = "datasets_changed"
MOST_SOUGHT = 20
"""Names that a process seeks in a second: whoever makes names up does not keep the database busy."""

_lock = threading.Lock()
_known: dict[str, tuple[str, str]] = {}
"""By name the database and what was declared there."""
_looked: set[str] = set()
_sought: list[float] = []
"""When the last names were sought."""


def refresh(*, now: bool = False) -> None:
    """Register what was published and forget what was withdrawn; without ``now`` a process looks only once.

    Never fails: what cannot be asked stays as it is.
    """
    database = str(connection.settings_dict["NAME"])
    if (database in _looked and not now) or _in_event_loop() or connection.needs_rollback:
        return
    with _lock:
        with suppress(DatabaseError):
            _follow(_datasets(), _known.keys())
        _looked.add(database)


def find(name: str) -> None:
    """Look for one dataset that another process has published, or shown to more people, just now."""
    if name not in _known and (is_registered(name) or not re.fullmatch(LAYER_NAME, name)):
        return
    if _in_event_loop() or connection.needs_rollback or not _may_seek():
        return
    with _lock:
        _follow(_datasets(name=name), {name})


def forget(name: str) -> None:
    """Until it is sought again, or this process looks again."""
    unregister(name)
    del _known[name]


def tell() -> None:
    """Have every process that serves look, as soon as what was changed is committed."""
    with connection.cursor() as cursor:
        cursor.execute(f"NOTIFY {CHANGED}")


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
        try:
            await_change()
        except (DatabaseError, InterfaceError, psycopg2.Error):
            connection.close()
            time.sleep(EVERY)
        refresh(now=True)


def await_change() -> None:
    """Until somebody tells, or it is time to look anyway."""
    with connection.cursor() as cursor:
        cursor.execute(f"LISTEN {CHANGED}")
    raw, word = connection.connection, select.poll()
    word.register(raw, select.POLLIN)
    if not raw.notifies:
        word.poll(EVERY * 1000)
        raw.poll()
    raw.notifies.clear()


def _may_seek() -> bool:
    now = time.monotonic()
    _sought[:] = [moment for moment in _sought if moment > now - 1]
    if len(_sought) >= MOST_SOUGHT:
        return False
    _sought.append(now)
    return True


def _follow(rows: list[Dataset], names: Collection[str]) -> None:
    """Register what the rows say, and forget what was known under these names otherwise."""
    database = str(connection.settings_dict["NAME"])
    current = {row.name: (database, repr(model_to_dict(row))) for row in rows}
    for name in [name for name, was in _known.items() if name in names and current.get(name) != was]:
        forget(name)
    for row in rows:
        if row.name not in _known and not is_registered(row.name):
            register(layer_of(row))
            _known[row.name] = current[row.name]


def _datasets(**which: str) -> list[Dataset]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass(%s)", [Dataset._meta.db_table])
        if cursor.fetchone()[0] is None:
            return []
    return list(Dataset.objects.filter(is_published=True, **which))


def _in_event_loop() -> bool:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True
