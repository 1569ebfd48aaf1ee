"""Geometry made fit for a layer, row by row: repaired where that is safe, else listed with the reason."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely
from shapely.errors import GEOSException

from layers.registry.layer import Geometry

from .delivery import Listed

Shapes = npt.NDArray[Any]


@dataclass
class Checked:
    """Geometry by row, None where the row has none; ``bad`` are the indexes that must not be loaded."""

    shapes: Shapes
    listed: list[Listed] = field(default_factory=list)
    bad: set[int] = field(default_factory=set)

    def refuse(self, index: int, reason: str) -> None:
        self.bad.add(index)
        self.listed.append(Listed(index + 1, reason, loaded=False))

    def note(self, index: int, reason: str) -> None:
        self.listed.append(Listed(index + 1, reason, loaded=True))


def from_wkb(codes: Shapes) -> Checked:
    """Decode WKB; rings that GEOS refuses are closed if that mends them, else their rows are listed."""
    shapes = np.full(len(codes), None, dtype=object)
    checked = Checked(shapes)
    for index, code in enumerate(codes):
        if code is None:
            continue
        try:
            shapes[index] = shapely.from_wkb(code)
        except GEOSException as problem:
            mended = shapely.from_wkb(code, on_invalid="fix")
            if mended is None or mended.is_empty:
                checked.refuse(index, f"geometry cannot be read: {problem}")
            else:
                shapes[index] = mended
                checked.note(index, f"ring closed ({problem})")
    return checked


def fit(checked: Checked, kind: Geometry, *, may_be_empty: bool) -> Checked:
    """Two dimensions, valid, of the layer's type and multi; in place."""
    shapes = shapely.force_2d(checked.shapes)
    empty = shapely.is_missing(shapes) | shapely.is_empty(shapes)
    for index in np.flatnonzero(empty).tolist():
        shapes[index] = None
        if not may_be_empty and index not in checked.bad:
            checked.refuse(index, "has no geometry")
    reasons = shapely.is_valid_reason(shapes)
    for index in np.flatnonzero(~shapely.is_valid(shapes) & ~empty).tolist():
        shapes[index] = shapely.make_valid(shapes[index])
        checked.note(index, f"geometry repaired: {reasons[index]}")
    for index in np.flatnonzero(~empty).tolist():
        shapes[index] = _of_kind(shapes[index], kind)
        if shapes[index] is None and index not in checked.bad:
            checked.refuse(index, f"is no {kind.value}")
    checked.shapes = shapes
    return checked


def _of_kind(shape: shapely.Geometry, kind: Geometry) -> shapely.Geometry | None:
    if kind == Geometry.POINT:
        return shape if shape.geom_type == "Point" else shapely.point_on_surface(shape)
    wanted = "Polygon" if kind == Geometry.POLYGON else "LineString"
    parts = [part for part in shapely.get_parts(shape) if part.geom_type == wanted]
    nested = [part for part in shapely.get_parts(shape) if part.geom_type == f"Multi{wanted}"]
    parts += [inner for part in nested for inner in shapely.get_parts(part)]
    if not parts:
        return None
    return shapely.MultiPolygon(parts) if kind == Geometry.POLYGON else shapely.MultiLineString(parts)


def outside_the_world(checked: Checked) -> None:
    """Refuse rows whose position is no longitude and latitude."""
    bounds = shapely.bounds(checked.shapes)
    with np.errstate(invalid="ignore"):
        wrong = (np.abs(bounds[:, [0, 2]]) > 180).any(axis=1) | (np.abs(bounds[:, [1, 3]]) > 90).any(axis=1)
    for index in np.flatnonzero(wrong).tolist():
        if index not in checked.bad:
            checked.refuse(index, "lies outside the world; check the reference system")
