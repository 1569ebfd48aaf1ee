"""What every batch of an import has in common, decided before the first is read."""

from dataclasses import dataclass, field, replace

import numpy as np
import shapely
from django.utils.translation import get_language

from importers.crs import offset_evidence, position_columns, transformation
from importers.crs.candidates import Box
from importers.crs.district import district_area
from importers.crs.geocoder import AddressColumn
from importers.crs.position_columns import PositionColumns
from importers.errors import ImporterError
from importers.geometry import validity
from importers.geometry.validity import Shapes
from importers.options import ImportOptions
from importers.schema import date_order, mapping
from importers.sources.source import Source
from layers.base.models import Division
from layers.registry.declaration.layer import Layer
from layers.sentences.sentence import gettext as _

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

    date_order: str = ""

    crs: str | None = None
    bounds: Box = (0.0, 0.0, 0.0, 0.0)
    positions: PositionColumns | AddressColumn | None = None
    district: bytes | None = None


def plan_import(layer: Layer, source: Source, options: ImportOptions) -> tuple[ImportPlan, list[str]]:
    """What every batch has in common, and what the reader of the report should know of it."""
    if layer.imports is None:
        raise ImporterError(
            _("The layer {layer} takes no files; it has no import mapping.").format(layer=layer.name)
        )
    district = None if options.anywhere or layer.model is Division else district_area()
    box = None if district is None else district.bounds
    made = mapping.map_fields(
        layer.model, layer.imports, source, options.headings, options.values, options.adding
    )
    plan = ImportPlan(
        layer.name,
        dict(made.headings),
        dict(options.values),
        options.adding,
        get_language() or "en",
        date_order.find(made, source, options.date_order),
    )
    if not takes_geometry(layer):
        return plan, unused_columns(source, plan)
    found = None if source.has_geometry else position_columns.find_positions(source, options.source_crs, box)
    crs = system_of(source, found, options)
    shapes = sample_shapes(source, found)
    around = middle_bounds(shapes)
    move = transformation.find_transformation(crs, lambda: around, box)
    offset = examine_offset(source, shapes, move, options)
    plan = replace(
        plan,
        crs=crs,
        bounds=around,
        positions=found,
        district=None if district is None else shapely.to_wkb(district),
    )
    notes = [note for note in (found.note if found else "", move.note, offset) if note]
    return plan, [*notes, *unused_columns(source, plan)]


def system_of(
    source: Source, found: PositionColumns | AddressColumn | None, options: ImportOptions
) -> str | None:
    """Of the positions: as it was stated, but for those that are found here by addresses."""
    if isinstance(found, AddressColumn):
        return found.crs
    return options.source_crs or (found.crs if found else source.crs)


def unused_columns(source: Source, plan: ImportPlan) -> list[str]:
    """What the report says of columns that fill nothing."""
    used = {heading for headings in plan.headings.values() for heading in headings}
    used |= set(getattr(plan.positions, "headings", ()))
    if isinstance(plan.positions, AddressColumn):
        used.add(plan.positions.heading)
    unused = [heading for heading in source.headings if heading not in used]
    return [_("columns that were not taken: {names}").format(names=", ".join(unused))] if unused else []


def takes_geometry(layer: Layer) -> bool:
    """Whether rows of the layer have a place of their own, rather than another's or none."""
    return layer.has_geometry and not layer.place_path


def examine_offset(
    source: Source, shapes: Shapes, move: transformation.Transformation, options: ImportOptions
) -> str:
    """What is to be said of positions that may be those of an offset map; raises ImporterError where it is asked."""
    if options.is_system_remembered and move.name in {*transformation.EQUAL, *transformation.OFFSETS}:
        kept = move.name if move.name in transformation.OFFSETS else offset_evidence.AS_THEY_ARE
        return offset_evidence.compare_remembered(shapely.get_coordinates(shapes), kept)
    if move.name not in transformation.EQUAL | {"EPSG:3857"}:
        return ""
    words = [source.name, *source.headings, source.crs or ""]
    points = shapely.get_coordinates(transformation.transform(shapes, move))
    return offset_evidence.examine(points, words, is_stated=options.source_crs is not None)


def sample_shapes(source: Source, positions: PositionColumns | AddressColumn | None) -> Shapes:
    """Of the first rows, in the file's own units."""
    sample = source.sample
    return (positions.shapes(sample) if positions else validity.decode(validity.wkb_of(sample))).shapes


def middle_bounds(shapes: Shapes) -> Box:
    """West, south, east, north of the middle nine tenths, so that a stray one decides nothing."""
    boxes = shapely.bounds(shapes)
    boxes = boxes[np.isfinite(boxes).all(axis=1)]
    if not len(boxes):
        return (0.0, 0.0, 0.0, 0.0)
    sane = np.abs(boxes).max(axis=1) < BEYOND
    boxes = boxes[sane] if sane.any() else boxes
    low, high = np.quantile(boxes[:, :2], 0.05, axis=0), np.quantile(boxes[:, 2:], 0.95, axis=0)
    return float(low[0]), float(low[1]), float(high[0]), float(high[1])
