"""One import from file to table: read, plan, stage, merge, record."""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import shapely
from django.db import connection, transaction
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from importers.crs import position_columns, transformation
from importers.crs.candidates import Box
from importers.history import record
from importers.history.report import Report
from importers.models import Import, State
from importers.schema import mapping
from importers.sources import files
from importers.sources.source import Delivery, Noted, Problem, Refused
from layers.base.models import Division, DivisionLevel
from layers.registry.layer import Geometry, Layer

from .batches import Job, bounds_of, takes_geometry
from .disk_space import explained
from .merge import Merge
from .staging import Totals, Watch, Workers, fill, fill_by, unwatched, workers
from .staging_table import Stage

MANY_ROWS = 100_000
NEAR = 0.01
"""Degrees around the district that still count as within it: data of a district reach over its border."""


@dataclass(frozen=True)
class Options:
    """``headings`` and ``values`` are by field; ``adding`` names foreign keys whose unknown parents are made.

    ``accept_valid`` loads the good rows and keeps the others to be put right; by default all rows load or none.
    ``anywhere`` takes rows outside the district; ``remove_absent`` takes away what the source no longer delivers.
    ``processes`` are as many as check and copy (0: as is useful); ``dask`` has a scheduler's workers do it
    (``local`` begins some here).
    """

    source_crs: str | None = None
    file_layer: str | None = None
    encoding: str | None = None
    headings: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, str] = field(default_factory=dict)
    adding: frozenset[str] = frozenset()
    source: str = ""
    accept_valid: bool = False
    anywhere: bool = False
    remove_absent: bool = False
    dry_run: bool = False
    processes: int = 0
    dask: str = ""
    who: Any = None
    watch: Watch = unwatched

    def kept(self) -> dict[str, Any]:
        """What the record keeps, as JSON."""
        names = (
            "source_crs",
            "file_layer",
            "encoding",
            "source",
            "accept_valid",
            "anywhere",
            "remove_absent",
        )
        return {name: getattr(self, name) for name in names} | {
            "headings": dict(self.headings),
            "values": dict(self.values),
            "adding": sorted(self.adding),
        }


@dataclass(frozen=True)
class Task:
    """What is imported where."""

    path: Path
    layer: Layer
    options: Options
    sha256: str = ""
    imported: Import | None = None
    """The record to go on with, rather than a new one."""
    then: Callable[[], None] | None = None
    """Done when the rows are loaded, in their transaction."""


def import_file(
    path: Path,
    layer: Layer,
    options: Options,
    imported: Import | None = None,
    then: Callable[[], None] | None = None,
) -> Report:
    """Load a file into a layer; raises Refused with a sentence where it cannot be worked with at all.

    A report whose ``refused`` is filled says that rows were wrong and nothing was loaded.
    """
    task = Task(path, layer, options, imported=imported, then=then)
    try:
        with files.opened(path, options.file_layer, options.encoding) as delivery:
            return import_delivery(replace(task, sha256=record.fingerprint(path)), delivery)
    except Refused as problem:
        if not problem.recorded:
            record.refuse(task.layer.name, path, options.who, imported, str(problem))
        raise
    except OSError as problem:
        record.refuse(task.layer.name, path, options.who, imported, explained(problem))
        raise


def import_delivery(task: Task, delivery: Delivery) -> Report:
    """Load what was read into a layer."""
    task, notes = _as_before(task, delivery)
    options = task.options
    job, found = plan(task.layer, delivery, options)
    record.sweep()
    processes = 1 if options.adding else options.processes or useful(delivery)
    with workers(processes, "" if options.adding else options.dask) as several:
        imported = record.begin(
            task.layer.name, task.path, task.sha256, options.kept(), options.who, task.imported
        )
        report = Report(
            task.layer.name,
            source_crs=job.crs or "",
            headings=job.headings,
            notes=[*delivery.notes, *notes, *found],
            import_id=imported.pk,
        )
        try:
            with record.alive(imported):
                _run(task, delivery, job, imported, report, several)
        except BaseException as problem:
            record.fail(imported, explained(problem))
            if isinstance(problem, Refused):
                problem.recorded = True
            raise
    return report


def useful(delivery: Delivery) -> int:
    """Processes that are worth their start, half a second: one for a small file, else what the machine has, up to four."""
    return 1 if (delivery.count or 0) < MANY_ROWS else min(4, os.cpu_count() or 1)


def plan(layer: Layer, delivery: Delivery, options: Options) -> tuple[Job, list[str]]:
    """What every batch has in common, and what the reader of the report should know of it."""
    if layer.imports is None:
        raise Refused(
            _("The layer {layer} takes no files; it has no import mapping.").format(layer=layer.name)
        )
    district = None if options.anywhere or layer.model is Division else _district()
    box = None if district is None else district.bounds
    made = mapping.plan(
        layer.model, layer.imports, delivery, options.headings, options.values, options.adding
    )
    job = Job(layer.name, dict(made.headings), dict(options.values), options.adding, get_language() or "en")
    if not takes_geometry(layer):
        return job, []
    found = None if delivery.placed else position_columns.find(delivery, options.source_crs, box)
    crs = options.source_crs or (found.crs if found else delivery.crs)
    around = bounds_of(delivery, found)
    move = transformation.move(crs, lambda: around, box)
    job = replace(
        job,
        crs=crs,
        bounds=around,
        positions=found,
        district=None if district is None else shapely.to_wkb(district),
    )
    return job, [note for note in (found.note if found else "", move.note) if note]


def _district() -> shapely.Geometry | None:
    """Its area with a margin; None while no division is there."""
    rows = Division.objects.filter(geom__isnull=False)
    areas = rows.filter(level=DivisionLevel.DISTRICT) or rows.filter(parent=None)
    shapes = [shapely.from_wkb(bytes(area.geom.wkb)) for area in areas if area.geom]
    return shapely.buffer(shapely.union_all(shapes), NEAR, quad_segs=2) if shapes else None


def district_box() -> Box | None:
    """West, south, east, north in degrees, with the margin; None while no division is there."""
    found = _district()
    if found is None:
        return None
    west, south, east, north = found.bounds
    return west, south, east, north


def _as_before(task: Task, delivery: Delivery) -> tuple[Task, list[str]]:
    """Options of the last delivery with the same headings, where nothing else is said."""
    options = task.options
    if options.headings or options.values or options.source_crs or options.adding:
        return task, []
    before = record.remembered(task.layer.name, delivery)
    if not before:
        return task, []
    options = replace(
        options,
        headings=before["headings"],
        values=before["values"],
        adding=frozenset(before["adding"]),
        source_crs=before["source_crs"],
        source=options.source or before["source"],
    )
    return replace(task, options=options), [_("mapped as the last file with these headings was")]


def _run(
    task: Task, delivery: Delivery, job: Job, imported: Import, report: Report, several: Workers | None
) -> None:
    options, rules = task.options, task.layer.imports
    if rules is None:
        raise Refused(_("The layer {layer} takes no files.").format(layer=task.layer.name))
    stage, totals = Stage(task.layer.model, rules, record.stage_table(imported.pk)), None
    try:
        if several:
            with connection.cursor() as cursor:
                stage.create(cursor, temporary=False)
            totals = fill_by(several, job, delivery, stage, options.watch)
        with transaction.atomic(), connection.cursor() as cursor:
            if totals is None:
                stage.create(cursor, temporary=True)
                totals = fill(job, delivery, stage, options.watch)
            _merge(cursor, task, stage, imported, report, totals)
            if report.refused or options.dry_run:
                transaction.set_rollback(True)
            else:
                if task.then:
                    task.then()
                record.end(imported, State.LOADED, report)
                record.remember(task.layer.name, delivery, options.kept())
        if report.refused or options.dry_run:
            record.end(imported, State.STOPPED if report.refused else State.TRIED, report)
    finally:
        if several:
            with connection.cursor() as cursor:
                cursor.execute(f"DROP TABLE IF EXISTS {stage.table}")


def _merge(cursor: Any, task: Task, stage: Stage, imported: Import, report: Report, totals: Totals) -> None:
    if not totals.read:
        raise Refused(_("{path} holds no rows.").format(path=task.path.name))
    cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"import {task.layer.name}"])
    source = _source(task, report.source_crs)
    merge = Merge(cursor, stage, totals.delivered, source)
    merge.begin()
    repeats = merge.repeats()
    held = [*totals.noted, *(_repeat(line, last) for line, last in repeats)]
    if task.layer.geometry in {Geometry.LINE, Geometry.POLYGON}:
        repeated = {line for line, _last in repeats}
        held += [_alike(line, first) for line, first in merge.alike() if line not in repeated]
    report.noted = sorted(held, key=lambda noted: noted.row)
    report.read, report.without_position, report.many = totals.read, totals.without_position, totals.many
    if not merge.identifies:
        report.notes.append(
            _("{identifier} repeats in the file, so rows are known by their place").format(
                identifier=stage.rules.identifier
            )
        )
    if report.held and not task.options.accept_valid:
        report.refused = _(
            "Nothing was loaded: {held:,} of {read:,} rows are wrong. Put them right in the file, or load the "
            "others with --accept-valid."
        ).format(held=report.held, read=report.read)
        if not task.options.dry_run:
            return
    merge.drop([line for line, _ in repeats])
    report.loaded = merge.write(imported.pk, removing=task.options.remove_absent)
    report.counts()


def _repeat(line: int, last: int) -> Noted:
    return Noted(
        line,
        (Problem(_("repeats the key of row {last}, which is kept").format(last=last), "key"),),
        held=True,
    )


def _alike(line: int, first: int) -> Noted:
    problem = Problem(
        _("has the same geometry as row {first}").format(first=first), "geometry", done=_("kept")
    )
    return Noted(line, (problem,), held=False)


def _source(task: Task, crs: str) -> str:
    """What the layer says of where its rows come from; coordinates that were offset are said to have been."""
    stated = task.options.source or task.path.name
    return (f"{stated[:180]} ({crs})" if crs in transformation.OFFSETS else stated)[:200]
