"""Shapes as planners type them: positions in degrees, in degrees, minutes and seconds, or in metres; or WKT."""

import math

import numpy as np
import shapely
from django.utils.translation import gettext as _
from shapely.geometry.base import BaseGeometry

from geoportal.features.filters.reference_systems import EPSG, SYSTEMS
from importers.crs.coordinate_text import axis_of, parse_angle
from layers.coordinates import METRIC_SRID
from layers.query.errors import InvalidQuery
from layers.query.json_form import shape_node
from layers.query.nodes import Shape
from layers.query.text_form import from_text

PLANE = 1000
"""Numbers from which a position is in metres of the district's zone."""


def shape_of(text: str, *, is_line: bool = False) -> BaseGeometry:
    """In degrees; one position is a point, two are a line, more an area unless a line is asked for."""
    text = text.strip()
    if text[:1].isascii() and text[:1].isalpha() and "(" in text:
        found = _of_wkt(text)
    else:
        found = _of_positions(text, is_line)
    west, south, east, north = found.bounds
    if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
        raise _unreadable(text)
    return found


def _of_wkt(text: str) -> BaseGeometry:
    node = from_text(text)
    if not isinstance(node, Shape):
        raise _unreadable(text)
    return node.geometry


def _of_positions(text: str, is_line: bool) -> BaseGeometry:
    parts = [part for line in text.splitlines() for part in line.replace("；", ";").split(";")]
    positions = [_position(part) for part in parts if part.strip()]
    if not positions:
        raise _unreadable(text)
    if len(positions) == 1:
        return shapely.Point(positions[0])
    if len(positions) == 2 or is_line:
        return shape_node(shapely.LineString(positions)).geometry
    return shape_node(shapely.Polygon(positions)).geometry


def _position(text: str) -> tuple[float, float]:
    """Longitude and latitude in either order, where a direction or the numbers themselves tell which is which."""
    words = [
        word.strip() for word in (text.replace("，", ",").split(",") if _has_comma(text) else text.split())
    ]
    if len(words) != 2:
        raise _unreadable(text)
    try:
        first, second = (_number(word) for word in words)
    except ValueError:
        raise _unreadable(text) from None
    if abs(first) > PLANE and abs(second) > PLANE:
        # Of the zone's positions a northing is millions of metres, an easting less than one.
        east, north = sorted((first, second))
        system = SYSTEMS[f"{EPSG}/{METRIC_SRID}"]
        lon, lat = system.positions_in_degrees(np.array([[east, north]]))[0].tolist()
        return lon, lat
    is_turned = (
        axis_of(words[0]) == "lat" or axis_of(words[1]) == "lon" if _are_told(words) else abs(second) > 90
    )
    return (second, first) if is_turned else (first, second)


def _has_comma(text: str) -> bool:
    return "," in text or "，" in text


def _are_told(words: list[str]) -> bool:
    return axis_of(words[0]) is not None and axis_of(words[1]) is not None


def _number(word: str) -> float:
    try:
        found = float(word)
    except ValueError:
        found = parse_angle(word)
    if not math.isfinite(found):
        raise ValueError(word)
    return found


def _unreadable(text: str) -> InvalidQuery:
    return InvalidQuery(
        _(
            "“%(text)s” is no shape; write positions as longitude, latitude or easting, northing, separated by "
            "semicolons, or WKT."
        )
        % {"text": text[:60]}
    )
