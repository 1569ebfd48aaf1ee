"""An area that was drawn: one ring in EPSG:4490, given as a corner a line, ``longitude,latitude`` in degrees."""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from math import cos, radians
from typing import Any

from django.contrib.gis.geos import GEOSException, Polygon

from layers.casework.procedures.fields import Field
from layers.registry.text import Text

MIN_CORNERS, MAX_CORNERS = 3, 500
MOST_NORTH = 85
"""Degrees of latitude to which the web map reaches."""
DECIMALS = 7  # about a centimetre
DEGREE = 111_195.0  # metres of a degree of latitude on the mean sphere

Corner = tuple[float, float]


def parse_corners(value: Any) -> list[Corner] | None:
    """Of what a form was given or of what the log keeps, without the repeated first one; None if it is no area."""
    pairs = _kept(value) if isinstance(value, Mapping) else [line.split(",") for line in str(value).split()]
    try:
        corners = [(round(float(lon), DECIMALS), round(float(lat), DECIMALS)) for lon, lat in pairs]
        if len(corners) > 1 and corners[0] == corners[-1]:
            corners.pop()
        is_area = (
            MIN_CORNERS <= len(corners) <= MAX_CORNERS
            and all(abs(lon) <= 180 and abs(lat) <= MOST_NORTH for lon, lat in corners)
            and Polygon([*corners, corners[0]]).valid
        )
    except (TypeError, ValueError, GEOSException):
        return None
    return corners if is_area else None


def _kept(value: Mapping[str, Any]) -> Sequence[Any]:
    rings = value.get("coordinates")
    single = value.get("type") == "Polygon" and isinstance(rings, list) and len(rings) == 1
    return rings[0] if single and isinstance(rings[0], list) else []  # type: ignore[index]


def area_problem(field: Field, value: Any) -> Text | None:
    if parse_corners(value):
        return None
    return Text(
        f"“{field.title.zh}”应为三至 {MAX_CORNERS} 个角点，每行一个“经度,纬度”，边界不得自相交",
        f'"{field.title.en}" must have three to {MAX_CORNERS} corners, each as longitude,latitude on a line of its '
        "own, and an outline that does not cross itself",
    )


def area_record(value: Any) -> Any:
    """As the log keeps it: a GeoJSON polygon; what is no area as it came."""
    corners = parse_corners(value)
    if corners is None:
        return value
    return {"type": "Polygon", "coordinates": [[list(each) for each in (*corners, corners[0])]]}


def square_metres(corners: Sequence[Corner]) -> float:
    """On the sphere, for areas that are small beside it."""
    shrink = cos(radians(sum(lat for _, lat in corners) / len(corners)))
    lon, lat = corners[0]
    flat = [((x - lon) * DEGREE * shrink, (y - lat) * DEGREE) for x, y in (*corners, corners[0])]
    return abs(sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in pairwise(flat))) / 2


def area_words(value: Any) -> Text | None:
    corners = parse_corners(value)
    if corners is None:
        return None
    size, count = f"{square_metres(corners):,.0f}", len(corners)
    return Text(f"{count} 个角点，约 {size} 平方米", f"{count} corners, about {size} m²")
