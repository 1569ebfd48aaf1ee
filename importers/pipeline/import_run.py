"""One import from file to table: read, plan, stage, merge, record."""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from django.db import connection, transaction

from importers.crs import transformation
from importers.errors import ImporterError
from importers.history import delivery_profile, record
from importers.history.report import ImportReport
from importers.models import Import, State
from importers.options import ImportOptions, label_of
from importers.sources import files
from importers.sources.source import Problem, ProblemRow, Source
from layers.registry.declaration.layer import Geometry, Layer
from layers.sentences.sentence import gettext as _

from .disk_space import explanation
from .duplicates import Duplicates
from .merge import Merge
from .plan import ImportPlan, plan_import
from .staging import fill, fill_with_workers
from .staging_table import StagingTable
from .totals import Totals
from .workers import WorkerPool, start_workers

MANY_ROWS = 100_000
SERVER_SETTINGS = {
    # For each sort and each table of keys; half a million rows fit, and the size of the file changes nothing in it.
    "work_mem": "256MB",
    # Else tables of keys may be twice as large, in each of three processes.
    "hash_mem_multiplier": "1",
    # Where workers filled the staging table, which then is none of this session's own.
    "max_parallel_workers_per_gather": "2",
    # Its tables would lie in shared memory, of which containers have little.
    "enable_parallel_hash": "off",
    # Of tables just filled; what is usual costs as much as two indexes, and in a minute the database makes its own.
    "default_statistics_target": "20",
}
"""Of the merge's transaction."""


@dataclass(frozen=True)
class ImportRun:
    """What is imported where."""

    path: Path
    layer: Layer
    options: ImportOptions
    sha256: str = ""
    imported: Import | None = None
    """The record to go on with, rather than a new one."""
    on_loaded: Callable[[], None] | None = None
    """Called in the transaction of the rows."""
    notes: Sequence[str] = ()
    """What is to be said of the file besides."""


def import_file(
    path: Path,
    layer: Layer,
    options: ImportOptions,
    imported: Import | None = None,
    on_loaded: Callable[[], None] | None = None,
    notes: Sequence[str] = (),
) -> ImportReport:
    """Load a file into a layer; raises ImporterError with a sentence where it cannot be worked with at all.

    A report whose ``refusal`` is filled says that rows were wrong and nothing was loaded.
    """
    run = ImportRun(path, layer, options, imported=imported, on_loaded=on_loaded, notes=notes)
    try:
        with files.open_source(path, options.file_layer, options.encoding) as source:
            return import_source(replace(run, sha256=record.fingerprint(path)), source)
    except ImporterError as problem:
        if not problem.recorded:
            record.refuse(run.layer.name, path, options.who, imported, str(problem))
        raise
    except OSError as problem:
        record.refuse(run.layer.name, path, options.who, imported, explanation(problem))
        raise


def import_source(run: ImportRun, source: Source) -> ImportReport:
    """Load what was read into a layer."""
    run, notes = _with_remembered_options(run, source)
    options = run.options
    plan, found = plan_import(run.layer, source, options)
    record.fail_interrupted()
    processes = 1 if options.adding else options.processes or useful_processes(source)
    with start_workers(processes, "" if options.adding else options.dask) as pool:
        imported = record.begin(
            run.layer.name, run.path, run.sha256, options.as_json(), options.who, run.imported
        )
        report = ImportReport(
            run.layer.name,
            source_crs=plan.crs or "",
            headings=plan.headings,
            notes=[*source.notes, *run.notes, *notes, *found],
            import_id=imported.pk,
        )
        try:
            with record.hold_alive(imported):
                _run(run, source, plan, imported, report, pool)
        except BaseException as problem:
            record.fail(imported, explanation(problem))
            if isinstance(problem, ImporterError):
                problem.recorded = True
            raise
    return report


def useful_processes(source: Source) -> int:
    """Processes that are worth their start, half a second: one for a small file, else what the machine has, up to four."""
    return 1 if (source.count or 0) < MANY_ROWS else min(4, os.cpu_count() or 1)


def _with_remembered_options(run: ImportRun, source: Source) -> tuple[ImportRun, list[str]]:
    """Those of the sender's last file, where nothing else is said and no page has shown them."""
    options = run.options
    delivery_profile.department_of(options.sender)
    if run.imported or options.headings or options.values or options.source_crs or options.adding:
        return run, []
    profile = delivery_profile.recall_for(run.layer.name, options.sender, options.who, source.headings)
    if profile is None:
        return run, []
    kept = ImportOptions.from_json(delivery_profile.answers_for(profile, source.headings))
    options = replace(
        options,
        headings=kept.headings,
        values=kept.values,
        adding=kept.adding,
        source_crs=kept.source_crs,
        is_system_remembered=kept.source_crs is not None,
        date_order=options.date_order or kept.date_order,
        source=options.source or kept.source,
    )
    return replace(run, options=options), [_("mapped as the last file of this sender was")]


def _run(
    run: ImportRun,
    source: Source,
    plan: ImportPlan,
    imported: Import,
    report: ImportReport,
    pool: WorkerPool | None,
) -> None:
    options, rules = run.options, run.layer.imports
    if rules is None:
        raise ImporterError(_("The layer {layer} takes no files.").format(layer=run.layer.name))
    stage, totals = StagingTable(run.layer.model, rules, record.staging_table_name(imported.pk)), None
    try:
        if pool:
            with connection.cursor() as cursor:
                stage.create(cursor, temporary=False)
            totals = fill_with_workers(pool, plan, source, stage, options.progress)
        with transaction.atomic(), connection.cursor() as cursor:
            if totals is None:
                stage.create(cursor, temporary=True)
                totals = fill(plan, source, stage, options.progress)
            report.notes += [note for note in source.notes if note not in report.notes]
            _merge(cursor, run, stage, imported, report, totals)
            if report.refusal or options.dry_run:
                transaction.set_rollback(True)
            else:
                if run.on_loaded:
                    run.on_loaded()
                record.end(imported, State.LOADED, report)
                delivery_profile.remember(run.layer.name, source.headings, options)
        if report.refusal or options.dry_run:
            record.end(imported, State.STOPPED if report.refusal else State.TRIED, report)
    finally:
        if pool:
            with connection.cursor() as cursor:
                cursor.execute(f"DROP TABLE IF EXISTS {stage.table}")


def _merge(
    cursor: Any, run: ImportRun, stage: StagingTable, imported: Import, report: ImportReport, totals: Totals
) -> None:
    if not totals.read:
        raise ImporterError(_("{path} holds no rows.").format(path=run.path.name))
    cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"import {run.layer.name}"])
    for name, value in SERVER_SETTINGS.items():
        cursor.execute(f"SET LOCAL {name} = '{value}'")
    stage.analyze(cursor)
    duplicates = Duplicates(cursor, stage)
    repeats = duplicates.repeats()
    _report_rows(report, run.layer, totals, duplicates, repeats)
    if report.held and not run.options.accept_valid:
        report.refusal = _(
            "Nothing was loaded: {held:,} of {read:,} rows are wrong. Put them right in the file, or choose {option}."
        ).format(held=report.held, read=report.read, option=label_of("accept_valid"))
        if not run.options.dry_run:
            return
    duplicates.drop([line for line, _last in repeats])
    source = _source_name(run, report.source_crs)
    merge = Merge(cursor, stage, totals.filled_fields, source, by_identifier=duplicates.by_identifier)
    report.loaded = merge.write(imported.pk, removing=run.options.remove_absent)
    report.counts()


def _report_rows(
    report: ImportReport, layer: Layer, totals: Totals, duplicates: Duplicates, repeats: list[tuple[int, int]]
) -> None:
    """Those that were held or repaired, and those that are the same as others."""
    rows = [*totals.problem_rows, *(_repeated_row(line, last) for line, last in repeats)]
    if layer.geometry in {Geometry.LINE, Geometry.POLYGON}:
        repeated = {line for line, _last in repeats}
        shared = duplicates.shared_geometries()
        rows += [_shared_geometry_row(line, first) for line, first in shared if line not in repeated]
    report.problem_rows = sorted(rows, key=lambda each: each.row)
    report.bulk_repairs = totals.bulk_repairs
    report.read, report.without_position = totals.read, totals.without_position
    if not duplicates.by_identifier:
        report.notes.append(
            _("{identifier} repeats in the file, so rows are known by their place").format(
                identifier=duplicates.stage.rules.identifier
            )
        )


def _repeated_row(line: int, last: int) -> ProblemRow:
    problem = Problem(_("repeats the key of row {last}, which is kept").format(last=last), "key")
    return ProblemRow(line, (problem,), held=True)


def _shared_geometry_row(line: int, first: int) -> ProblemRow:
    problem = Problem(
        _("has the same geometry as row {first}").format(first=first), "geometry", done=_("kept")
    )
    return ProblemRow(line, (problem,), held=False)


def _source_name(run: ImportRun, crs: str) -> str:
    """What the layer says of where its rows come from; coordinates that were offset are said to have been."""
    stated = run.options.source or run.path.name
    return (f"{stated[:180]} ({crs})" if crs in transformation.OFFSETS else stated)[:200]
