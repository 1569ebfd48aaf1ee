"""Divisions that tile the district: small Voronoi faces, noded once with the boundary, grouped by nearest seat.

Neighbours share their edges' coordinates exactly, since every face comes from one planar graph.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely

from geoportal.demo import facts

from . import projection
from .projection import Points

# Rough seats (longitude, latitude) of the subdistricts; their extent is generated.
SEATS = {
    "330206001000": (121.955, 29.925),
    "330206002000": (121.842, 29.905),
    "330206003000": (121.715, 29.905),
    "330206004000": (121.800, 29.845),
    "330206005000": (121.895, 29.885),
    "330206006000": (121.930, 29.835),
    "330206007000": (121.775, 29.955),
    "330206008000": (121.885, 29.765),
    "330206009000": (121.985, 29.790),
    "330206010000": (122.095, 29.885),
    "330206011000": (122.010, 29.860),
    "330206401000": (121.862, 29.936),
}
# A smaller pull makes a smaller subdistrict.
PULL = {"330206401000": 0.45, "330206007000": 0.75, "330206002000": 1.15}
FACES = 7000


@dataclass(frozen=True)
class DivisionShapes:
    """Polygons in metres by code, and the seats of the villages."""

    district: shapely.Geometry
    upper: dict[str, shapely.Geometry]
    villages: dict[str, shapely.Geometry]
    seats: dict[str, tuple[float, float]]


def divide(random: np.random.Generator) -> DivisionShapes:
    district = projection.metres(facts.boundary())
    faces = _faces(district, random)
    centres = shapely.get_coordinates(shapely.centroid(faces))
    codes = [place.code for place in facts.subdistricts()]
    seats = np.array([projection.spot(*SEATS[code]) for code in codes])
    pull = np.array([PULL.get(code, 1.0) for code in codes])
    owner = np.argmin(_distances(centres, seats) / pull, axis=1)
    villages: dict[str, shapely.Geometry] = {}
    village_seats: dict[str, tuple[float, float]] = {}
    for index, code in enumerate(codes):
        names = [village.code for village in facts.villages() if village.parent == code]
        mine = np.flatnonzero(owner == index)
        chosen = _spread(centres[mine], len(names), random)
        nearest = np.argmin(_distances(centres[mine], chosen), axis=1)
        for number, name in enumerate(names):
            villages[name] = shapely.unary_union(faces[mine[nearest == number]])
            village_seats[name] = (float(chosen[number][0]), float(chosen[number][1]))
    upper = {
        code: shapely.unary_union([villages[v.code] for v in facts.villages() if v.parent == code])
        for code in codes
    }
    return DivisionShapes(shapely.unary_union(list(upper.values())), upper, villages, village_seats)


def _faces(district: shapely.Geometry, random: np.random.Generator) -> Any:
    west, south, east, north = district.bounds
    points = random.uniform((west, south), (east, north), (FACES * 2, 2))
    edges = shapely.voronoi_polygons(shapely.MultiPoint(points), only_edges=True)
    graph = shapely.union_all([edges, shapely.boundary(district)])
    faces = shapely.get_parts(shapely.polygonize(shapely.get_parts(graph)))
    inside = shapely.covers(district, shapely.point_on_surface(faces))
    return faces[inside]


def _spread(points: Points, count: int, random: np.random.Generator) -> Points:
    """Seats spread over the points by a few rounds of k-means; denser where the town is."""
    chosen = points[random.choice(len(points), count, replace=False)]
    for _ in range(12):
        nearest = np.argmin(_distances(points, chosen), axis=1)
        chosen = np.array(
            [points[nearest == i].mean(axis=0) if (nearest == i).any() else chosen[i] for i in range(count)]
        )
    return chosen


def _distances(points: Points, seats: Points) -> Points:
    distances: Points = np.hypot(
        points[:, None, 0] - seats[None, :, 0], points[:, None, 1] - seats[None, :, 1]
    )
    return distances
