"""One batch of a delivery made ready for the staging table; needs nothing but the job, so any process may do it."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa
import shapely
from django.db import models
from django.utils.translation import gettext as _

from importers.crs import transformation
from importers.crs.candidates import Box
from importers.crs.geocoder import AddressColumn
from importers.crs.position_columns import PositionColumns
from importers.errors import ImporterError
from importers.geometry import validity
from importers.geometry.validity import GeometryCheck
from importers.history.row_ranges import RowRanges
from importers.schema.mapping import FieldMapping
from importers.sources.source import Batch, Problem, ProblemRow, Source
from layers.registry.audience import Audience, Viewer
from layers.registry.layer import Geometry, Layer
from layers.registry.pinyin import can_be_made, search_text
from layers.registry.registration import get_layer
from layers.registry.search_text import searchable_columns

from .staging_table import GEOMETRY, LINE, SEARCH

BEYOND = 1e9
"""No system has such coordinates; what has no position is written with larger ones."""


@dataclass(frozen=True)
class ImportPlan:
    """What every batch of an import has in common. ``district`` is WKB in longitude and latitude."""

    layer: str
    headings: dict[str, list[str]]
    stated: dict[str, str] = field(default_factory=dict)
    adding: frozenset[str] = frozenset()
    language: str = "en"
    """Of what is said of rows."""

    crs: str | None = None
    bounds: Box = (0.0, 0.0, 0.0, 0.0)
    positions: PositionColumns | AddressColumn | None = None
    district: bytes | None = None


@dataclass(frozen=True)
class PreparedBatch:
    """``rows`` has one column a field, their line and their geometry as WKB in longitude and latitude."""

    rows: pa.RecordBatch
    read: int
    notes: list[ProblemRow]
    bulk_repairs: dict[tuple[str, str], RowRanges]
    """What is so of many rows and what was done, with those rows."""

    without_position: int = 0


class BatchProcessor:
    """Keeps what is looked up once for all batches."""

    def __init__(self, plan: ImportPlan) -> None:
        self.plan = plan
        self.layer = get_layer(plan.layer, Viewer(Audience.RESTRICTED))
        if self.layer.imports is None:
            raise ImporterError(
                _("The layer {layer} takes no files; it has no import mapping.").format(layer=plan.layer)
            )
        self.mapping = FieldMapping(
            self.layer.model, self.layer.imports, plan.headings, plan.stated, plan.adding
        )
        self.has_geometry = takes_geometry(self.layer)
        self.transformation = (
            transformation.find_transformation(plan.crs, lambda: plan.bounds) if self.has_geometry else None
        )
        self.searched = searched_fields(self.layer.model)
        self.district = shapely.from_wkb(plan.district) if plan.district else None
        if self.district is not None:
            shapely.prepare(self.district)

    def __call__(self, batch: Batch) -> PreparedBatch:
        filled = self.mapping.fill(batch)
        checked = (
            self._geometry(batch)
            if self.has_geometry
            else GeometryCheck(np.full(len(batch), None, dtype=object))
        )
        for index, wrong in checked.rejected.items():
            filled.problems.setdefault(index, []).insert(0, wrong)
        kept = np.ones(len(batch), dtype=bool)
        kept[list(filled.problems)] = False
        columns: dict[str, pa.Array] = {
            LINE: pa.array(np.arange(batch.start + 1, batch.start + len(batch) + 1)),
            **filled.columns,
        }
        if self.has_geometry:
            codes = shapely.to_wkb(checked.shapes, byte_order=1)
            columns[GEOMETRY] = pa.array(codes, pa.binary())
        if words := [columns[name] for name in self.searched if name in columns]:
            columns[SEARCH] = search_text(words)
        rows = pa.RecordBatch.from_pydict(columns).filter(pa.array(kept))
        missing = int(shapely.is_missing(checked.shapes[kept]).sum()) if self.has_geometry else 0
        notes = [
            *self._held_rows(batch, checked, filled.problems),
            *self._repaired_rows(batch, checked, kept),
        ]
        bulk_repairs = {
            said: RowRanges.of(found[kept[found]] + batch.start + 1)
            for said, indices in checked.bulk_repairs.items()
            if kept[found := np.unique(indices)].any()
        }
        return PreparedBatch(rows, len(batch), notes, bulk_repairs, missing)

    def _geometry(self, batch: Batch) -> GeometryCheck:
        """Geometry in longitude and latitude fit for the layer."""
        if self.plan.positions is not None:
            checked = self.plan.positions.shapes(batch)
        else:
            checked = validity.decode(validity.wkb_of(batch))
        validity.drop_heights(checked)
        if self.transformation is not None:
            checked.shapes = transformation.transform(checked.shapes, self.transformation)
        validity.reject_outside_world(checked)
        validity.fit_to_kind(checked, Geometry(self.layer.geometry), may_be_empty=may_be_empty(self.layer))
        if self.district is not None:
            validity.reject_outside_district(checked, self.district)
        return checked

    def _held_rows(
        self, batch: Batch, checked: GeometryCheck, problems: dict[int, list[Problem]]
    ) -> list[ProblemRow]:
        return [
            self._problem_row(batch, checked, index, problems[index], held=True) for index in sorted(problems)
        ]

    def _repaired_rows(self, batch: Batch, checked: GeometryCheck, kept: Any) -> list[ProblemRow]:
        return [
            self._problem_row(batch, checked, index, found, held=False)
            for index, found in sorted(checked.repairs.items())
            if kept[index]
        ]

    def _problem_row(
        self, batch: Batch, checked: GeometryCheck, index: int, problems: list[Problem], *, held: bool
    ) -> ProblemRow:
        shape = checked.shapes[index]
        return ProblemRow(
            batch.start + index + 1,
            tuple(problems),
            held,
            batch.labels[index] if index < len(batch.labels) else "",
            batch.values(index),
            batch.shapes[index].as_py() if batch.shapes is not None else None,
            None if shape is None else shapely.to_wkb(shape),
        )


def searched_fields(model: type[models.Model]) -> list[str]:
    """Fields by which rows are found, in the order of their search text; none where the database has to make it."""
    columns = searchable_columns().get(model, [])
    by_column = {field.column: field for field in model._meta.concrete_fields}
    fields = [by_column[column] for column in columns]
    return [field.name for field in fields] if can_be_made(fields) else []


def takes_geometry(layer: Layer) -> bool:
    """Whether rows of the layer have a place of their own, rather than another's or none."""
    return layer.has_geometry and not layer.place_path


def may_be_empty(layer: Layer) -> bool:
    return bool(layer.model._meta.get_field("geom").null and layer.imports and layer.imports.positionless)


def sample_bounds(source: Source, positions: PositionColumns | AddressColumn | None) -> Box:
    """West, south, east, north of the middle nine tenths of the first rows, so that a stray one decides nothing."""
    sample = source.sample
    shapes = (positions.shapes(sample) if positions else validity.decode(validity.wkb_of(sample))).shapes
    boxes = shapely.bounds(shapes)
    boxes = boxes[np.isfinite(boxes).all(axis=1)]
    if not len(boxes):
        return (0.0, 0.0, 0.0, 0.0)
    sane = np.abs(boxes).max(axis=1) < BEYOND
    boxes = boxes[sane] if sane.any() else boxes
    low, high = np.quantile(boxes[:, :2], 0.05, axis=0), np.quantile(boxes[:, 2:], 0.95, axis=0)
    return float(low[0]), float(low[1]), float(high[0]), float(high[1])
