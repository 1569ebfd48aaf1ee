"""One import from file to table: read, map, locate, validate, load, report."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from django.db import transaction

from layers.registry.layer import Geometry, Layer
from layers.registry.mapping import Column, ImportMapping

from . import locate, mapping, validate
from .delivery import Delivery, Refused
from .load import Loaded, load
from .models import Import
from .read import files, osm
from .report import Report, fingerprint


@dataclass(frozen=True)
class Options:
    source_crs: str | None = None
    file_layer: str | None = None
    encoding: str | None = None
    headings: dict[str, str] = field(default_factory=dict)
    values: dict[str, str] = field(default_factory=dict)
    source: str = ""
    dry_run: bool = False


def import_file(path: Path, layer: Layer, options: Options) -> Report:
    """Load a file into a layer, all accepted rows or none; raises Refused with a sentence."""
    rules = layer.imports
    if rules is None:
        raise Refused(f"The layer {layer.name} takes no files; it has no import mapping.")
    delivery = files.read(path, options.file_layer, options.encoding)
    rules = _with_values(layer, rules, options.values)
    checked, crs = _located(delivery, layer, options.source_crs)
    return _finish(path, layer, rules, delivery, checked, crs, options)


def import_osm(
    path: Path, layers: dict[str, Layer], source: str, *, dry_run: bool = False
) -> tuple[osm.Sorted, list[Report]]:
    """Sort an extract into the base layers and load them all in one transaction."""
    found = osm.read(path)
    reports: list[Report] = []
    with transaction.atomic():
        for name, rows in found.rows.items():
            reports.append(_load_rows(path, layers[name], rows, Options(source=source, dry_run=dry_run)))
        if dry_run:
            transaction.set_rollback(True)
    return found, reports


def _load_rows(path: Path, layer: Layer, rows: list[dict[str, Any]], options: Options) -> Report:
    """Rows that a reader made, with their geometry, checked and loaded like any other."""
    names = sorted({name for row in rows for name in row} - {"geom"})
    columns = {name: np.array([row.get(name) for row in rows], dtype=object) for name in names}
    shapes = np.array([row["geom"] for row in rows] + [None], dtype=object)[:-1]
    rules = layer.imports or _plain_mapping(names)
    checked = _fitted(validate.Checked(shapes), layer)
    delivery = Delivery(columns, shapes, "EPSG:4326")
    return _finish(path, layer, _complete(rules, names), delivery, checked, "EPSG:4326", options)


def _plain_mapping(names: list[str]) -> ImportMapping:
    return ImportMapping(tuple(Column(name, convert=lambda value: value) for name in names))


def _complete(rules: ImportMapping, names: list[str]) -> ImportMapping:
    """The layer's own mapping, and as they are the fields that it does not mention."""
    known = {column.name for column in rules.columns}
    extra = tuple(Column(name, convert=lambda value: value) for name in names if name not in known)
    return ImportMapping((*rules.columns, *extra), rules.key, rules.defaults, rules.derive)


def _with_values(layer: Layer, rules: ImportMapping, values: dict[str, str]) -> ImportMapping:
    """Values that the operator states for every row."""
    for name in values:
        if name not in {f.name for f in layer.model._meta.concrete_fields}:
            raise Refused(f"--set: {layer.name} has no field {name}.")
    columns = tuple(column for column in rules.columns if column.name not in values)
    return ImportMapping(columns, rules.key, {**rules.defaults, **values}, rules.derive)


def _located(delivery: Delivery, layer: Layer, stated: str | None) -> tuple[validate.Checked, str]:
    if layer.place_path or not layer.has_geometry:
        return validate.Checked(np.full(len(delivery), None, dtype=object)), ""
    if delivery.shapes is None:
        names = locate.position_columns(delivery)
        if names is None:
            raise Refused(
                f"No columns hold the position; name them lon and lat (there are {', '.join(delivery.columns)})."
            )
        checked = validate.Checked(locate.points_of(delivery, names))
        delivered: str | None = "EPSG:4326" if names[0].lower() not in {"x"} else None
    else:
        checked, delivered = validate.from_wkb(delivery.shapes), delivery.crs
    move, crs = locate.mover(delivered, stated)
    if move is not None:
        checked.shapes = shapely.transform(shapely.force_2d(checked.shapes), move)
    return _fitted(checked, layer), crs


def _fitted(checked: validate.Checked, layer: Layer) -> validate.Checked:
    nullable = bool(layer.model._meta.get_field("geom").null) if layer.has_geometry else True
    validate.fit(checked, Geometry(layer.geometry), may_be_empty=nullable)
    validate.outside_the_world(checked)
    return checked


def _finish(
    path: Path,
    layer: Layer,
    rules: ImportMapping,
    delivery: Delivery,
    checked: validate.Checked,
    crs: str,
    options: Options,
) -> Report:
    chosen = mapping.headings(delivery, rules, options.headings)
    rows, with_geometry = [], layer.has_geometry and not layer.place_path
    for index, row in enumerate(mapping.rows(delivery, layer, rules, chosen)):
        if index in checked.bad:
            continue
        if isinstance(row, str):
            checked.refuse(index, row)
            continue
        rows.append({**row, "geom": checked.shapes[index]} if with_geometry else row)
    source = (
        options.source or f"{path.name} ({crs})" if crs in locate.OFFSETS else options.source or path.name
    )
    listed = sorted(checked.listed, key=lambda note: note.row)
    report = Report(layer.name, len(delivery), Loaded(0, 0, 0), listed, source_crs=crs)
    with transaction.atomic():
        report.loaded = load(layer.model, rows, rules.key, source[:200])
        report.repeated = len(rows) - sum(
            (report.loaded.added, report.loaded.updated, report.loaded.unchanged)
        )
        if options.dry_run:
            transaction.set_rollback(True)
        else:
            _record(path, layer, report)
    return report


def _record(path: Path, layer: Layer, report: Report) -> None:
    Import.objects.create(
        layer=layer.name,
        file_name=path.name,
        sha256=fingerprint(path),
        counts=report.counts(),
        report=report.as_json(),
    )
