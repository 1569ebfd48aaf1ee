"""Geometry made fit for a layer, row by row: repaired where that is safe, else listed with the reason."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely
from shapely.errors import GEOSException

from layers.registry.layer import Geometry

from .delivery import Listed
from .wkb import mend

Shapes = npt.NDArray[Any]

PARTS = {Geometry.POINT: "Point", Geometry.LINE: "LineString", Geometry.POLYGON: "Polygon"}
MULTI = {Geometry.LINE: shapely.MultiLineString, Geometry.POLYGON: shapely.MultiPolygon}


@dataclass
class Checked:
    """Geometry by row, None where the row has none; rows in ``refused`` must not be loaded."""

    shapes: Shapes
    labels: Sequence[str] = ()
    refused: dict[int, str] = field(default_factory=dict)
    repaired: dict[int, str] = field(default_factory=dict)
    inside_areas: int = 0

    def refuse(self, index: int, reason: str) -> None:
        self.refused.setdefault(index, reason)

    def note(self, index: int, reason: str) -> None:
        self.repaired[index] = f"{self.repaired[index]}; {reason}" if index in self.repaired else reason

    def listed(self) -> list[Listed]:
        """One entry a row, in the file's order."""
        reasons = {**self.repaired, **self.refused}
        return [
            Listed(index + 1, reasons[index], index not in self.refused, self.label(index))
            for index in sorted(reasons)
        ]

    def label(self, index: int) -> str:
        return self.labels[index] if index < len(self.labels) else ""


def from_wkb(codes: Shapes, labels: Sequence[str] = ()) -> Checked:
    """Decode WKB; rings that GEOS refuses are mended if that is safe, else their rows are refused."""
    try:
        return Checked(shapely.from_wkb(codes), labels)
    except (GEOSException, TypeError):
        checked = Checked(np.full(len(codes), None, dtype=object), labels)
    for index, code in enumerate(codes):
        try:
            checked.shapes[index] = shapely.from_wkb(code)
        except (GEOSException, TypeError) as problem:
            _mend(checked, index, code, problem)
    return checked


def _mend(checked: Checked, index: int, code: Any, problem: Exception) -> None:
    reason = str(problem).removeprefix("IllegalArgumentException: ")
    mended = mend(code) if isinstance(code, bytes) else None
    if mended is None:
        checked.refuse(index, f"geometry cannot be read: {reason}")
    else:
        checked.shapes[index] = mended
        checked.note(index, f"geometry repaired: {reason}")


def outside_the_world(checked: Checked) -> None:
    """Refuse rows whose position is no longitude and latitude; their geometry is dropped."""
    bounds = shapely.bounds(checked.shapes)
    present = ~(shapely.is_missing(checked.shapes) | shapely.is_empty(checked.shapes))
    with np.errstate(invalid="ignore"):
        inside = (np.abs(bounds[:, [0, 2]]) <= 180).all(axis=1) & (np.abs(bounds[:, [1, 3]]) <= 90).all(
            axis=1
        )
    for index in np.flatnonzero(present & ~inside).tolist():
        checked.refuse(index, "lies outside the world; check the reference system")
        checked.shapes[index] = None


def fit(checked: Checked, kind: Geometry, *, may_be_empty: bool) -> None:
    """Two dimensions, valid, of the layer's type and multi; in place."""
    shapes = checked.shapes = shapely.force_2d(checked.shapes)
    empty = shapely.is_missing(shapes) | shapely.is_empty(shapes)
    for index in np.flatnonzero(empty).tolist():
        shapes[index] = None
        if not may_be_empty:
            checked.refuse(index, "has no geometry")
    for index in np.flatnonzero(~empty & ~shapely.is_valid(shapes)).tolist():
        _make_valid(checked, index)
    for index in np.flatnonzero(~shapely.is_missing(shapes)).tolist():
        _as_kind(checked, index, kind)


def _make_valid(checked: Checked, index: int) -> None:
    """Valid by the structure of its rings; what has no area or length left is refused."""
    shape = checked.shapes[index]
    reason = shapely.is_valid_reason(shape)
    mended = shapely.make_valid(shape, method="structure", keep_collapsed=False)
    if mended is None or mended.is_empty:
        checked.refuse(index, f"nothing is left of the geometry when it is repaired: {reason}")
        checked.shapes[index] = None
    else:
        checked.shapes[index] = mended
        checked.note(index, f"geometry repaired: {reason}")


def _as_kind(checked: Checked, index: int, kind: Geometry) -> None:
    shape = checked.shapes[index]
    parts = _simple_parts(shape)
    fitting = [part for part in parts if part.geom_type == PARTS[kind]]
    if kind == Geometry.POINT:
        _as_point(checked, index, shape, parts)
    elif not fitting:
        checked.refuse(index, f"is a {shape.geom_type}, no {kind.value}")
        checked.shapes[index] = None
    else:
        if len(fitting) < len(parts):
            checked.note(index, f"{len(parts) - len(fitting)} parts that are no {kind.value} left out")
        checked.shapes[index] = MULTI[kind](fitting)


def _as_point(checked: Checked, index: int, shape: shapely.Geometry, parts: list[shapely.Geometry]) -> None:
    """A single point, or one within an area."""
    if len(parts) == 1 and parts[0].geom_type == "Point":
        checked.shapes[index] = parts[0]
    elif all(part.geom_type == "Polygon" for part in parts):
        checked.shapes[index] = shapely.point_on_surface(shape)
        checked.inside_areas += 1
    else:
        checked.refuse(index, f"is a {shape.geom_type} of {len(parts)} parts, no point")
        checked.shapes[index] = None


def _simple_parts(shape: shapely.Geometry) -> list[shapely.Geometry]:
    """Every simple geometry in a collection of any depth."""
    if not hasattr(shape, "geoms"):
        return [shape]
    return [inner for part in shape.geoms for inner in _simple_parts(part)]
