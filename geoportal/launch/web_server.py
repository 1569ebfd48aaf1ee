"""The web server, granian: a worker that is exchanged goes when the new one is ready, however long that takes."""

import logging
import os
import tempfile
import time
from collections.abc import Callable, Iterable
from typing import Any

from granian import cli
from granian.server import MPServer

from .readiness import READY, is_ready

LONGEST = 300
"""Seconds after which the old worker stays instead."""

log = logging.getLogger("_granian")


class WebServer(MPServer):
    def _respawn_workers(
        self, workers: Iterable[int], spawn_target: Any, target_loader: Any, delay: float = 0
    ) -> None:
        for number in workers:
            if self.interrupt_signal:
                return
            old: Any = self.wrks[number]
            if old.is_alive():
                self._exchange(number, spawn_target, target_loader)
            kept: Any = self.wrks[number]
            if not kept.is_alive():
                super()._respawn_workers([number], spawn_target, target_loader)

    def _exchange(self, number: int, spawn_target: Any, target_loader: Any) -> None:
        """Whichever of both ends meanwhile is no failure of which the server hears."""
        old: Any = self.wrks[number]
        new: Any = self._spawn_worker(idx=number, target=spawn_target, callback_loader=target_loader)
        old.interrupt_by_parent = new.interrupt_by_parent = True
        new.start()
        is_exchanged = self._becomes_ready(new)
        if is_exchanged:
            self.respawned_wrks[number] = time.monotonic()
            self.wrks[number] = new
            self._metrics.incr_spawn(1)
        else:
            log.warning("The new worker-%s is not ready, the old one stays", number + 1)
        _end(old if is_exchanged else new, self.workers_kill_timeout)
        self.wrks[number].interrupt_by_parent = False

    def _becomes_ready(self, worker: Any) -> bool:
        until = time.monotonic() + LONGEST
        while time.monotonic() < until and worker.is_alive() and not self.interrupt_signal:
            if is_ready(worker._id()):
                return True
            time.sleep(0.1)
        return False


def _end(worker: Any, seconds: float | None) -> None:
    worker.terminate()
    worker.join(seconds)
    if worker.is_alive():
        worker.kill()
        worker.join()


def main(serve: Callable[[], Any] = cli.entrypoint) -> None:
    cli.Server = WebServer  # type: ignore[attr-defined]
    with tempfile.TemporaryDirectory(prefix="web-ready-") as folder:
        os.environ[READY] = folder
        serve()


if __name__ == "__main__":
    main()
