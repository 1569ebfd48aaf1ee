"""Filling the staging table, batch by batch: in this process, or by workers."""

from concurrent.futures import ThreadPoolExecutor

from importers.sources.source import Source
from layers.jobs.progress import Progress

from .batch_copy import background_copy
from .batches import BatchProcessor
from .plan import ImportPlan
from .staging_table import StagingTable
from .totals import Totals
from .workers import WorkerPool

ROWS_TO_COPY = 5000
"""The fewer, the sooner the database begins and the less is left for it to do after the last; below this each costs more."""


def fill(plan: ImportPlan, source: Source, stage: StagingTable, progress: Progress) -> Totals:
    """In this process and on this connection, so within its transaction."""
    totals = Totals()
    with (
        progress(plan.layer, source.count) as tell,
        background_copy(stage) as copy,
        ThreadPoolExecutor(1) as beside,
    ):
        process = BatchProcessor(plan, beside)
        for batch in source.stream():
            for first in range(0, len(batch), ROWS_TO_COPY):
                part = batch.slice(first, ROWS_TO_COPY)
                rows, outcome = process(part)
                copy(rows)
                totals.add(outcome)
                tell(len(part))
    return totals


def fill_with_workers(
    pool: WorkerPool, plan: ImportPlan, source: Source, stage: StagingTable, progress: Progress
) -> Totals:
    """By workers, each with its own connection; the table must be committed for them to see it."""
    totals = Totals()
    with progress(plan.layer, source.count) as tell:
        for outcome in pool.each(plan, stage.table, source):
            totals.add(outcome)
            tell(outcome.read)
    return totals
