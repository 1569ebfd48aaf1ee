"""Filling the staging table, batch by batch: here, in processes of this machine, or on the workers of Dask."""

import gc
import multiprocessing
import os
import pickle
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field

from django.db import connection, connections
from django.utils.translation import gettext as _
from django.utils.translation import override

from importers.errors import ImporterError
from importers.history.row_ranges import RowRanges
from importers.sources.source import Batch, ProblemRow, Source

from .batches import BatchProcessor, ImportPlan, PreparedBatch
from .remote_worker import work
from .staging_table import LINE, StagingTable

MOST_PROBLEM_ROWS = 50_000
"""Rows; where more are wrong the file or its mapping is, and not its rows; of so many repaired ones the original is
kept."""

Progress = Callable[[str, int | None], AbstractContextManager[Callable[[int], None]]]
"""Shows how far something is: what it is and how many rows there are give a function that is told of rows done."""


def no_progress(label: str, total: int | None) -> AbstractContextManager[Callable[[int], None]]:
    return nullcontext(lambda rows: None)


@dataclass
class Totals:
    """What became of the batches; ``delivered`` are the fields that any of them fills."""

    read: int = 0
    problem_rows: list[ProblemRow] = field(default_factory=list)
    bulk_repairs: dict[tuple[str, str], RowRanges] = field(default_factory=dict)
    held: int = 0
    without_position: int = 0
    delivered: set[str] = field(default_factory=set)

    def add(self, done: "BatchOutcome") -> None:
        self.read += done.read
        for each in done.notes:
            self._add_problem_row(each)
        for said, rows in done.bulk_repairs.items():
            self.bulk_repairs.setdefault(said, RowRanges()).extend(rows)
        self.without_position += done.without_position
        self.delivered |= done.delivered
        if self.held > MOST_PROBLEM_ROWS:
            held = [each for each in self.problem_rows if each.held]
            examples = "; ".join(dict.fromkeys(each.reason for each in held[:200]))
            raise ImporterError(
                _(
                    "More than {most:,} rows are wrong, so the reference system or the mapping must be: {value}"
                ).format(most=MOST_PROBLEM_ROWS, value=examples[:300])
            )

    def _add_problem_row(self, each: ProblemRow) -> None:
        """Beyond so many repaired rows only the number of each is kept, with what was done."""
        self.held += each.held
        if each.held or len(self.problem_rows) - self.held < MOST_PROBLEM_ROWS:
            self.problem_rows.append(each)
            return
        for problem in each.problems:
            rows = self.bulk_repairs.setdefault((problem.wrong, problem.done), RowRanges())
            rows.extend(RowRanges([(each.row, each.row)]))


@dataclass(frozen=True)
class BatchOutcome:
    """A prepared batch without its rows."""

    read: int
    notes: list[ProblemRow]
    bulk_repairs: dict[tuple[str, str], RowRanges]
    without_position: int
    delivered: frozenset[str]


def fill(plan: ImportPlan, source: Source, stage: StagingTable, progress: Progress) -> Totals:
    """In this process and on this connection, so within its transaction."""
    totals, prepare = Totals(), BatchProcessor(plan)
    with progress(plan.layer, source.count) as tell, connection.cursor() as cursor:
        for batch in source.stream():
            prepared = prepare(batch)
            stage.copy(cursor, prepared.rows)
            totals.add(_outcome(prepared))
            tell(len(batch))
    return totals


def fill_with_workers(
    pool: "WorkerPool", plan: ImportPlan, source: Source, stage: StagingTable, progress: Progress
) -> Totals:
    """By workers, each with its own connection; the table must be committed for them to see it."""
    totals = Totals()
    with progress(plan.layer, source.count) as tell:
        for done in pool.each(plan, stage.table, source):
            totals.add(done)
            tell(done.read)
    return totals


@dataclass(frozen=True)
class WorkerPool:
    pool: Executor
    number: int

    def each(self, plan: ImportPlan, table: str, source: Source) -> Iterator["BatchOutcome"]:
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
        with ProcessPoolExecutor(processes, multiprocessing.get_context("fork")) as pool:
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


_processors: dict[str, BatchProcessor] = {}
"""The processor of the plan that this process works for."""


def pack(plan: ImportPlan, table: str, batch: Batch) -> bytes:
    """Unpacked by the worker when it is ready to know these classes."""
    return pickle.dumps((plan, table, batch), pickle.HIGHEST_PROTOCOL)


def prepare_and_copy(plan: ImportPlan, table: str, batch: Batch) -> BatchOutcome:
    if table not in _processors:
        _processors.clear()
        _processors[table] = BatchProcessor(plan)
        gc.freeze()
    processor = _processors[table]
    with override(plan.language):
        prepared = processor(batch)
    with connection.cursor() as cursor:
        StagingTable(processor.mapping.model, processor.mapping.mapping, table).copy(cursor, prepared.rows)
    return _outcome(prepared)


def _outcome(prepared: PreparedBatch) -> BatchOutcome:
    return BatchOutcome(
        prepared.read,
        prepared.notes,
        prepared.bulk_repairs,
        prepared.without_position,
        frozenset(prepared.rows.schema.names) - {LINE},
    )
