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
            old: Any = self.wrks[number]
            if not old.is_alive():
                super()._respawn_workers([number], spawn_target, target_loader)
                continue
            new: Any = self._spawn_worker(idx=number, target=spawn_target, callback_loader=target_loader)
            new.start()
            if not _becomes_ready(new):
                log.warning("The new worker-%s is not ready, the old one stays", number + 1)
                _end(new, self.workers_kill_timeout)
                continue
            self.respawned_wrks[number] = time.monotonic()
            self.wrks[number] = new
            _end(old, self.workers_kill_timeout)
            self._metrics.incr_spawn(1)


def _becomes_ready(worker: Any) -> bool:
    until = time.monotonic() + LONGEST
    while time.monotonic() < until and worker.is_alive():
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
