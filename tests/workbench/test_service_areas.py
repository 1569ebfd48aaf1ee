"""Service areas: what is reached along roads is what Dijkstra's algorithm says by hand, and no more."""

import heapq
import math
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pytest
import shapely
from django.contrib.gis.geos import LineString as Line
from django.contrib.gis.geos import MultiLineString
from django.db import connection
from pyproj import Geod

from geoportal.workbench.analysis.recipe import Recipe
from layers.base.models import Building, PointOfInterest, Road
from layers.query.analysis.result import Result, run
from tests.district import LAT, LON, SmallDistrict, point, square
from tests.people import VIEWERS

pytestmark = pytest.mark.django_db
PLANNER = VIEWERS["planner"]
GEOD = Geod(ellps="GRS80")
SIDE = 0.002
"""Degrees between the streets of the grid: about 193 m from west to east, 222 m from south to north."""
COUNT = 7
FOOT = 5000 / 60
"""Metres a minute on foot."""
Node = tuple[int, int]


def lonlat(node: Node) -> tuple[float, float]:
    return LON + node[0] * SIDE, LAT + node[1] * SIDE


def street(*nodes: Node, **words: Any) -> Road:
    line = MultiLineString(Line(*(lonlat(node) for node in nodes)), srid=4490)
    return Road.objects.create(**{"road_class": "residential", **words}, geom=line)


@pytest.fixture
def grid(district: SmallDistrict) -> SmallDistrict:
    """Streets from edge to edge that cross without vertices of both."""
    Road.objects.all().delete()
    PointOfInterest.objects.all().delete()
    for n in range(COUNT):
        street((n, 0), (n, COUNT - 1))
        street((0, n), (COUNT - 1, n))
    return district


def edges() -> Iterator[tuple[Node, Node]]:
    for n in range(COUNT):
        for a, b in pairwise(range(COUNT)):
            yield (n, a), (n, b)
            yield (a, n), (b, n)


def by_hand(start: Node, closed: frozenset[tuple[Node, Node]] = frozenset()) -> dict[Node, float]:
    """Metres to each crossing, without the directions that are closed."""
    near: dict[Node, list[tuple[Node, float]]] = {}
    for a, b in edges():
        metres = GEOD.inv(*lonlat(a), *lonlat(b))[2]
        for one, other in ((a, b), (b, a)):
            if (one, other) not in closed:
                near.setdefault(one, []).append((other, metres))
    found: dict[Node, float] = {}
    waiting = [(0.0, start)]
    while waiting:
        metres, node = heapq.heappop(waiting)
        if node in found:
            continue
        found[node] = metres
        for other, more in near.get(node, []):
            heapq.heappush(waiting, (metres + more, other))
    return found


def areas(**words: str) -> tuple[list[dict[str, Any]], Result]:
    recipe = {"do": "service", "layer": "pois", "mode": "walk", "minutes": "5", **words}
    found = run(Recipe.of(recipe).analysis(PLANNER), PLANNER)
    names = [column.name for column in found.analysis.columns]
    return [
        dict(zip(names, row, strict=True)) | {"shape": None if shape is None else shapely.from_wkb(shape)}
        for row, shape in zip(found.rows, found.shapes, strict=True)
    ], found


def at(node: Node) -> str:
    lon, lat = lonlat(node)
    return f"{lon}, {lat}"


def along(a: Node, b: Node, metres: float) -> shapely.Point:
    azimuth, _back, _all = GEOD.inv(*lonlat(a), *lonlat(b))
    return shapely.Point(GEOD.fwd(*lonlat(a), azimuth, metres)[:2])


def agrees(
    shape: Any, metres_of: dict[Node, float], most: float, closed: frozenset[tuple[Node, Node]] = frozenset()
) -> None:
    """Of every street just as much is reached as the nearer of its ends leaves."""
    for one, other in edges():
        whole = GEOD.inv(*lonlat(one), *lonlat(other))[2]
        for a, b in ((one, other), (other, one)):
            left = most - metres_of.get(a, math.inf)
            if left <= 0 or (a, b) in closed:
                continue
            assert shape.contains(along(a, b, min(left, whole) - 1)), (a, b)
            from_b = 0 if (b, a) in closed else most - metres_of.get(b, math.inf)
            if left + max(0.0, from_b) + 2 * BESIDE < whole:
                assert not shape.contains(along(a, b, left + BESIDE)), (a, b)


BESIDE = 7
"""Metres beyond the end of what is reached: half the width of the street is five."""


def test_streets_are_reached_as_far_as_dijkstra_says(grid: SmallDistrict) -> None:
    found, _result = areas(place=at((3, 3)), minutes="2.5, 5, 8")
    assert [row["minutes"] for row in found] == [2.5, 5, 8]
    metres = by_hand((3, 3))
    for row in found:
        agrees(row["shape"], metres, row["minutes"] * FOOT)
        assert row["area"] == pytest.approx(abs(GEOD.geometry_area_perimeter(row["shape"])[0]), rel=1e-4)
    for less, more in pairwise(found):
        assert shapely.difference(less["shape"], more["shape"]).area < 1e-14
    # From between two crossings, and from beside the street: the way there takes its time.
    lon, lat = lonlat((3, 3))
    aside, _ = areas(place=f"{lon + SIDE / 2}, {lat + 0.0005}", minutes="4")
    shape = aside[0]["shape"]
    gone = math.sqrt(2) * GEOD.inv(lon + SIDE / 2, lat, lon + SIDE / 2, lat + 0.0005)[2]
    left = 4 * FOOT - gone - GEOD.inv(lon, lat, lon + SIDE / 2, lat)[2]
    assert shape.contains(along((3, 3), (3, 4), left - 1))
    assert not shape.contains(along((3, 3), (3, 4), left + BESIDE))


def test_one_way_streets_bind_those_who_drive(grid: SmallDistrict) -> None:
    """The middle street is one-way from west to east; the one above it, drawn likewise, from east to west."""
    for row, way in ((3, "forward"), (4, "backward")):
        Road.objects.filter(
            geom__exact=MultiLineString(Line(lonlat((0, row)), lonlat((COUNT - 1, row))), srid=4490)
        ).update(one_way=way)
    steps = [(n, n + 1) for n in range(COUNT - 1)]
    closed = frozenset(
        [((b, 3), (a, 3)) for a, b in steps] + [((a, 4), (b, 4)) for a, b in steps],
    )
    per_minute = 20_000 / 60
    (driven, *_), _result = areas(place=at((3, 3)), mode="car", minutes="1.5")
    agrees(driven["shape"], by_hand((3, 3), closed), 1.5 * per_minute, closed)
    (cycled, *_), _result = areas(place=at((3, 3)), mode="bicycle", minutes="2")
    agrees(cycled["shape"], by_hand((3, 3), closed), 2 * 14_000 / 60, closed)
    (walked, *_), _result = areas(place=at((3, 3)), minutes="5")
    agrees(walked["shape"], by_hand((3, 3)), 5 * FOOT)


def test_the_network_follows_the_roads(grid: SmallDistrict) -> None:
    """An expressway is crossed without being met, a street that ends at another meets it, and what is gone is gone."""

    def reached(node: Node, minutes: str = "4") -> bool:
        (row, *_), _result = areas(place=at((0, 0)), minutes=minutes)
        return bool(row["shape"].contains(shapely.Point(lonlat(node))))

    assert reached((0, 1))
    assert not reached((1, 1)), "416 m are more than 4 minutes"
    assert reached((1, 1), "5.2")
    Road.objects.all().delete()
    bridge = street((0, 1), (2, 1))
    street((1, 0), (1, 2), road_class="trunk")
    street((0, 0), (0, 1))
    assert reached((0, 1))
    (car, *_), _result = areas(place=at((0, 1)), mode="car", minutes="10")
    assert not car["shape"].contains(shapely.Point(lonlat((1, 0)))), "it passes under"
    Road.objects.filter(road_class="trunk").update(road_class="primary")
    (car, *_), _result = areas(place=at((0, 1)), mode="car", minutes="10")
    assert car["shape"].contains(shapely.Point(lonlat((1, 0))))
    lon, lat = lonlat((1, 1))
    side = MultiLineString(Line((lon - SIDE / 2, lat + 0.000002), (lon - SIDE / 2, lat + SIDE)), srid=4490)
    Road.objects.create(road_class="path", geom=side)
    (walked, *_), _result = areas(place=at((0, 1)), minutes="3.5")
    assert walked["shape"].contains(shapely.Point(lon - SIDE / 2, lat + 0.001)), (
        "it ends 20 cm beside the other"
    )
    bridge.delete()
    assert not reached((1, 1), "5.2")
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM base_road_network_change")
        assert cursor.fetchone()[0] == 0


def test_what_is_reached_is_counted_once_and_what_lies_outside_is_told(grid: SmallDistrict) -> None:
    Building.objects.all().delete()
    for name, node in (("a", (1, 1)), ("b", (2, 1))):
        PointOfInterest.objects.create(name=name, theme="medical", geom=point(*lonlat(node)))
    lon, lat = lonlat((1, 1))
    for storeys, x in ((2, 0.0001), (4, SIDE + 0.0001), (5, SIDE * 5)):
        Building.objects.create(storeys=storeys, geom=square(lon + x, lat + 0.0001, 0.0001))
    Building.objects.create(storeys=None, geom=square(lon + SIDE / 2, lat + 0.0001, 0.0001))
    words = {"minutes": "4", "other": "buildings"}
    found, result = areas(**words, sum="floor-area")
    assert [(row["title"], row["count"]) for row in found] == [
        ("a", 3), ("b", 3), ("合计（重叠部分只计一次）", 3), ("范围之外", 1),
    ]  # fmt: skip
    ground = abs(GEOD.geometry_area_perimeter(shapely.box(lon, lat, lon + 0.0001, lat + 0.0001))[0])
    assert [row["sum"] for row in found] == pytest.approx([7 * ground] * 3 + [5 * ground], rel=1e-4)
    assert found[2]["reached"] + found[3]["reached"] == pytest.approx(1)
    assert found[2]["shape"].covers(found[0]["shape"].buffer(-1e-9))
    assert found[3]["shape"] is None
    assert str(result.analysis.columns[5].label) == "建筑面积（平方米）"
    recipe = {"do": "gaps", "layer": "pois", "mode": "walk", "minutes": "1, 4", "other": "buildings"}
    left = run(Recipe.of(recipe).analysis(PLANNER), PLANNER)
    assert [row[-1] for row in left.rows] == [1.0]
    assert Building.objects.get(pk=left.rows[0][0]).storeys == 5
    far = areas(place=f"{LON + 0.5}, {LAT}", other="buildings")[0]
    assert [(row["count"], row["shape"]) for row in far] == [(0, None), (4, None)], "there is no road"


def test_what_cannot_be_travelled_is_said(grid: SmallDistrict) -> None:
    PointOfInterest.objects.create(name="a", theme="medical", geom=point(LON, LAT))
    for wrong, told in (
        ({"mode": "fly"}, "walk, bicycle, car"), ({"minutes": "x"}, "x"), ({"minutes": "0"}, "60"), ({"minutes": "61"}, "60"),
        ({"minutes": "1,2,3,4,5,6"}, "5"), ({"minutes": "nan"}, "60"), ({"place": "121.8,29.9;121.9,29.9"}, "位置"),
        ({"other": "buildings", "sum": "name"}, "名称"), ({"other": "buildings", "sum": "phone"}, "phone"),
    ):  # fmt: skip
        with pytest.raises(ValueError, match=told):
            areas(**wrong)
