"""Sea, rivers, reservoirs, hills, fields and the port, in metres."""

from dataclasses import dataclass

import numpy as np
import shapely

from . import projection

SHORE = 8000.0
# The land border in the south-west; what of it lies inside the district is taken off again.
NEIGHBOURS = [
    (121.645, 29.915),
    (121.75, 29.90),
    (121.80, 29.85),
    (121.87, 29.80),
    (121.8916, 29.7116),
    (121.86, 29.40),
    (121.30, 29.40),
    (121.30, 30.02),
]
HILLS = [
    (121.72, 29.865, 2600),
    (121.76, 29.845, 2300),
    (121.80, 29.815, 2500),
    (121.835, 29.79, 2600),
    (121.87, 29.815, 2300),
    (121.91, 29.795, 2400),
    (121.955, 29.815, 2100),
    (121.99, 29.84, 2000),
    (122.04, 29.855, 1900),
    (122.075, 29.87, 1500),
    (121.77, 29.965, 1300),
    (121.945, 29.94, 1100),
    (121.69, 29.885, 1500),
    (121.86, 29.745, 1300),
    (121.955, 29.865, 1300),
    (122.115, 29.89, 900),
]
RIVERS = [
    (
        "岩泰河",
        22,
        [(121.80, 29.83), (121.805, 29.86), (121.818, 29.885), (121.826, 29.915), (121.832, 29.945)],
    ),
    (
        "芦江",
        20,
        [(121.885, 29.815), (121.905, 29.84), (121.915, 29.865), (121.913, 29.895), (121.925, 29.93)],
    ),
    (
        "小浃江",
        26,
        [(121.76, 29.83), (121.745, 29.865), (121.735, 29.90), (121.715, 29.925), (121.70, 29.95)],
    ),
    ("春晓河", 16, [(121.88, 29.80), (121.895, 29.775), (121.905, 29.755), (121.915, 29.735)]),
    ("中河", 14, [(121.80, 29.885), (121.826, 29.892), (121.86, 29.888), (121.89, 29.882), (121.913, 29.88)]),
]
RESERVOIRS = [
    ("新路水库", 121.823, 29.822, 420),
    ("瑞岩水库", 121.905, 29.807, 360),
    ("长坑水库", 121.745, 29.853, 300),
]


@dataclass(frozen=True)
class Nature:
    water: list[tuple[str, str, shapely.Geometry]]
    """(kind, name, area)"""
    hills: shapely.Geometry
    port: shapely.Geometry
    flats: shapely.Geometry


def shape(district: shapely.Geometry, random: np.random.Generator) -> Nature:
    neighbours = shapely.Polygon([projection.spot(*corner) for corner in NEIGHBOURS])
    sea = shapely.difference(shapely.buffer(district, SHORE), shapely.union(district, neighbours))
    coast = shapely.intersection(district, shapely.buffer(sea, 430))
    north = shapely.box(*projection.spot(121.76, 29.905), *projection.spot(121.99, 30.02))
    port = shapely.intersection(coast, north).buffer(-15)
    south = shapely.box(*projection.spot(121.87, 29.69), *projection.spot(122.06, 29.83))
    flats = shapely.intersection(shapely.intersection(district, shapely.buffer(sea, 260)), south)
    water = [("sea", "", part) for part in shapely.get_parts(sea) if part.area > 1e5]
    for name, width, course in RIVERS:
        line = winding([projection.spot(*p) for p in course], random)
        water.append(("river", name, shapely.intersection(line.buffer(width), district)))
    for name, lon, lat, radius in RESERVOIRS:
        water.append(("reservoir", name, _blob(projection.spot(lon, lat), radius, random)))
    hills = shapely.union_all(
        [_blob(projection.spot(lon, lat), radius, random) for lon, lat, radius in HILLS]
    )
    return Nature(water, shapely.intersection(hills, district), port, flats)


def ponds(area: shapely.Geometry, count: int, random: np.random.Generator) -> list[shapely.Geometry]:
    west, south, east, north = area.bounds
    found: list[shapely.Geometry] = []
    while len(found) < count:
        spot = (float(random.uniform(west, east)), float(random.uniform(south, north)))
        pond = _blob(spot, float(random.uniform(18, 55)), random)
        if area.contains(pond):
            found.append(pond)
    return found


def _blob(middle: tuple[float, float], radius: float, random: np.random.Generator) -> shapely.Polygon:
    angles = np.linspace(0, 2 * np.pi, 48, endpoint=False)
    waves = sum(
        random.uniform(0.03, 0.16) * np.sin(k * angles + random.uniform(0, 6.3)) for k in (2, 3, 5, 7)
    )
    reach = radius * (1 + waves)
    return shapely.Polygon(
        np.column_stack((middle[0] + reach * np.cos(angles), middle[1] + reach * np.sin(angles)))
    )


def winding(points: list[tuple[float, float]], random: np.random.Generator) -> shapely.LineString:
    """A course through the points with bends between them."""
    line = shapely.segmentize(shapely.LineString(points), 350)
    xy = shapely.get_coordinates(line)
    xy[1:-1] += random.normal(0, 55, (len(xy) - 2, 2))
    for _ in range(3):
        xy = _rounded(xy)
    return shapely.LineString(xy)


def _rounded(xy: projection.Points) -> projection.Points:
    """One round of corner cutting."""
    near, far = xy[:-1] * 0.75 + xy[1:] * 0.25, xy[:-1] * 0.25 + xy[1:] * 0.75
    cut = np.empty((2 * len(near), 2))
    cut[0::2], cut[1::2] = near, far
    return np.vstack((xy[:1], cut, xy[-1:]))
