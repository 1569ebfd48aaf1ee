"""Geometry made fit for a layer: repaired where that is safe, else held back with the reason."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely
from django.utils.translation import gettext_noop
from shapely.errors import GEOSException

from importers.errors import ImporterError
from importers.sources.source import Batch, Problem
from layers.registry.declaration.layer import Geometry
from layers.sentences.sentence import gettext, ngettext
from layers.sentences.sentence import gettext as _

from .wkb import close_rings, is_curved, linearize

Shapes = npt.NDArray[Any]

SINGLE = {Geometry.POINT: 0, Geometry.LINE: 1, Geometry.POLYGON: 3}
"""GEOS numbers of the simple types; a multi type's is 3 or 4 more."""

MULTI: dict[Geometry, Callable[[Shapes], Shapes]] = {
    Geometry.LINE: shapely.multilinestrings,
    Geometry.POLYGON: shapely.multipolygons,
}
MULTI_NUMBER = {Geometry.LINE: 5, Geometry.POLYGON: 6}
FOUND = (
    gettext_noop("Self-intersection"),
    gettext_noop("Ring Self-intersection"),
    gettext_noop("Hole lies outside shell"),
    gettext_noop("Holes are nested"),
    gettext_noop("Nested shells"),
    gettext_noop("Duplicate Rings"),
    gettext_noop("Interior is disconnected"),
    gettext_noop("Invalid Coordinate"),
    gettext_noop("Too few points in geometry component"),
    gettext_noop("Points of LinearRing do not form a closed linestring"),
    gettext_noop("point array must contain 0 or >1 elements"),
    gettext_noop("Invalid number of points in LinearRing"),
    gettext_noop("Ring is not closed"),
    gettext_noop("Repeated Point"),
    gettext_noop("Topology Validation Error"),
    gettext_noop("Unknown WKB type"),
    gettext_noop("Unexpected EOF parsing WKB"),
    gettext_noop("Input buffer is smaller than requested object size"),
)
"""How what GEOS says of geometry begins."""

EXCEPTION = re.compile(r"^\w+Exception: ")

KINDS = (
    *(gettext_noop("Point"), gettext_noop("LineString"), gettext_noop("LinearRing"), gettext_noop("Polygon")),
    *(gettext_noop("MultiPoint"), gettext_noop("MultiLineString"), gettext_noop("MultiPolygon")),
    *(
        gettext_noop("GeometryCollection"),
        gettext_noop("point"),
        gettext_noop("line"),
        gettext_noop("polygon"),
    ),
)
"""Geometry as files and layers call it, for people who read another language."""

WORDS = {Geometry.POINT: "Point", Geometry.LINE: "LineString", Geometry.POLYGON: "Polygon"}


@dataclass
class GeometryCheck:
    """Geometry by row, None where the row has none; rows in ``rejected`` must not be loaded."""

    shapes: Shapes
    rejected: dict[int, Problem] = field(default_factory=dict)
    repairs: dict[int, list[Problem]] = field(default_factory=dict)
    bulk_repairs: dict[tuple[str, str], list[int]] = field(default_factory=dict)
    """What is so of many rows, as files have it, and what was done: of each row this and its number is kept."""

    def reject(self, index: int, wrong: str, value: str = "") -> None:
        self.rejected.setdefault(index, Problem(wrong, "geometry", value))
        self.shapes[index] = None

    def add_repair(self, index: int, wrong: str, done: str, value: str = "") -> None:
        self.repairs.setdefault(index, []).append(Problem(wrong, "geometry", value, done))

    def add_bulk_repair(self, indices: Iterable[int], wrong: str, done: str) -> None:
        self.bulk_repairs.setdefault((wrong, done), []).extend(indices)


def wkb_of(batch: Batch) -> Shapes:
    if batch.shapes is None:
        raise ImporterError(_("The file has no geometry."))
    codes: Shapes = batch.shapes.to_numpy(zero_copy_only=False)
    return codes


def decode(codes: Shapes) -> GeometryCheck:
    """Decode WKB; curves are made linear, rings that GEOS refuses are mended if that is safe."""
    try:
        return GeometryCheck(shapely.from_wkb(codes))
    except (GEOSException, TypeError, NotImplementedError):
        checked = GeometryCheck(np.full(len(codes), None, dtype=object))
    for index, code in enumerate(codes):
        if is_curved(code):
            straight = linearize(code)
            if straight != code:
                checked.add_repair(index, _("has curves"), _("made of straight lines"))
                code = straight
        try:
            checked.shapes[index] = shapely.from_wkb(code)
        except (GEOSException, TypeError, NotImplementedError) as problem:
            _mend(checked, index, code, problem)
    return checked


def _translate_reason(reason: str) -> tuple[str, str]:
    """What GEOS finds wrong in the reader's language, and where."""
    what, _bracket, where = EXCEPTION.sub("", reason).strip().partition("[")
    known = max((each for each in FOUND if what.startswith(each)), key=len, default="")
    said = gettext(known) if known else _("GEOS says: {reason}").format(reason=what)
    return said, where.rstrip("]")


def _mend(checked: GeometryCheck, index: int, code: Any, problem: Exception) -> None:
    reason, _where = _translate_reason(str(problem))
    mended = close_rings(code) if isinstance(code, bytes) else None
    if mended is None:
        checked.reject(index, _("geometry cannot be read: {reason}").format(reason=reason))
    else:
        checked.shapes[index] = mended
        checked.add_repair(index, reason, _("rings closed"))


def drop_heights(checked: GeometryCheck) -> None:
    """Drop heights and measures of coordinates, in place."""
    deep = np.flatnonzero(shapely.has_z(checked.shapes) | shapely.has_m(checked.shapes))
    if len(deep):
        checked.add_bulk_repair(
            deep.tolist(), _("has heights or measures"), _("heights and measures left out")
        )
        checked.shapes = shapely.force_2d(checked.shapes)


def reject_outside_world(checked: GeometryCheck) -> None:
    """Refuse rows whose position is no longitude and latitude; their geometry is dropped."""
    west, south, east, north = shapely.bounds(checked.shapes).T
    present = ~(shapely.is_missing(checked.shapes) | shapely.is_empty(checked.shapes))
    with np.errstate(invalid="ignore"):
        inside = (west >= -180) & (east <= 180) & (south >= -90) & (north <= 90)
    for index in np.flatnonzero(present & ~inside).tolist():
        where = f"{west[index]:.10g}, {south[index]:.10g}"
        checked.reject(index, _("lies outside the world; check the reference system"), where)


def fit_to_kind(checked: GeometryCheck, kind: Geometry, *, may_be_empty: bool) -> None:
    """Valid, of the layer's type and multi; in place."""
    shapes = checked.shapes
    empty = shapely.is_missing(shapes) | shapely.is_empty(shapes)
    for index in np.flatnonzero(empty).tolist():
        shapes[index] = None
        if not may_be_empty:
            checked.reject(index, _("has no geometry"))
    for index in np.flatnonzero(~empty & ~shapely.is_valid(shapes)).tolist():
        _make_valid(checked, index)
    numbers = shapely.get_type_id(shapes)
    if kind != Geometry.POINT:
        _remove_repeated_vertices(checked)
        single = numbers == SINGLE[kind]
        if single.any():
            checked.add_bulk_repair(np.flatnonzero(single).tolist(), _("has one part"), _("made multi-part"))
            shapes[single] = MULTI[kind](shapes[single][:, None])
            numbers[single] = MULTI_NUMBER[kind]
    wanted = MULTI_NUMBER.get(kind, SINGLE[kind])
    for index in np.flatnonzero((numbers >= 0) & (numbers != wanted)).tolist():
        _as_kind(checked, index, kind)


def _remove_repeated_vertices(checked: GeometryCheck) -> None:
    """Vertices that are exactly where the one before is are taken out; nothing else moves."""
    places, rows = shapely.get_coordinates(checked.shapes, return_index=True)
    again = (places[1:] == places[:-1]).all(axis=1) & (rows[1:] == rows[:-1])
    for index in np.unique(rows[1:][again]).tolist():  # or where one ring ends and the next begins
        shape = checked.shapes[index]
        plain = shapely.remove_repeated_points(shape, 0)
        number = int(shapely.get_num_coordinates(shape) - shapely.get_num_coordinates(plain))
        if number:
            checked.shapes[index] = plain
            wrong = ngettext(
                "{count} vertex repeats the one before", "{count} vertices repeat the one before", number
            )
            checked.add_repair(index, wrong.format(count=number), _("repeated vertices taken out"))


def _make_valid(checked: GeometryCheck, index: int) -> None:
    """Valid by the structure of its rings; what has no area or length left is refused."""
    shape = checked.shapes[index]
    reason, where = _translate_reason(shapely.is_valid_reason(shape))
    if not np.isfinite(shapely.get_coordinates(shape)).all():
        checked.reject(index, _("has a vertex without a position"), where)
        return
    mended = shapely.make_valid(shape, method="structure", keep_collapsed=False)
    if mended is None or mended.is_empty:
        checked.reject(
            index, _("nothing is left of the geometry when it is repaired: {reason}").format(reason=reason)
        )
    else:
        checked.shapes[index] = mended
        checked.add_repair(index, reason, _("made valid"), where)


def _as_kind(checked: GeometryCheck, index: int, kind: Geometry) -> None:
    shape = checked.shapes[index]
    parts = _simple_parts(shape)
    if kind == Geometry.POLYGON and all(_is_outline(part) for part in parts):
        parts = [shapely.Polygon(part) for part in parts]
        checked.add_repair(index, _("is a closed line"), _("made an area"))
    fitting = [part for part in parts if part.geom_type == WORDS[kind]]
    if kind == Geometry.POINT:
        _as_point(checked, index, shape, parts)
    elif not fitting:
        checked.reject(
            index,
            _("is a {geom_type}, no {value}").format(
                geom_type=gettext(shape.geom_type), value=gettext(kind.value)
            ),
        )
    else:
        if len(fitting) < len(parts):
            left_out = len(parts) - len(fitting)
            checked.add_repair(
                index,
                _("{left_out} parts are no {value}").format(left_out=left_out, value=gettext(kind.value)),
                _("left out"),
            )
        checked.shapes[index] = MULTI[kind](np.array([*fitting, None], dtype=object)[:-1])


def _is_outline(part: shapely.Geometry) -> bool:
    """Whether a line is closed and never meets itself, as drawings have areas."""
    return part.geom_type == "LineString" and bool(part.is_ring)


def _as_point(
    checked: GeometryCheck, index: int, shape: shapely.Geometry, parts: list[shapely.Geometry]
) -> None:
    """A single point, or one within an area."""
    if len(parts) == 1 and parts[0].geom_type == "Point":
        checked.shapes[index] = parts[0]
    elif all(part.geom_type == "Polygon" for part in parts):
        checked.shapes[index] = shapely.point_on_surface(shape)
        checked.add_bulk_repair([index], _("is an area"), _("kept as a point inside it"))
    else:
        checked.reject(
            index,
            _("is a {geom_type} of {count} parts, no point").format(
                geom_type=gettext(shape.geom_type), count=len(parts)
            ),
        )


def _simple_parts(shape: shapely.Geometry) -> list[shapely.Geometry]:
    """Every simple geometry in a collection of any depth."""
    if not hasattr(shape, "geoms"):
        return [shape]
    return [inner for part in shape.geoms for inner in _simple_parts(part)]


def reject_outside_district(checked: GeometryCheck, district: shapely.Geometry) -> None:
    """Hold back what lies outside the district; it must be prepared."""
    west, south = shapely.bounds(checked.shapes).T[:2]
    present = ~shapely.is_missing(checked.shapes)
    with np.errstate(invalid="ignore"):
        unsure = np.flatnonzero(present & ~shapely.contains_xy(district, west, south))
    away = unsure[~shapely.intersects(district, checked.shapes[unsure])]
    for index in away.tolist():
        where = shapely.point_on_surface(checked.shapes[index])
        checked.rejected.setdefault(
            index,
            Problem(_("lies outside the district"), "geometry", f"{where.x:.6f}, {where.y:.6f}"),
        )
