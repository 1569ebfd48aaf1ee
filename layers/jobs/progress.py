"""How far a job is, written where others see it at once, whatever transaction the work is in."""

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from typing import Any

from django.db import DatabaseError, connection
from django.utils import timezone

from layers.sentences.sentence import written

Progress = Callable[[str, int | None], AbstractContextManager[Callable[[int], None]]]
"""What it is and how many units there are give a function that is called with the number of units done since."""
EVERY = 0.5
"""Seconds between two writings."""


def no_progress(label: str, total: int | None) -> AbstractContextManager[Callable[[int], None]]:
    return nullcontext(lambda units: None)


class JobProgress:
    """On a connection of its own; what cannot be written is left out, for the work matters more."""

    def __init__(self, job_id: int) -> None:
        self.job_id = job_id
        self._connection = connection.copy()

    def close(self) -> None:
        self._connection.close()

    @contextmanager
    def __call__(self, label: str, total: int | None) -> Iterator[Callable[[int], None]]:
        """Within the block the given function is told of units done."""
        began, wrote, done = time.monotonic(), 0.0, 0
        self._write(label, 0, total, None)

        def advance(units: int) -> None:
            nonlocal done, wrote
            done += units
            now = time.monotonic()
            if now - wrote >= EVERY:
                wrote = now
                self._write(label, done, total, done / max(now - began, 1e-6))

        yield advance
        self._write(label, done, total, done / max(time.monotonic() - began, 1e-6))

    def note(self, text: str) -> None:
        """A sentence for the job's log."""
        self._execute(
            "INSERT INTO jobs_joblogentry (job_id, at, text) VALUES (%s, %s, %s)",
            [self.job_id, timezone.now(), written(text)],
        )

    def _write(self, label: str, done: int, total: int | None, rate: float | None) -> None:
        self._execute(
            "UPDATE jobs_job SET phase = %s, done = %s, total = %s, rate = %s, progressed_at = %s WHERE id = %s",
            [written(label), done, total, rate, timezone.now(), self.job_id],
        )

    def _execute(self, sql: str, values: list[Any]) -> None:
        with suppress(DatabaseError), self._connection.cursor() as cursor:
            cursor.execute(sql, values)
