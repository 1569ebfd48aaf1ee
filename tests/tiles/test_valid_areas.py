"""Areas stay valid on the grid of a tile, however small they are there."""

import math
import random
from collections.abc import Iterator

import pytest
from django.contrib.gis.geos import LinearRing, MultiPolygon, Polygon

from layers.base.models import Water
from layers.coordinates import STORE_SRID
from layers.registry.audience import PUBLIC_VIEWER
from layers.registry.registration import get_layer
from tests.district import LAT, LON
from tests.tiles.areas import areas, faults
from tests.tiles.test_vector import tile

pytestmark = pytest.mark.django_db
DEGREE = 111_000  # metres


def star(chance: random.Random, lon: float, lat: float, metres: float, points: int) -> LinearRing:
    """With thin arms, which the grid of a low zoom folds together."""
    corners = []
    for number in range(points):
        angle = 2 * math.pi * number / points
        reach = metres * (1 if number % 2 else chance.uniform(0.02, 0.5)) / DEGREE
        corners.append((lon + reach * math.cos(angle), lat + reach * math.sin(angle)))
    return LinearRing([*corners, corners[0]])


def shapes(chance: random.Random) -> Iterator[MultiPolygon]:
    for number in range(300):
        lon, lat = LON + number % 20 * 0.002, LAT + number // 20 * 0.002
        size = chance.choice([8, 30, 100])
        parts = [
            Polygon(star(chance, lon, lat, size, 12), star(chance, lon, lat, size / 60, 5)),
            Polygon(star(chance, lon + 2.1 * size / DEGREE, lat, size, 9)),
        ]
        shape = MultiPolygon(parts, srid=STORE_SRID)
        if shape.valid:
            yield shape


def test_every_area_is_valid_at_every_zoom(db: None) -> None:
    made = [Water.objects.create(kind="lake", geom=shape).pk for shape in shapes(random.Random(7))]
    assert len(made) > 250
    layer = get_layer("water", PUBLIC_VIEWER)
    seen = 0
    for zoom in range(8, 17):
        drawn = areas(layer, tile(zoom, LON + 0.01, LAT + 0.01))
        assert {key: found for key, shape in drawn.items() if (found := faults(shape))} == {}, zoom
        seen += len(drawn)
    assert seen > 500
