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

from importers.history.row_ranges import Spans
from importers.sources.source import Batch, Delivery, Noted, Refused

from .batches import Job, Prepared, Preparer
from .remote_worker import work
from .staging_table import LINE, Stage

MOST_NOTED = 50_000
"""Rows; where more are wrong the file or its mapping is, and not its rows; of so many repaired ones the original is
kept."""

Watch = Callable[[str, int | None], AbstractContextManager[Callable[[int], None]]]
"""Shows how far something is: what it is and how many rows there are give a function that is told of rows done."""


def unwatched(label: str, total: int | None) -> AbstractContextManager[Callable[[int], None]]:
    return nullcontext(lambda rows: None)


@dataclass
class Totals:
    """What became of the batches; ``delivered`` are the fields that any of them fills."""

    read: int = 0
    noted: list[Noted] = field(default_factory=list)
    many: dict[tuple[str, str], Spans] = field(default_factory=dict)
    held: int = 0
    without_position: int = 0
    delivered: set[str] = field(default_factory=set)

    def add(self, done: "Done") -> None:
        self.read += done.read
        for noted in done.notes:
            self._note(noted)
        for said, rows in done.many.items():
            self.many.setdefault(said, Spans()).extend(rows)
        self.without_position += done.without_position
        self.delivered |= done.delivered
        if self.held > MOST_NOTED:
            held = [noted for noted in self.noted if noted.held]
            examples = "; ".join(dict.fromkeys(noted.reason for noted in held[:200]))
            raise Refused(
                _(
                    "More than {MOST_NOTED:,} rows are wrong, so the reference system or the mapping must be: {value}"
                ).format(MOST_NOTED=MOST_NOTED, value=examples[:300])
            )

    def _note(self, noted: Noted) -> None:
        """Beyond so many repaired rows only the number of each is kept, with what was done."""
        self.held += noted.held
        if noted.held or len(self.noted) - self.held < MOST_NOTED:
            self.noted.append(noted)
            return
        for problem in noted.problems:
            rows = self.many.setdefault((problem.wrong, problem.done), Spans())
            rows.extend(Spans([(noted.row, noted.row)]))


@dataclass(frozen=True)
class Done:
    """A prepared batch without its rows."""

    read: int
    notes: list[Noted]
    many: dict[tuple[str, str], Spans]
    without_position: int
    delivered: frozenset[str]


def fill(job: Job, delivery: Delivery, stage: Stage, watch: Watch) -> Totals:
    """In this process and on this connection, so within its transaction."""
    totals, prepare = Totals(), Preparer(job)
    with watch(job.layer, delivery.count) as tell, connection.cursor() as cursor:
        for batch in delivery.stream():
            prepared = prepare(batch)
            stage.copy(cursor, prepared.rows)
            totals.add(_done(prepared))
            tell(len(batch))
    return totals


def fill_by(workers: "Workers", job: Job, delivery: Delivery, stage: Stage, watch: Watch) -> Totals:
    """By workers, each with its own connection; the table must be committed for them to see it."""
    totals = Totals()
    with watch(job.layer, delivery.count) as tell:
        for done in workers.each(job, stage.table, delivery):
            totals.add(done)
            tell(done.read)
    return totals


@dataclass(frozen=True)
class Workers:
    pool: Executor
    number: int

    def each(self, job: Job, table: str, delivery: Delivery) -> Iterator["Done"]:
        """In the order of the batches; no more of them are under way than keep the workers busy."""
        waiting: deque[Future[Done]] = deque()
        for batch in delivery.stream():
            waiting.append(self.pool.submit(work, packed(job, table, batch)))
            if len(waiting) > self.number + 1:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


@contextmanager
def workers(processes: int, dask: str) -> Iterator[Workers | None]:
    """Begin them before anything is under way on the database; None where this process is enough."""
    gc.freeze()  # or all that the process holds would be looked through for garbage every few thousand rows
    try:
        with _begun(processes, dask) as found:
            yield found
    finally:
        gc.unfreeze()


@contextmanager
def _begun(processes: int, dask: str) -> Iterator[Workers | None]:
    if dask:
        with _dask(processes, dask) as found:
            yield found
    elif processes > 1:
        connections.close_all()  # a process that begins as a copy of this one must not share its connection
        with ProcessPoolExecutor(processes, multiprocessing.get_context("fork")) as pool:
            pool.submit(os.getpid).result()
            yield Workers(pool, processes)
    else:
        yield None


@contextmanager
def _dask(processes: int, address: str) -> Iterator[Workers]:
    from distributed import Client, LocalCluster

    if address != "local":
        with Client(address, timeout=20) as client:
            yield Workers(client.get_executor(pure=False), sum(client.ncores().values()))
        return
    number = max(2, processes)
    with (
        LocalCluster(
            n_workers=number, threads_per_worker=1, dashboard_address=None, host="127.0.0.1"
        ) as cluster,
        Client(cluster) as client,
    ):
        yield Workers(client.get_executor(pure=False), number)


_prepared: dict[str, Preparer] = {}
"""The preparer of the job that this process works for."""


def packed(job: Job, table: str, batch: Batch) -> bytes:
    """Unpacked by the worker when it is ready to know these classes."""
    return pickle.dumps((job, table, batch), pickle.HIGHEST_PROTOCOL)


def prepare_and_copy(job: Job, table: str, batch: Batch) -> Done:
    if table not in _prepared:
        _prepared.clear()
        _prepared[table] = Preparer(job)
        gc.freeze()
    preparer = _prepared[table]
    with override(job.language):
        prepared = preparer(batch)
    with connection.cursor() as cursor:
        Stage(preparer.plan.model, preparer.plan.mapping, table).copy(cursor, prepared.rows)
    return _done(prepared)


def _done(prepared: Prepared) -> Done:
    return Done(
        prepared.read,
        prepared.notes,
        prepared.many,
        prepared.without_position,
        frozenset(prepared.rows.schema.names) - {LINE},
    )
