"""The worker: claims jobs, gives each a process, ends those that are cancelled and settles what was killed."""

import logging
import os
import select
import signal
import socket
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from secrets import token_hex
from uuid import UUID

import psycopg2
from django.db import DatabaseError, InterfaceError, connection
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from . import process
from .execution import claim, run
from .liveness import hold, is_dead
from .maintenance import maintain
from .models import Job, QueuedTask
from .notification import CHANNEL
from .outcome import BROKEN, KILLED, ORPHANED, STOPPED, end_interrupted

TICK = 0.5
"""Seconds within which an ended process is noticed."""
LOOK_EVERY = 1.0
SETTLE_EVERY = 5.0
MAINTAIN_EVERY = 60.0
PATIENCE = 5.0
"""Seconds that a process has to end by itself."""
PAUSE = 2.0
"""Seconds to wait when the database does not answer."""

AWAY = (DatabaseError, InterfaceError, psycopg2.Error)

log = logging.getLogger(__name__)


@dataclass
class JobProcess:
    pid: int
    result: QueuedTask
    kill_at: float | None = None


@dataclass
class Worker:
    """``at_once`` is by queue how many jobs may run in the whole portal; ``report`` is told when it is ready."""

    at_once: Mapping[str, int]
    report: Callable[[str], object] = print
    name: str = ""
    stopping: threading.Event = field(default_factory=threading.Event)
    running: dict[int, JobProcess] = field(default_factory=dict)
    helpers: dict[int, UUID | None] = field(default_factory=dict)
    """Processes that settle a job, or tidy."""
    looked: float = 0.0
    settled: float = 0.0
    maintained: float = 0.0

    def run(self) -> None:
        """Until it is stopped."""
        while not self.stopping.is_set():
            try:
                self._begin()
                while not self.stopping.is_set():
                    self._turn()
            except AWAY as problem:
                log.warning("The database does not answer, so running jobs are ended: %s", problem)
                self._kill_all()
                connection.close()
                self.stopping.wait(PAUSE)
        self._stop()

    def _begin(self) -> None:
        self.name = f"{socket.gethostname()[:30]}:{os.getpid()}:{token_hex(6)}"
        hold(self.name)
        with connection.cursor() as cursor:
            cursor.execute(f"LISTEN {CHANNEL}")
        self.looked = self.settled = self.maintained = 0.0
        self.report("Waiting for jobs.")

    def _turn(self) -> None:
        self._reap()
        now = time.monotonic()
        if now - self.looked >= LOOK_EVERY:
            self.looked = now
            self._end_cancelled()
            while self._start_next():
                pass
        if now - self.settled >= SETTLE_EVERY:
            self.settled = now
            self._settle_dead()
        if now - self.maintained >= MAINTAIN_EVERY:
            self.maintained = now
            self.helpers[process.start(maintain)] = None
        self._kill_stubborn()
        self._wait()

    def _start_next(self) -> bool:
        result = None if self.stopping.is_set() else claim(self.name, self.at_once)
        if result is None:
            return False
        pid = process.start(run, result)
        self.running[pid] = JobProcess(pid, result)
        return True

    def _reap(self) -> None:
        """Processes that ended; one that left its job running is settled by another."""
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if not pid:
                return
            self.helpers.pop(pid, None)
            ended = self.running.pop(pid, None)
            if ended is not None:
                process.end(pid, signal.SIGKILL)  # what it left behind
                self.looked = 0.0
                self._settle(ended.result, os.waitstatus_to_exitcode(status))

    def _settle(self, result: QueuedTask, code: int) -> None:
        if code != 0 or self._is_still_running(result):
            self._help(result, KILLED if code == -signal.SIGKILL else BROKEN)

    def _help(self, result: QueuedTask, how: object) -> None:
        """In another process, which may load whatever the job is about."""
        self.helpers[process.start(end_interrupted, result, how)] = result.pk

    def _is_still_running(self, result: QueuedTask) -> bool:
        return DBTaskResult.objects.filter(
            pk=result.pk, status=TaskResultStatus.RUNNING, worker_ids=result.worker_ids
        ).exists()

    def _settle_dead(self) -> None:
        """Jobs of workers that are no more, and of this one without a process."""
        known = {*self.helpers.values(), *(each.result.pk for each in self.running.values())}
        for result in DBTaskResult.objects.running():
            worker = result.worker_ids[-1] if result.worker_ids else ""
            if result.pk not in known and (worker == self.name or is_dead(worker)):
                self._help(result, ORPHANED)

    def _end_cancelled(self) -> None:
        ids = [each.result.pk for each in self.running.values()]
        asked = set(
            Job.objects.filter(task__in=ids, cancelled_at__isnull=False).values_list("task_id", flat=True)
        )
        for each in self.running.values():
            if each.result.pk in asked and each.kill_at is None:
                self._ask_to_end(each)

    def _ask_to_end(self, each: JobProcess) -> None:
        each.kill_at = time.monotonic() + PATIENCE
        process.end(each.pid, signal.SIGTERM)

    def _kill_stubborn(self) -> None:
        for each in self.running.values():
            if each.kill_at is not None and time.monotonic() >= each.kill_at:
                process.end(each.pid, signal.SIGKILL)

    def _wait(self) -> None:
        """Until somebody tells of something to do, or a tick has passed."""
        raw = connection.connection
        if not raw.notifies and select.select([raw], [], [], TICK)[0]:
            raw.poll()
        if raw.notifies:
            raw.notifies.clear()
            self.looked = 0.0

    def _kill_all(self) -> None:
        for pid in [*self.running, *self.helpers]:
            process.end(pid, signal.SIGKILL)
        for pid in [*self.running, *self.helpers]:
            os.waitpid(pid, 0)
        self.running.clear()
        self.helpers.clear()

    def _stop(self) -> None:
        """Jobs that run are ended and queued again, or told that they were stopped."""
        stopped = [each.result for each in self.running.values()]
        for each in self.running.values():
            self._ask_to_end(each)
        until = time.monotonic() + PATIENCE
        while (self.running or self.helpers) and time.monotonic() < until:
            self._reap_stopped()
            time.sleep(0.05)
        self._kill_all()
        with suppress(*AWAY):
            for result in stopped:
                end_interrupted(result, STOPPED, is_stopped=True)

    def _reap_stopped(self) -> None:
        for pid in [*self.running, *self.helpers]:
            if os.waitpid(pid, os.WNOHANG)[0]:
                self.running.pop(pid, None)
                self.helpers.pop(pid, None)
