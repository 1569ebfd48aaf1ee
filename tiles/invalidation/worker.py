"""Keeps this machine's caches true: removes what changes touched, at once and after any interruption."""

import logging
import select
import threading
import time
from contextlib import suppress

from django.db import InterfaceError, OperationalError, connection
from django.utils import timezone

from tiles.cache.heartbeat import INTERVAL, beat
from tiles.cache.maintenance import DAY, maintain
from tiles.cache.paths import tiles_folder
from tiles.raster.configuration import tiles_folder as raster_tiles_folder
from tiles.vector.clustering import cluster, unclustered_models

from . import change_feed, worker_status
from .block_refresh import refresh_blocks
from .synchronization import affects_blocks, synchronize, worker_lock
from .triggers import CHANGES_CHANNEL

NIGHT = range(2, 5)  # hours of the district's own time
MAINTENANCE_INTERVAL = 600.0  # seconds between two looks at the size of the cache and the age of the record

log = logging.getLogger(__name__)


class Worker:
    def __init__(self) -> None:
        self.stopped = threading.Event()
        self.blocks_changed = threading.Event()
        self.maintained_at = self.verified_at = float("-inf")

    def run(self) -> None:
        """Until stopped; a lost database is waited for, and so is another worker on this machine."""
        while not self.stopped.is_set():
            with worker_lock(wait=False) as first:
                if first:
                    self._serve()
            self.stopped.wait(INTERVAL)

    def _serve(self) -> None:
        threading.Thread(target=self._refresh_blocks, daemon=True).start()
        while not self.stopped.is_set():
            try:
                with connection.cursor() as cursor:
                    cursor.execute(f"LISTEN {CHANGES_CHANNEL}")
                while not self.stopped.is_set():
                    if affects_blocks(synchronize()):
                        self.blocks_changed.set()
                    beat()
                    self._maintain()
                    self._wait_for_notification()
            except (OperationalError, InterfaceError) as problem:
                self._report_failure("The database is away", problem)
                connection.close()
            except OSError as problem:
                self._report_failure("Changed tiles cannot be removed", problem)

    def _report_failure(self, what: str, problem: Exception) -> None:
        log.error("%s: %s", what, problem)
        with suppress(OSError):
            worker_status.record_failure(f"{what}: {problem}")
        self.stopped.wait(INTERVAL)

    def _cluster_tables(self) -> None:
        """At night, when a table can be kept for a few seconds."""
        if timezone.localtime().hour in NIGHT:
            for model in unclustered_models():
                cluster(model)

    def _refresh_blocks(self) -> None:
        """In a thread of its own: many blocks take longer than a change may wait."""
        while not self.stopped.is_set():
            if not self.blocks_changed.wait(INTERVAL):
                continue
            self.blocks_changed.clear()
            try:
                refresh_blocks()
            except (OperationalError, InterfaceError) as problem:
                connection.close()
                self.blocks_changed.set()
                self._report_failure("Blocks cannot be made", problem)

    def _wait_for_notification(self) -> None:
        raw = connection.connection
        raw.poll()
        if not raw.notifies:
            ready, _, _ = select.select([raw], [], [], INTERVAL)
            if ready:
                raw.poll()
        raw.notifies.clear()

    def _maintain(self) -> None:
        """The files in a thread of their own, so that no change waits for it; thoroughly once a day."""
        now = time.monotonic()
        if now - self.maintained_at < MAINTENANCE_INTERVAL:
            return
        self.maintained_at = now
        change_feed.delete_old()
        self._cluster_tables()
        thorough = now - self.verified_at > DAY
        if thorough:
            self.verified_at = now
        threading.Thread(target=self._maintain_files, args=(thorough,), daemon=True).start()

    def _maintain_files(self, thorough: bool) -> None:
        size = maintain([tiles_folder(), raster_tiles_folder()], self.stopped, thorough=thorough)
        if size is not None:
            with suppress(OSError):
                worker_status.record_size(size)
