"""Shapes of a result as SVG in millimetres of a sheet."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from .paper import Sheet, to_plane

Points = np.ndarray[Any, Any]
DOT = 1.3
"""Millimetres of a point's radius."""
PIXEL = 25.4 / 96
"""Of circles whose radius is given in pixels."""


def in_plane(shapes: Sequence[bytes | None]) -> list[BaseGeometry | None]:
    """WKB in degrees, in metres of the zone."""

    def turned(points: Points) -> Points:
        return np.column_stack(to_plane().transform(*points.T))

    found: Points = shapely.transform(np.array(shapely.from_wkb(list(shapes)), dtype=object), turned)
    return [each if each is not None and np.isfinite(each.bounds).all() else None for each in found]


def drawn(
    shapes: Sequence[BaseGeometry | None],
    colors: Sequence[str],
    radii: Sequence[float] | None,
    sheet: Sheet,
) -> list[dict[str, Any]]:
    """What of each lies on the sheet: a path of an area or a line, or a circle."""
    found: list[dict[str, Any]] = []
    for place, shape in enumerate(shapes):
        if shape is None or shape.is_empty:
            continue
        if radii:
            shape = shape.point_on_surface()
        radius = radii[place] * PIXEL if radii else DOT
        found += _parts(shape, colors[place], radius, sheet)
    return found


def _parts(shape: BaseGeometry, color: str, radius: float, sheet: Sheet) -> Iterator[dict[str, Any]]:
    west, south, east, north = sheet.box
    if "Point" in shape.geom_type:
        for point in shapely.get_parts(shape):
            if west <= point.x <= east and south <= point.y <= north:
                x, y = sheet.on_paper(point.x, point.y)
                yield {"x": f"{x:.3f}", "y": f"{y:.3f}", "radius": f"{radius:.2f}", "color": color}
        return
    path = " ".join(_lines(shapely.clip_by_rect(shape, west, south, east, north), sheet))
    if path:
        yield {"path": path, "color": color, "is_area": "Polygon" in shape.geom_type}


def _lines(shape: BaseGeometry, sheet: Sheet) -> Iterator[str]:
    for part in shapely.get_parts(shape):
        if part.geom_type == "Polygon":
            for ring in (part.exterior, *part.interiors):
                yield f"{_line(ring, sheet)}Z"
        elif part.geom_type == "LineString":
            yield _line(part, sheet)


def _line(line: BaseGeometry, sheet: Sheet) -> str:
    places = (sheet.on_paper(x, y) for x, y in line.coords)
    return "M" + "L".join(f"{x:.3f} {y:.3f}" for x, y in places)
