"""Processes that check and copy batches: of this machine, or the workers of Dask."""

import gc
import multiprocessing
import os
import pickle
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import connections

from importers.sources.source import Batch, Source
from layers.child_process.lifetime import end_with

from .plan import ImportPlan
from .remote_worker import work
from .totals import BatchOutcome


@dataclass(frozen=True)
class WorkerPool:
    pool: Executor
    number: int

    def each(self, plan: ImportPlan, table: str, source: Source) -> Iterator[BatchOutcome]:
        """In the order of the batches; no more of them are under way than keep the workers busy."""
        waiting: deque[Future[BatchOutcome]] = deque()
        for batch in source.stream():
            waiting.append(self.pool.submit(work, pack(plan, table, batch)))
            if len(waiting) > self.number + 1:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


@contextmanager
def start_workers(processes: int, dask: str) -> Iterator[WorkerPool | None]:
    """Begin them before anything is under way on the database; None where this process is enough."""
    gc.freeze()  # or all that the process holds would be looked through for garbage every few thousand rows
    try:
        with _start(processes, dask) as found:
            yield found
    finally:
        gc.unfreeze()


@contextmanager
def _start(processes: int, dask: str) -> Iterator[WorkerPool | None]:
    if dask:
        with _dask(processes, dask) as found:
            yield found
    elif processes > 1:
        connections.close_all()  # a process that begins as a copy of this one must not share its connection
        context = multiprocessing.get_context("fork")
        with ProcessPoolExecutor(processes, context, initializer=end_with, initargs=(os.getpid(),)) as pool:
            pool.submit(os.getpid).result()
            yield WorkerPool(pool, processes)
    else:
        yield None


@contextmanager
def _dask(processes: int, address: str) -> Iterator[WorkerPool]:
    from distributed import Client, LocalCluster

    if address != "local":
        with Client(address, timeout=20) as client:
            yield WorkerPool(client.get_executor(pure=False), sum(client.ncores().values()))
        return
    number = max(2, processes)
    with (
        LocalCluster(
            n_workers=number, threads_per_worker=1, dashboard_address=None, host="127.0.0.1"
        ) as cluster,
        Client(cluster) as client,
    ):
        yield WorkerPool(client.get_executor(pure=False), number)


def pack(plan: ImportPlan, table: str, batch: Batch) -> bytes:
    """Unpacked by the worker when it is ready to know these classes."""
    return pickle.dumps((plan, table, batch), pickle.HIGHEST_PROTOCOL)
