"""Roads that meet share a vertex where they do, so that a route can turn there."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import shapely

from .town import Street

NEAR = 0.01
"""Metres within which a crossing is a vertex that is there already."""


def connect(streets: Sequence[Street]) -> list[Street]:
    """Railways pass over and under; all others meet where they cross or end."""
    roads = [street for street in streets if street.road_class != "railway"]
    lines = [street.line for street in roads]
    meetings: list[list[shapely.Point]] = [[] for _ in lines]
    for one, other in shapely.STRtree(lines).query(lines, predicate="dwithin", distance=NEAR).T:
        if one < other:
            for spot in _spots(lines[one], lines[other]):
                meetings[one].append(spot)
                meetings[other].append(spot)
    joined = [
        replace(street, line=_with(street.line, spots)) for street, spots in zip(roads, meetings, strict=True)
    ]
    return joined + [street for street in streets if street.road_class == "railway"]


def _spots(one: shapely.LineString, other: shapely.LineString) -> list[shapely.Point]:
    crossing = shapely.get_parts(one.intersection(other))
    found = [shapely.Point(part.coords[0]) for part in crossing if not part.is_empty]
    ends = [shapely.Point(line.coords[end]) for line in (one, other) for end in (0, -1)]
    touching = [end for end in ends if max(one.distance(end), other.distance(end)) <= NEAR]
    kept: list[shapely.Point] = []
    for spot in touching + found:
        if all(spot.distance(each) > NEAR for each in kept):
            kept.append(spot)
    return kept


def _with(line: shapely.LineString, spots: Sequence[shapely.Point]) -> shapely.LineString:
    """The line with the spots among its vertices, in place of those that are all but there."""
    if not spots:
        return line
    vertices = [(line.project(shapely.Point(xy)), xy) for xy in line.coords]
    places = [(line.project(spot), (spot.x, spot.y)) for spot in spots]
    taken = np.array([place for place, _ in places])
    kept = [(at, xy) for at, xy in vertices if np.abs(taken - at).min() > NEAR]
    return shapely.LineString([xy for _, xy in sorted(kept + places)])
