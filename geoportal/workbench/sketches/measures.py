"""How long and how large a shape is on the ellipsoid, where its legs point, and how high the ground below a line is."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import shapely
from django.db import connection
from django.utils.translation import gettext as _
from pyproj import Geod
from shapely import Polygon
from shapely.geometry.base import BaseGeometry, BaseMultipartGeometry

from layers.coordinates import STORE_SRID
from layers.query.errors import InvalidQuery
from layers.query.limits import limits
from layers.query.spatial import FURTHEST
from layers.registry.audience import Viewer
from layers.registry.registration import layers_for
from layers.terrain.elevation import ground

ELLIPSOID = Geod(a=6378137.0, rf=298.257222101)
"""Of CGCS2000."""
SPOTS = 60
"""Of the ground below a line."""


@dataclass(frozen=True)
class Leg:
    """``bearing`` is in degrees from the north, clockwise, where the leg begins."""

    metres: float
    bearing: float


@dataclass(frozen=True)
class Measures:
    """``length`` is that of a line or around an area, in metres; ``area`` in square metres; None for what there is
    none of."""

    length: float | None
    area: float | None
    legs: list[Leg]


def measures(shape: BaseGeometry, metres: float, viewer: Viewer) -> Measures:
    """With ``metres``, of all that lies within so many of the shape."""
    if metres and not 0 < metres <= FURTHEST:
        raise InvalidQuery(_("A distance is above 0 and at most %(most)d metres.") % {"most": FURTHEST})
    length, area = _of_ellipsoid(shape, metres, viewer)
    is_flat = bool(metres) or "Polygon" in shape.geom_type
    legs = [] if "Point" in shape.geom_type else list(_legs(shape))
    return Measures(length if is_flat or "Line" in shape.geom_type else None, area if is_flat else None, legs)


def _of_ellipsoid(shape: BaseGeometry, metres: float, viewer: Viewer) -> tuple[float, float]:
    drawn = f"ST_GeomFromWKB(%s, {STORE_SRID})::geography"
    wide = f"ST_Buffer({drawn}, {metres!r}, 'quad_segs=32')" if metres else drawn
    sql = f"SELECT ST_Length(shape) + ST_Perimeter(shape), ST_Area(shape) FROM (SELECT {wide} AS shape) AS s"
    with limits(viewer), connection.cursor() as cursor:
        cursor.execute(sql, [shapely.to_wkb(shape)])
        length, area = cursor.fetchone()
    return float(length), float(area)


def _legs(shape: BaseGeometry) -> Iterator[Leg]:
    if isinstance(shape, BaseMultipartGeometry):
        for part in shape.geoms:
            yield from _legs(part)
        return
    line = shape.exterior if isinstance(shape, Polygon) else shape
    for (west, south), (east, north) in pairwise(line.coords):
        bearing, _back, metres = ELLIPSOID.inv(west, south, east, north)
        yield Leg(float(metres), float(bearing) % 360)


@dataclass(frozen=True)
class Profile:
    """``spots`` are metres along the line and of height, None where no height is known; ``climb`` and ``fall`` are
    sums of the heights between spots."""

    spots: list[tuple[float, float | None]]

    @property
    def known(self) -> list[float]:
        return [height for _metres, height in self.spots if height is not None]

    @property
    def climb(self) -> float:
        return sum(max(0.0, after - before) for before, after in pairwise(self.known))

    @property
    def fall(self) -> float:
        return sum(max(0.0, before - after) for before, after in pairwise(self.known))


def profile(line: BaseGeometry, viewer: Viewer) -> Profile | None:
    """Of one line; None where nothing of the ground below it is known."""
    places = _along(line) if line.geom_type == "LineString" else []
    for layer in layers_for(viewer):
        if layer.heights is None or not places:
            continue
        with ground(layer, viewer) as known:
            spots = [(metres, known.spot(lon, lat)) for metres, lon, lat in places]
        found = Profile([(metres, spot.height if spot else None) for metres, spot in spots])
        if found.known:
            return found
    return None


def _along(line: BaseGeometry) -> list[tuple[float, float, float]]:
    """Metres along the line, longitude and latitude of spots as far from each other as the next ones."""
    legs = list(_legs(line))
    whole = sum(leg.metres for leg in legs)
    if not whole:
        return []
    found, begun, wanted = [], 0.0, [whole * step / (SPOTS - 1) for step in range(SPOTS)]
    for leg, (lon, lat) in zip(legs, line.coords, strict=False):
        while wanted and (wanted[0] <= begun + leg.metres or leg is legs[-1]):
            metres = wanted.pop(0)
            there_lon, there_lat, _back = ELLIPSOID.fwd(lon, lat, leg.bearing, metres - begun)
            found.append((metres, float(there_lon), float(there_lat)))
        begun += leg.metres
    return found
