"""A batch checked and copied by whichever process has it, on a connection of its own."""

import gc

from django.db import connection
from django.utils.translation import override

from importers.sources.source import Batch

from .batches import BatchProcessor
from .plan import ImportPlan
from .staging_table import StagingTable
from .totals import BatchOutcome

_processors: dict[str, BatchProcessor] = {}
"""The processor of the plan that this process works for."""


def prepare_and_copy(plan: ImportPlan, table: str, batch: Batch) -> BatchOutcome:
    if table not in _processors:
        _processors.clear()
        _processors[table] = BatchProcessor(plan)
        gc.freeze()
    processor = _processors[table]
    with override(plan.language):
        rows, outcome = processor(batch)
    with connection.cursor() as cursor:
        StagingTable(processor.mapping.model, processor.mapping.mapping, table).copy(cursor, rows)
    return outcome
