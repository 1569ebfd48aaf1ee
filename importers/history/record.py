"""The record of an import: its state while it runs, its outcome, the rows that were noted, what to remember."""

import hashlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.contrib.gis.geos import GEOSGeometry
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from importers.models import Import, RowGroup, RowIssue, State
from importers.sources.source import ProblemRow
from layers.coordinates import STORE_SRID
from layers.jobs.models import Job
from layers.sentences.sentence import as_json
from layers.sentences.sentence import gettext as _

from .report import ImportReport

AT_ONCE = 1000
START_TIME = timedelta(seconds=20)
"""A job that was begun needs so long at most until others can tell that it runs."""

LOCK = 0x696D70  # the first half of the advisory locks of imports


def begin(
    layer: str, path: Path, sha256: str, options: dict[str, Any], who: Any, imported: Import | None = None
) -> Import:
    """A new record, or one that is gone on with, which loses what was noted before."""
    imported = imported or Import(file_name=path.name[:255])
    imported.layer, imported.sha256, imported.options = layer, sha256, options
    imported.source = (options.get("source") or path.name)[:200]
    imported.who = who or imported.who
    imported.state, imported.reason = State.RUNNING, ""
    imported.started, imported.finished = timezone.now(), None
    imported.save()
    imported.rows.all().delete()
    imported.row_groups.all().delete()
    return imported


def refuse(layer: str, path: Path, who: Any, imported: Import | None, reason: str) -> None:
    """A file that could not be worked with at all leaves a line too."""
    with suppress(DatabaseError):
        line = imported or Import(layer=layer, file_name=path.name[:255], who=who, started=timezone.now())
        line.state, line.reason, line.finished = State.FAILED, reason, timezone.now()
        line.save()


def end(imported: Import, state: str, report: ImportReport, reason: str = "") -> None:
    """Write the outcome and the noted rows."""
    imported.state, imported.reason, imported.finished = state, reason or report.refusal, timezone.now()
    imported.counts, imported.report = report.counts(), report.as_json()
    if report.loaded and state == State.LOADED:
        imported.added_rows = report.loaded.added_rows
        imported.transaction = report.loaded.transaction
    imported.save()
    RowIssue.objects.bulk_create(_rows(imported, report.problem_rows), batch_size=AT_ONCE)
    RowGroup.objects.bulk_create(
        RowGroup(imported=imported, wrong=wrong, done=done, rows=str(rows))
        for (wrong, done), rows in report.bulk_repairs.items()
    )


def fail(imported: Import, reason: str, state: State = State.FAILED) -> None:
    Import.objects.filter(pk=imported.pk).update(state=state, reason=reason, finished=timezone.now())


def _rows(imported: Import, problem_rows: Iterable[ProblemRow]) -> Iterable[RowIssue]:
    for each in problem_rows:
        yield RowIssue(
            imported=imported,
            row=each.row,
            label=each.label[:80],
            is_held=each.held,
            problems=[vars(problem) for problem in each.problems],
            values=as_json(dict(each.values)),
            shape=each.shape,
            place=GEOSGeometry(memoryview(each.place), srid=STORE_SRID) if each.place else None,
        )


def fingerprint(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def staging_table_name(import_id: int) -> str:
    return f"importers_staged_{import_id}"


@contextmanager
def hold_alive(imported: Import) -> Iterator[None]:
    """While the block runs, others can tell that the import does."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s, %s)", [LOCK, imported.pk])
    try:
        yield
    finally:
        with suppress(DatabaseError), connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [LOCK, imported.pk])


def drop_staging(imported: Import) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE IF EXISTS {staging_table_name(imported.pk)}")


def fail_interrupted(**kwargs: Any) -> None:
    """Imports that were killed are told to have failed, and what they left behind is removed.

    Those that a job does are its worker's to settle.
    """
    for imported in Import.objects.filter(state=State.RUNNING, started__lt=timezone.now() - START_TIME):
        if Job.objects.active().filter(key=imported.job_key).exists():
            continue
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [LOCK, imported.pk])
            if not cursor.fetchone()[0]:
                continue
            cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [LOCK, imported.pk])
        drop_staging(imported)
        fail(imported, _("It was interrupted; the layer is as it was before."))
