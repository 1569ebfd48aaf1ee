import signal
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from layers.jobs.worker import Worker


class Command(BaseCommand):
    requires_system_checks = ()  # they load every page of the portal
    help = (
        "Do the jobs that people and the portal begin, each in a process of its own. Runs until it is stopped; jobs "
        "that can be repeated are queued again then."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        worker = Worker(settings.JOBS_AT_ONCE, self.stdout.write)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: worker.stopping.set())
        worker.run()
