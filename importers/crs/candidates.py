"""Reference systems that a file without one may be in, and where its data would land; none is ever chosen."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyproj
import shapely
from django.utils.translation import gettext_noop as _
from pyproj.exceptions import ProjError

from layers.sentences.sentence import gettext

from .china_offsets import bd09_to_wgs84, gcj02_to_wgs84

Box = tuple[float, float, float, float]

GEOGRAPHIC = ("EPSG:4490", "gcj02", "bd09")
PLANE = ("EPSG:3857", "EPSG:32650", "EPSG:32651")
GAUSS_KRUEGER = range(4513, 4555)
"""CGCS2000 in zones of 3 degrees, with (4513 to 4533) and without (4534 to 4554) the zone before the easting."""

GLOBE = pyproj.Geod(ellps="GRS80")
EIGHTHS = (
    _("east"),
    _("north-east"),
    _("north"),
    _("north-west"),
    _("west"),
    _("south-west"),
    _("south"),
    _("south-east"),
)


@dataclass(frozen=True)
class CrsCandidate:
    """``name`` is for --source-crs; ``box`` is where the data would lie, in degrees; ``away`` kilometres from the
    district's, in which direction."""

    name: str
    box: Box
    away: float
    direction: str
    swapped: bool = False

    def sentence(self) -> str:
        name = gettext("{name} with its axes exchanged").format(name=self.name) if self.swapped else self.name
        if self.away == 0:
            return gettext("as {name} within the district").format(name=name)
        return gettext("as {name} {away:,.0f} km {direction} of it").format(
            name=name, away=self.away, direction=gettext(self.direction)
        )


def candidates(bounds: Box, district: Box) -> list[CrsCandidate]:
    """The nearest first; ``bounds`` are those of the data in the file's own units."""
    found = [*_candidates(bounds, district, swapped=False)]
    if not any(candidate.away == 0 for candidate in found):
        west, south, east, north = bounds
        found += _candidates((south, west, north, east), district, swapped=True)
    return sorted(found, key=lambda candidate: candidate.away)


def advice(bounds: Box, district: Box | None, most: int = 4) -> str:
    """Where the data would lie, in a sentence for somebody who has to name the system."""
    if district is None:
        return ""
    found = candidates(bounds, district)[:most]
    if not found:
        return gettext(" Its positions fit no system that is used here.")
    said = gettext("; ").join(candidate.sentence() for candidate in found)
    offset = {"EPSG:4490", "gcj02"} <= {candidate.name for candidate in found}
    hint = gettext(" True and offset positions cannot be told apart by where they lie.") if offset else ""
    return gettext(" The data would lie {said}.").format(said=said) + hint


def _candidates(bounds: Box, district: Box, *, swapped: bool) -> Iterator[CrsCandidate]:
    corners = np.array([(bounds[x], bounds[y]) for x in (0, 2) for y in (1, 3)])
    degrees = (np.abs(corners) <= (180, 90)).all()
    names = GEOGRAPHIC if degrees else (*PLANE, *(f"EPSG:{code}" for code in GAUSS_KRUEGER))
    for name in names:
        lonlat = _lonlat(name, corners)
        if lonlat is None:
            continue
        (west, south), (east, north) = lonlat.min(axis=0), lonlat.max(axis=0)
        box = (float(west), float(south), float(east), float(north))
        away, direction = distance_and_direction(box, district)
        yield CrsCandidate(name, box, away, direction, swapped)


def _lonlat(name: str, corners: "np.typing.NDArray[np.float64]") -> "np.typing.NDArray[np.float64] | None":
    """None where the positions do not fit the system."""
    if name in GEOGRAPHIC:
        turned = {"gcj02": gcj02_to_wgs84, "bd09": bd09_to_wgs84}.get(name)
        return turned(corners) if turned else corners
    crs = pyproj.CRS.from_user_input(name)
    transformer = pyproj.Transformer.from_crs(crs, crs.geodetic_crs, always_xy=True)
    try:
        found = np.column_stack(transformer.transform(corners[:, 0], corners[:, 1], errcheck=True))
    except ProjError:
        return None
    area = crs.area_of_use
    if area is None or not np.isfinite(found).all():
        return None
    middle = found.mean(axis=0)
    fits = area.west - 3 <= middle[0] <= area.east + 3 and area.south <= middle[1] <= area.north
    return found if fits else None


def distance_and_direction(box: Box, district: Box) -> tuple[float, str]:
    """Kilometres on the ellipsoid between two boxes, and in which direction of the map the first lies."""
    ours, theirs = shapely.box(*district), shapely.box(*box)
    if ours.intersects(theirs):
        return 0.0, ""
    lon, other_lon = _nearest_values((district[0], district[2]), (box[0], box[2]))
    lat, other_lat = _nearest_values((district[1], district[3]), (box[1], box[3]))
    metres = GLOBE.inv(lon, lat, other_lon, other_lat)[2]
    dx = (theirs.centroid.x - ours.centroid.x) * np.cos(np.radians(ours.centroid.y))
    dy = theirs.centroid.y - ours.centroid.y
    return metres / 1000, EIGHTHS[round(np.degrees(np.arctan2(dy, dx)) / 45) % 8]


def _nearest_values(ours: tuple[float, float], theirs: tuple[float, float]) -> tuple[float, float]:
    """Where two ranges are nearest to each other; of what both hold what is farthest from zero, since meridians
    meet at the poles."""
    if ours[1] < theirs[0]:
        return ours[1], theirs[0]
    if theirs[1] < ours[0]:
        return ours[0], theirs[1]
    both = max(max(ours[0], theirs[0]), min(ours[1], theirs[1]), key=abs)
    return both, both
