"""One batch of a file made ready for the staging table; needs nothing but the plan, so any process may do it."""

from collections.abc import Sequence
from concurrent.futures import Executor
from typing import Any

import numpy as np
import pyarrow as pa
import shapely
from django.db import models
from django.utils.translation import get_language, override

from importers.crs import transformation
from importers.errors import ImporterError
from importers.geometry import validity
from importers.geometry.validity import GeometryCheck
from importers.history.row_ranges import RowRanges
from importers.schema.mapping import FieldMapping, MappedBatch
from importers.sources.source import Batch, Problem, ProblemRow
from layers.registry.audience import Audience, Viewer
from layers.registry.declaration.layer import Geometry, Layer, table_model
from layers.registry.registration import get_layer
from layers.registry.search.pinyin import can_be_made, search_text
from layers.registry.search.search_text import searchable_columns
from layers.sentences.sentence import gettext as _

from .plan import ImportPlan, takes_geometry
from .staging_table import GEOMETRY, LINE, SEARCH
from .totals import BatchOutcome


class BatchProcessor:
    """Keeps what is looked up once for all batches; ``beside`` is who checks geometry while the fields are filled."""

    def __init__(self, plan: ImportPlan, beside: Executor | None = None) -> None:
        self.plan, self.beside = plan, beside
        self.layer = get_layer(plan.layer, Viewer(Audience.RESTRICTED))
        if self.layer.imports is None:
            raise ImporterError(
                _("The layer {layer} takes no files; it has no import mapping.").format(layer=plan.layer)
            )
        self.mapping = FieldMapping(
            self.layer.model, self.layer.imports, plan.headings, plan.stated, plan.adding, plan.date_order
        )
        self.has_geometry = takes_geometry(self.layer)
        self.transformation = (
            transformation.find_transformation(plan.crs, lambda: plan.bounds) if self.has_geometry else None
        )
        self.searched = searched_fields(self.layer.model)
        self.district = shapely.from_wkb(plan.district) if plan.district else None
        if self.district is not None:
            shapely.prepare(self.district)

    def __call__(self, batch: Batch) -> tuple[pa.RecordBatch, BatchOutcome]:
        """Rows with one column a field, their line and their geometry as WKB in longitude and latitude."""
        filled, checked = self._checked(batch)
        for index, faults in batch.faults.items():
            _note_faults(index, faults, filled.problems, checked)
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
        filled_fields = frozenset(rows.schema.names) - {LINE}
        return rows, BatchOutcome(len(batch), notes, bulk_repairs, missing, filled_fields)

    def _checked(self, batch: Batch) -> tuple[MappedBatch, GeometryCheck]:
        """Fields and geometry, side by side where the geometry asks the database nothing."""
        if not self.has_geometry:
            return self.mapping.fill(batch), GeometryCheck(np.full(len(batch), None, dtype=object))
        if self.beside is None or self.plan.positions is not None:
            return self.mapping.fill(batch), self._geometry(batch)
        checking = self.beside.submit(self._geometry_in, get_language(), batch)
        filled = self.mapping.fill(batch)
        return filled, checking.result()

    def _geometry_in(self, language: str | None, batch: Batch) -> GeometryCheck:
        with override(language):
            return self._geometry(batch)

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


def _note_faults(
    index: int, faults: Sequence[Problem], problems: dict[int, list[Problem]], checked: GeometryCheck
) -> None:
    """What the reader found: rows are held for what it did nothing about."""
    done = [fault for fault in faults if fault.done]
    if done:
        checked.repairs.setdefault(index, []).extend(done)
    if len(done) < len(faults):
        problems.setdefault(index, []).extend(fault for fault in faults if not fault.done)


def searched_fields(model: type[models.Model]) -> list[str]:
    """Fields by which rows are found, in the order of their search text; none where the database has to make it."""
    columns = searchable_columns().get(table_model(model), [])
    by_column = {field.column: field for field in model._meta.concrete_fields}
    fields = [by_column[column] for column in columns]
    return [field.name for field in fields] if can_be_made(fields) else []


def may_be_empty(layer: Layer) -> bool:
    return bool(layer.model._meta.get_field("geom").null and layer.imports and layer.imports.positionless)
