import signal
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from layers.datasets.sync import keep_looking
from tiles.invalidation.synchronization import synchronize, worker_lock
from tiles.invalidation.worker import Worker


class Command(BaseCommand):
    help = "Remove the cached tiles that changes made stale, as they are committed. Runs until it is stopped."
    requires_system_checks = ()  # they load every page of the portal

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--once", action="store_true", help="work off what there is, then end")

    def handle(self, *args: Any, once: bool, **options: Any) -> None:
        if once:
            with worker_lock(wait=True):
                done = len(synchronize().changes)
            self.stdout.write(f"{done} changes worked off.")
            return
        keep_looking()
        worker = Worker()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: self._stop(worker))
        worker.run()

    def _stop(self, worker: Worker) -> None:
        worker.stopped.set()
        raise SystemExit(0)
