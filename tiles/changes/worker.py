"""Removes the raster tiles that changes made stale.

Vector tiles carry the versions they were made from and need no help to stay right; raster tiles do.
"""

import logging
import select
import threading
from collections.abc import Iterable
from pathlib import Path

from django.conf import settings
from django.db import OperationalError, connection

from ..cache import remove_stale
from ..mapproxy.expiry import expire
from ..models import Change
from .triggers import CHANNEL

PAUSE = 5.0  # seconds between looks when nobody calls
HEARTBEAT = "tile-worker-alive"

log = logging.getLogger(__name__)


class Worker:
    def __init__(self) -> None:
        self.stopped = threading.Event()

    def run(self) -> None:
        """Until stopped; a lost database is waited for."""
        while not self.stopped.is_set():
            try:
                self._listen()
                while not self.stopped.is_set():
                    work_off()
                    self._beat()
                    self._await_call()
            except OperationalError as problem:
                log.warning("The database is away: %s", problem)
                connection.close()
                self.stopped.wait(PAUSE)

    def _listen(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute(f"LISTEN {CHANNEL}")

    def _await_call(self) -> None:
        raw = connection.connection
        ready, _, _ = select.select([raw], [], [], PAUSE)
        if ready:
            raw.poll()
            raw.notifies.clear()

    def _beat(self) -> None:
        (Path(settings.DATA) / HEARTBEAT).touch()


def work_off() -> int:
    """Expire what all recorded changes touched, then forget them; returns how many there were."""
    changes = list(Change.objects.order_by("id").values_list("id", "layer", "box")[:5000])
    for layer, box in _merged(changes):
        expire(layer, box)
    remove_stale({layer for _, layer, _ in changes})
    # Only the rows that were read: one committed meanwhile may have a lower number.
    Change.objects.filter(id__in=[number for number, _, _ in changes]).delete()
    return len(changes)


def _merged(
    changes: Iterable[tuple[int, str, object]],
) -> list[tuple[str, tuple[float, float, float, float] | None]]:
    """Each layer's boxes once; an unknown box stands for everywhere."""
    seen: dict[tuple[str, object], tuple[str, tuple[float, float, float, float] | None]] = {}
    for _, layer, box in changes:
        extent = None if box is None else box.extent  # type: ignore[attr-defined]
        seen[layer, extent] = layer, extent
    everywhere = {layer for layer, extent in seen.values() if extent is None}
    return [(layer, extent) for layer, extent in seen.values() if extent is None or layer not in everywhere]
