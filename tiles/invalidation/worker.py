"""Keeps this machine's caches true: removes what changes touched, at once and after any interruption."""

import logging
import select
import threading
import time
from contextlib import suppress

from django.db import InterfaceError, OperationalError, connection
from django.utils import timezone

from tiles.cache.heartbeat import INTERVAL, beat
from tiles.cache.maintenance import DAY, keep_up
from tiles.vector.clustering import disordered, order

from . import blocks, change_feed, worker_status
from .catch_up import alone, catch_up, concerns_blocks
from .triggers import RECORDED

NIGHT = range(2, 5)  # hours of the district's own time
UPKEEP = 600.0  # seconds between two looks at the size of the cache and the age of the record

log = logging.getLogger(__name__)


class Worker:
    def __init__(self) -> None:
        self.stopped = threading.Event()
        self.blocks = threading.Event()
        self.kept_up = self.checked = float("-inf")

    def run(self) -> None:
        """Until stopped; a lost database is waited for, and so is another worker on this machine."""
        while not self.stopped.is_set():
            with alone(wait=False) as first:
                if first:
                    self._work()
            self.stopped.wait(INTERVAL)

    def _work(self) -> None:
        threading.Thread(target=self._make_blocks, daemon=True).start()
        while not self.stopped.is_set():
            try:
                with connection.cursor() as cursor:
                    cursor.execute(f"LISTEN {RECORDED}")
                while not self.stopped.is_set():
                    if concerns_blocks(catch_up()):
                        self.blocks.set()
                    beat()
                    self._keep_up()
                    self._await_call()
            except (OperationalError, InterfaceError) as problem:
                self._failed("The database is away", problem)
                connection.close()
            except OSError as problem:
                self._failed("Changed tiles cannot be removed", problem)

    def _failed(self, what: str, problem: Exception) -> None:
        log.error("%s: %s", what, problem)
        with suppress(OSError):
            worker_status.tell_failure(f"{what}: {problem}")
        self.stopped.wait(INTERVAL)

    def _order_tables(self) -> None:
        """At night, when a table can be kept for a few seconds."""
        if timezone.localtime().hour in NIGHT:
            for model in disordered():
                order(model)

    def _make_blocks(self) -> None:
        """In a thread of its own: many blocks take longer than a change may wait."""
        while not self.stopped.is_set():
            if not self.blocks.wait(INTERVAL):
                continue
            self.blocks.clear()
            try:
                blocks.refresh()
            except (OperationalError, InterfaceError) as problem:
                connection.close()
                self.blocks.set()
                self._failed("Blocks cannot be made", problem)

    def _await_call(self) -> None:
        raw = connection.connection
        raw.poll()
        if not raw.notifies:
            ready, _, _ = select.select([raw], [], [], INTERVAL)
            if ready:
                raw.poll()
        raw.notifies.clear()

    def _keep_up(self) -> None:
        """In a thread of its own, so that no change waits for it; thoroughly once a day."""
        now = time.monotonic()
        if now - self.kept_up < UPKEEP:
            return
        self.kept_up = now
        change_feed.forget_old()
        self._order_tables()
        thorough = now - self.checked > DAY
        if thorough:
            self.checked = now
        threading.Thread(
            target=keep_up, args=(self.stopped,), kwargs={"thorough": thorough}, daemon=True
        ).start()
