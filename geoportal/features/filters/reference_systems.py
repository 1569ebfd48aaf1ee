"""Reference systems in which positions are given and asked for, by the names that OGC gives them."""

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from django.utils.translation import gettext as _
from numpy.typing import NDArray
from pyproj import Transformer
from pyproj.exceptions import ProjError

from layers.coordinates import STORE_SRID
from layers.errors import InvalidInput

Box = tuple[float, float, float, float]
DEGREES, MILLIMETRES = 7, 3
"""Decimals of positions."""


@dataclass(frozen=True)
class ReferenceSystem:
    """``north_first`` where the authority's first axis points north; ``metric`` where lengths are metres."""

    uri: str
    srid: int
    north_first: bool = False
    metric: bool = False

    def outline(self) -> str:
        """SQL of the geometry as GeoJSON text, axes in the authority's order, outer rings counter-clockwise."""
        shape = f"ST_Transform(geom, {self.srid})" if self.metric else "geom"
        shape = f"ST_ForcePolygonCCW({shape})"
        if self.north_first:
            shape = f"ST_FlipCoordinates({shape})"
        return f"ST_AsGeoJSON({shape}, {MILLIMETRES if self.metric else DEGREES}, 0)"

    def to_degrees(self, box: Box) -> Box:
        """The box of longitudes and latitudes around a box of this system, given with its east first."""
        if not self.metric:
            return box
        try:
            found = _to_store(self.srid).transform_bounds(*box, densify_pts=51)
        except ProjError:
            found = (math.inf,) * 4
        if not all(map(math.isfinite, found)):
            raise InvalidInput(_("“bbox” lies where its reference system says nothing."))
        west, south, east, north = found
        return west, south, east, north

    def positions_in_degrees(self, positions: NDArray[Any]) -> NDArray[Any]:
        """Longitudes and latitudes of eastings and northings; infinite where the system says nothing."""
        east, north = positions.T
        return np.column_stack(_to_store(self.srid).transform(east, north))


@lru_cache
def _to_store(srid: int) -> Transformer:
    return Transformer.from_crs(srid, STORE_SRID, always_xy=True)


OGC, EPSG = "http://www.opengis.net/def/crs/OGC/1.3/CRS84", "http://www.opengis.net/def/crs/EPSG/0"
CRS84 = ReferenceSystem(OGC, STORE_SRID)
STORE = ReferenceSystem(f"{EPSG}/{STORE_SRID}", STORE_SRID, north_first=True)
SYSTEMS = {
    system.uri: system
    for system in (
        CRS84,
        ReferenceSystem(f"{EPSG}/4326", STORE_SRID, north_first=True),
        STORE,
        ReferenceSystem(f"{EPSG}/4549", 4549, north_first=True, metric=True),
        ReferenceSystem(f"{EPSG}/4550", 4550, north_first=True, metric=True),
        ReferenceSystem(f"{EPSG}/3857", 3857, metric=True),
    )
}
"""CGCS2000 and WGS 84 are taken as equal: they are within centimetres."""


def reference_system(name: str, uri: str) -> ReferenceSystem:
    """``name`` is that of the parameter that gave it."""
    if uri not in SYSTEMS:
        raise InvalidInput(
            _("“%(name)s” is one of: %(allowed)s.") % {"name": name, "allowed": ", ".join(SYSTEMS)}
        )
    return SYSTEMS[uri]
