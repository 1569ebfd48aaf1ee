"""One import from file to table: read, locate, validate, map, load, report."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from django.db import transaction
from django.utils import timezone

from layers.registry.layer import Geometry, Layer

from . import locate, mapping, validate
from .delivery import Delivery, Refused
from .load import Loaded, Numbered, load
from .models import Import
from .positions import positions
from .read import files
from .report import Report, fingerprint

Watch = Callable[[Iterable[Any], int, str], Iterable[Any]]
"""Passes items on and shows how far they are: items, how many there are, what is done with them."""


def unwatched(items: Iterable[Any], total: int, label: str) -> Iterable[Any]:
    return items


@dataclass(frozen=True)
class Options:
    """``headings`` and ``values`` are by field; ``adding`` names foreign keys whose unknown parents are made."""

    source_crs: str | None = None
    file_layer: str | None = None
    encoding: str | None = None
    headings: dict[str, str] = field(default_factory=dict)
    values: dict[str, str] = field(default_factory=dict)
    adding: frozenset[str] = frozenset()
    source: str = ""
    dry_run: bool = False
    who: Any = None
    watch: Watch = unwatched


@dataclass(frozen=True)
class Task:
    """What is imported where; the layer's mapping is there."""

    path: Path
    layer: Layer
    options: Options
    started: datetime = field(default_factory=timezone.now)


def import_file(path: Path, layer: Layer, options: Options) -> Report:
    """Load a file into a layer, all accepted rows or none; raises Refused with a sentence."""
    if layer.imports is None:
        raise Refused(f"The layer {layer.name} takes no files; it has no import mapping.")
    delivery = files.read(path, options.file_layer, options.encoding)
    return import_delivery(Task(files.regular(path), layer, options), delivery)


def import_delivery(task: Task, delivery: Delivery) -> Report:
    """Load what was read into a layer."""
    if not len(delivery):
        raise Refused(f"{task.path.name} holds no rows.")
    checked, step = _located(delivery, task.layer, task.options.source_crs)
    notes = [*delivery.notes, *([step.note] if step.note else [])]
    if checked.inside_areas:
        notes.append(f"{checked.inside_areas:,} areas are kept as a point inside them")
    report = Report(task.layer.name, len(delivery), Loaded(), source_crs=step.name, notes=notes)
    with transaction.atomic():
        _load(task, delivery, checked, report)
        if task.options.dry_run:
            transaction.set_rollback(True)
        else:
            _record(task, report)
    return report


def _located(delivery: Delivery, layer: Layer, stated: str | None) -> tuple[validate.Checked, locate.Move]:
    """Geometry in longitude and latitude fit for the layer, and how it came there."""
    if layer.place_path or not layer.has_geometry:
        return validate.Checked(np.full(len(delivery), None, dtype=object), delivery.labels), locate.Move("")
    crs, note = delivery.crs, ""
    if delivery.shapes is None:
        found = positions(delivery, stated)
        checked, crs, note = validate.Checked(found.shapes, delivery.labels), found.crs, found.note
        for index, reason in found.bad.items():
            checked.refuse(index, reason)
    else:
        checked = validate.from_wkb(delivery.shapes, delivery.labels)
    step = locate.move(crs, stated, lambda: _bounds(checked))
    checked.shapes = locate.moved(checked.shapes, step)
    validate.outside_the_world(checked)
    validate.fit(checked, Geometry(layer.geometry), may_be_empty=_may_be_empty(layer))
    return checked, replace(step, note="; ".join(filter(None, (note, step.note))))


def _bounds(checked: validate.Checked) -> locate.Box:
    """West, south, east, north of the middle nine tenths, so that a stray position decides nothing."""
    boxes = shapely.bounds(checked.shapes)
    boxes = boxes[np.isfinite(boxes).all(axis=1)]
    if not len(boxes):
        return (0.0, 0.0, 0.0, 0.0)
    low, high = np.quantile(boxes[:, :2], 0.05, axis=0), np.quantile(boxes[:, 2:], 0.95, axis=0)
    return float(low[0]), float(low[1]), float(high[0]), float(high[1])


def _may_be_empty(layer: Layer) -> bool:
    return bool(layer.model._meta.get_field("geom").null and layer.imports and layer.imports.positionless)


def _load(task: Task, delivery: Delivery, checked: validate.Checked, report: Report) -> None:
    rules, options = task.layer.imports, task.options
    if rules is None:
        raise Refused(f"The layer {task.layer.name} takes no files; it has no import mapping.")
    plan = mapping.plan(task.layer.model, rules, delivery, options.headings, options.values, options.adding)
    rows = options.watch(plan.rows(delivery), len(delivery), task.layer.name)
    numbered = _accepted(task.layer, checked, rows, report)
    report.loaded = load(task.layer.model, numbered, rules, _source(task, report.source_crs))
    for line, last in report.loaded.repeats:
        checked.refuse(
            line - 1, f"repeats the key of {checked.label(last - 1) or f'row {last}'}, which is kept"
        )
    report.listed = checked.listed()
    report.headings = plan.headings
    if report.loaded.identifier_repeats:
        report.notes.append(f"{rules.identifier} repeats in the file, so rows are known by their place")


def _accepted(
    layer: Layer, checked: validate.Checked, rows: Iterable[mapping.Row | str], report: Report
) -> Iterator[Numbered]:
    """Rows with their line and geometry; those that are not accepted are noted."""
    placed = layer.has_geometry and not layer.place_path
    for index, row in enumerate(rows):
        if index in checked.refused:
            continue
        if isinstance(row, str):
            checked.refuse(index, row)
            continue
        if placed:
            row["geom"] = checked.shapes[index]
            report.without_position += row["geom"] is None
        yield index + 1, row


def _source(task: Task, crs: str) -> str:
    """What the layer says of where its rows come from; coordinates that were offset are said to have been."""
    stated = task.options.source or task.path.name
    return (f"{stated[:180]} ({crs})" if crs in locate.OFFSETS else stated)[:200]


def _record(task: Task, report: Report) -> None:
    Import.objects.create(
        layer=task.layer.name,
        file_name=task.path.name[:255],
        sha256=fingerprint(task.path),
        source=_source(task, report.source_crs),
        who=task.options.who,
        started=task.started,
        counts=report.counts(),
        report=report.as_json(),
    )
