"""Copying a batch into the staging table while the next one is read and checked."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import pyarrow as pa
from django.db import connection
from django.utils.translation import get_language, override

from .staging_table import StagingTable


@contextmanager
def background_copy(stage: StagingTable) -> Iterator[Callable[[pa.RecordBatch], None]]:
    """Copies on this thread's connection; whoever else wants to ask the database on it waits until it is free."""
    running: list[Future[None]] = []
    language = get_language()  # of this thread only

    def wait() -> None:
        if running:
            running.pop().result()

    def ask(execute: Callable[..., Any], *words: Any) -> Any:
        wait()
        return execute(*words)

    def copy_batch(cursor: Any, rows: pa.RecordBatch) -> None:
        with override(language or "en"):
            stage.copy(cursor, rows)

    with ThreadPoolExecutor(1) as thread, connection.cursor() as cursor:

        def copy(rows: pa.RecordBatch) -> None:
            wait()
            running.append(thread.submit(copy_batch, cursor, rows))

        with connection.execute_wrapper(ask):
            yield copy
        wait()
