"""Rows that were held back: put right and tried again, or let go."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow as pa
from django.db import transaction

from importers.errors import ImporterError
from importers.history.report import ImportReport
from importers.models import Import, RowIssue
from importers.options import ImportOptions
from importers.sources.source import ROWS_AT_ONCE, Batch, ProblemRow, Source, batch_of_rows
from layers.jobs.progress import Progress, no_progress
from layers.registry.declaration.layer import Layer
from layers.sentences.sentence import gettext as _

from .import_run import ImportRun, import_source


def correct(row: RowIssue, values: dict[str, str]) -> None:
    """Write what a person put right; it is checked when the row is tried again."""
    unknown = values.keys() - row.values.keys()
    if unknown:
        raise ImporterError(_("The row has no column {names}.").format(names=", ".join(sorted(unknown))))
    row.values |= values
    row.save(update_fields=["values"])


@transaction.atomic
def retry(imported: Import, layer: Layer, who: Any, progress: Progress = no_progress) -> ImportReport:
    """Load the held rows as they are now; those that are still wrong stay held, with the new reasons."""
    rows = list(imported.rows.select_for_update().filter(is_held=True))
    if not rows:
        raise ImporterError(_("No row of this import is held back."))
    report = import_source(
        ImportRun(Path(imported.file_name), layer, _options(imported, who, progress), imported.sha256),
        _source(rows, imported.report.get("source_crs") or None),
    )
    still = {each.row: each for each in report.problem_rows if each.held}
    for place, row in enumerate(rows, 1):
        _settle(row, still.get(place))
    RowIssue.objects.filter(imported_id=report.import_id, is_held=True).delete()
    return report


def _options(imported: Import, who: Any, progress: Progress) -> ImportOptions:
    kept = ImportOptions.from_json(imported.options)
    return replace(
        kept,
        source_crs=kept.source_crs or imported.report.get("source_crs") or None,
        source=kept.source or imported.file_name,
        file_layer=None,
        encoding=None,
        remove_absent=False,
        accept_valid=True,
        processes=1,
        who=who,
        progress=progress,
    )


def _source(rows: Sequence[RowIssue], crs: str | None) -> Source:
    headings = list(dict.fromkeys(name for row in rows for name in row.values))
    placed = any(row.shape is not None for row in rows)
    return Source(headings, partial(_stream, rows, headings, placed), placed, crs, len(rows))


def _stream(rows: Sequence[RowIssue], headings: list[str], placed: bool) -> Iterator[Batch]:
    for start in range(0, len(rows), ROWS_AT_ONCE):
        part = rows[start : start + ROWS_AT_ONCE]
        batch = batch_of_rows([row.values for row in part], headings, start)
        shapes = [None if row.shape is None else bytes(row.shape) for row in part]
        yield replace(
            batch,
            shapes=pa.array(shapes, pa.binary()) if placed else None,
            labels=[row.label or f"row {row.row}" for row in part],
        )


def _settle(row: RowIssue, still: ProblemRow | None) -> None:
    if still is None:
        row.is_held = False
        row.problems = [problem | {"done": _("put right and loaded")} for problem in row.problems]
    else:
        row.problems = [vars(problem) for problem in still.problems]
    row.save(update_fields=["is_held", "problems"])
