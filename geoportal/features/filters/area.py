"""Rows within a box that an address gives, in any of the reference systems."""

import math

from django.utils.translation import gettext as _

from layers.coordinates import STORE_SRID
from layers.errors import InvalidInput
from layers.registry.access.layer_query import Condition, LayerQuery, intersects_box

from .reference_systems import OGC, Box, ReferenceSystem, reference_system


def area_conditions(reading: LayerQuery, text: str | None, system: str | None) -> list[Condition]:
    """``text`` is the box, ``system`` the address of its reference system; rows that lie nowhere match too."""
    if system is not None and text is None:
        raise InvalidInput(_("“bbox-crs” says how “bbox” is meant; give that as well."))
    if text is None:
        return []
    found = reference_system("bbox-crs", system if system is not None else OGC)
    box = _box(text, found)
    if not reading.layer.has_geometry:
        return []
    inside = _touching(box, found)
    return [Condition(f"geom IS NULL OR {inside.sql}", inside.params)]


def _box(text: str, system: ReferenceSystem) -> Box:
    """East first, whatever the order of the axes; heights are left out."""
    try:
        sides = [float(side) for side in text.split(",")]
    except ValueError:
        sides = []
    if len(sides) not in {4, 6} or not all(math.isfinite(side) for side in sides):
        raise InvalidInput(_("“bbox” is four or six finite numbers, separated by commas."))
    half = len(sides) // 2
    (west, south), (east, north) = sides[:2], sides[half : half + 2]
    if system.north_first:
        west, south, east, north = south, west, north, east
    if south > north or (system.metric and west > east):
        raise InvalidInput(_("“bbox” gives the lower corner first."))
    if not system.metric and not (
        -180 <= west <= 180 and -180 <= east <= 180 and south >= -90 and north <= 90
    ):
        raise InvalidInput(_("“bbox” lies where its reference system says nothing."))
    return west, south, east, north


def _touching(box: Box, system: ReferenceSystem) -> Condition:
    west, south, east, north = degrees = system.to_degrees(box)
    if system.metric:
        near = f"geom && ST_MakeEnvelope(%s, %s, %s, %s, {STORE_SRID})"
        exact = f"ST_Intersects(ST_Transform(geom, {system.srid}), ST_MakeEnvelope(%s, %s, %s, %s, {system.srid}))"
        return Condition(f"({near} AND {exact})", (*degrees, *box))
    if west <= east:
        return intersects_box(west, south, east, north)
    # A box whose west lies east of its east crosses the antimeridian.
    left, right = intersects_box(west, south, 180.0, north), intersects_box(-180.0, south, east, north)
    return Condition(f"({left.sql} OR {right.sql})", (*left.params, *right.params))
