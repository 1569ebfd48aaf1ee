"""Geometry made fit for a layer: repaired where that is safe, else held back with the reason."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely
from django.utils.translation import gettext, gettext_noop, ngettext
from django.utils.translation import gettext as _
from shapely.errors import GEOSException

from importers.sources.source import Batch, Problem, Refused
from layers.registry.layer import Geometry

from .wkb import is_curved, linear, mend

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
)
"""What GEOS says of geometry."""

WORDS = {Geometry.POINT: "Point", Geometry.LINE: "LineString", Geometry.POLYGON: "Polygon"}


@dataclass
class Checked:
    """Geometry by row, None where the row has none; rows in ``refused`` must not be loaded."""

    shapes: Shapes
    refused: dict[int, Problem] = field(default_factory=dict)
    repaired: dict[int, list[Problem]] = field(default_factory=dict)
    many: dict[tuple[str, str], list[int]] = field(default_factory=dict)
    """What is so of many rows, as files have it, and what was done: of each row this and its number is kept."""

    def refuse(self, index: int, wrong: str, value: str = "") -> None:
        self.refused.setdefault(index, Problem(wrong, "geometry", value))
        self.shapes[index] = None

    def note(self, index: int, wrong: str, done: str, value: str = "") -> None:
        self.repaired.setdefault(index, []).append(Problem(wrong, "geometry", value, done))

    def note_many(self, indices: Iterable[int], wrong: str, done: str) -> None:
        self.many.setdefault((wrong, done), []).extend(indices)


def codes_of(batch: Batch) -> Shapes:
    if batch.shapes is None:
        raise Refused(_("The file has no geometry."))
    codes: Shapes = batch.shapes.to_numpy(zero_copy_only=False)
    return codes


def from_wkb(codes: Shapes) -> Checked:
    """Decode WKB; curves are made linear, rings that GEOS refuses are mended if that is safe."""
    try:
        return Checked(shapely.from_wkb(codes))
    except (GEOSException, TypeError, NotImplementedError):
        checked = Checked(np.full(len(codes), None, dtype=object))
    for index, code in enumerate(codes):
        if is_curved(code):
            straight = linear(code)
            if straight != code:
                checked.note(index, _("has curves"), _("made of straight lines"))
                code = straight
        try:
            checked.shapes[index] = shapely.from_wkb(code)
        except (GEOSException, TypeError, NotImplementedError) as problem:
            _mend(checked, index, code, problem)
    return checked


def _said(reason: str) -> tuple[str, str]:
    """What GEOS finds wrong in the reader's language, and where."""
    what, _bracket, where = reason.removeprefix("IllegalArgumentException: ").partition("[")
    return gettext(what), where.rstrip("]")


def _mend(checked: Checked, index: int, code: Any, problem: Exception) -> None:
    reason, _where = _said(str(problem))
    mended = mend(code) if isinstance(code, bytes) else None
    if mended is None:
        checked.refuse(index, _("geometry cannot be read: {reason}").format(reason=reason))
    else:
        checked.shapes[index] = mended
        checked.note(index, reason, _("rings closed"))


def flat(checked: Checked) -> None:
    """Drop heights and measures of coordinates, in place."""
    deep = np.flatnonzero(shapely.has_z(checked.shapes) | shapely.has_m(checked.shapes))
    if len(deep):
        checked.note_many(deep.tolist(), _("has heights or measures"), _("heights and measures left out"))
        checked.shapes = shapely.force_2d(checked.shapes)


def outside_the_world(checked: Checked) -> None:
    """Refuse rows whose position is no longitude and latitude; their geometry is dropped."""
    west, south, east, north = shapely.bounds(checked.shapes).T
    present = ~(shapely.is_missing(checked.shapes) | shapely.is_empty(checked.shapes))
    with np.errstate(invalid="ignore"):
        inside = (west >= -180) & (east <= 180) & (south >= -90) & (north <= 90)
    for index in np.flatnonzero(present & ~inside).tolist():
        where = f"{west[index]:.6g}, {south[index]:.6g}"
        checked.refuse(index, _("lies outside the world; check the reference system"), where)


def fit(checked: Checked, kind: Geometry, *, may_be_empty: bool) -> None:
    """Valid, of the layer's type and multi; in place."""
    shapes = checked.shapes
    empty = shapely.is_missing(shapes) | shapely.is_empty(shapes)
    for index in np.flatnonzero(empty).tolist():
        shapes[index] = None
        if not may_be_empty:
            checked.refuse(index, _("has no geometry"))
    for index in np.flatnonzero(~empty & ~shapely.is_valid(shapes)).tolist():
        _make_valid(checked, index)
    numbers = shapely.get_type_id(shapes)
    if kind != Geometry.POINT:
        _without_repeats(checked)
        single = numbers == SINGLE[kind]
        if single.any():
            checked.note_many(np.flatnonzero(single).tolist(), _("has one part"), _("made multi-part"))
            shapes[single] = MULTI[kind](shapes[single][:, None])
            numbers[single] = MULTI_NUMBER[kind]
    wanted = MULTI_NUMBER.get(kind, SINGLE[kind])
    for index in np.flatnonzero((numbers >= 0) & (numbers != wanted)).tolist():
        _as_kind(checked, index, kind)


def _without_repeats(checked: Checked) -> None:
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
            checked.note(index, wrong.format(count=number), _("repeated vertices taken out"))


def _make_valid(checked: Checked, index: int) -> None:
    """Valid by the structure of its rings; what has no area or length left is refused."""
    shape = checked.shapes[index]
    reason, where = _said(shapely.is_valid_reason(shape))
    mended = shapely.make_valid(shape, method="structure", keep_collapsed=False)
    if mended is None or mended.is_empty:
        checked.refuse(
            index, _("nothing is left of the geometry when it is repaired: {reason}").format(reason=reason)
        )
    else:
        checked.shapes[index] = mended
        checked.note(index, reason, _("made valid"), where)


def _as_kind(checked: Checked, index: int, kind: Geometry) -> None:
    shape = checked.shapes[index]
    parts = _simple_parts(shape)
    fitting = [part for part in parts if part.geom_type == WORDS[kind]]
    if kind == Geometry.POINT:
        _as_point(checked, index, shape, parts)
    elif not fitting:
        checked.refuse(
            index, _("is a {geom_type}, no {value}").format(geom_type=shape.geom_type, value=kind.value)
        )
    else:
        if len(fitting) < len(parts):
            left_out = len(parts) - len(fitting)
            checked.note(
                index,
                _("{left_out} parts are no {value}").format(left_out=left_out, value=kind.value),
                _("left out"),
            )
        checked.shapes[index] = MULTI[kind](np.array([*fitting, None], dtype=object)[:-1])


def _as_point(checked: Checked, index: int, shape: shapely.Geometry, parts: list[shapely.Geometry]) -> None:
    """A single point, or one within an area."""
    if len(parts) == 1 and parts[0].geom_type == "Point":
        checked.shapes[index] = parts[0]
    elif all(part.geom_type == "Polygon" for part in parts):
        checked.shapes[index] = shapely.point_on_surface(shape)
        checked.note_many([index], _("is an area"), _("kept as a point inside it"))
    else:
        checked.refuse(
            index,
            _("is a {geom_type} of {count} parts, no point").format(
                geom_type=shape.geom_type, count=len(parts)
            ),
        )


def _simple_parts(shape: shapely.Geometry) -> list[shapely.Geometry]:
    """Every simple geometry in a collection of any depth."""
    if not hasattr(shape, "geoms"):
        return [shape]
    return [inner for part in shape.geoms for inner in _simple_parts(part)]


def outside(checked: Checked, district: shapely.Geometry) -> None:
    """Hold back what lies outside the district; it must be prepared."""
    west, south = shapely.bounds(checked.shapes).T[:2]
    present = ~shapely.is_missing(checked.shapes)
    with np.errstate(invalid="ignore"):
        unsure = np.flatnonzero(present & ~shapely.contains_xy(district, west, south))
    away = unsure[~shapely.intersects(district, checked.shapes[unsure])]
    for index in away.tolist():
        where = shapely.point_on_surface(checked.shapes[index])
        checked.refused.setdefault(
            index,
            Problem(_("lies outside the district"), "geometry", f"{where.x:.6f}, {where.y:.6f}"),
        )
