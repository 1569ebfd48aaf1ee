"""Clusters: what was planted close together is found, all of it and nothing else; what lies apart is in none."""

from itertools import product
from typing import Any

import pytest
import shapely

from geoportal.workbench.analysis.recipe import Recipe
from layers.base.models import PointOfInterest
from layers.query.analysis.result import run
from tests.district import LAT, LON, SmallDistrict, point
from tests.people import VIEWERS, client_of

pytestmark = pytest.mark.django_db
STEP = 0.0005
"""Degrees: about 48 m from west to east, 55 m from south to north."""


def plant(lon: float, lat: float, side: int, step: float) -> None:
    for x, y in product(range(side), repeat=2):
        PointOfInterest.objects.create(name="a", geom=point(lon + x * step, lat + y * step))


def clusters(**words: str) -> list[tuple[Any, ...]]:
    recipe = Recipe.of({"do": "clusters", "layer": "pois", "metres": "60", "least": "4", **words})
    found = run(recipe.analysis(VIEWERS["planner"]), VIEWERS["planner"])
    return [(*row, shape) for row, shape in zip(found.rows, found.shapes, strict=True)]


def test_places_close_together_are_a_cluster_and_scattered_ones_none(district: SmallDistrict) -> None:
    PointOfInterest.objects.all().delete()
    plant(LON, LAT, 3, STEP)
    plant(LON + 0.02, LAT, 4, STEP)
    plant(LON, LAT + 0.05, 5, 4 * STEP)
    large, small, rest = clusters()
    assert [row[0] for row in (large, small, rest)] == [1, 2, None]
    assert [row[2] for row in (large, small, rest)] == [16, 9, 25]
    assert rest[1] == "不属于任何集聚区"
    assert rest[-1] is None
    shape = shapely.from_wkb(small[-1])
    assert shape.covers(shapely.box(LON, LAT, LON + 2 * STEP, LAT + 2 * STEP))
    assert small[4] == pytest.approx(9e6 / small[3])
    assert [row[2] for row in clusters(metres="40")] == [50], "none has another within 40 m"
    assert [row[2] for row in clusters(least="17")] == [50]
    asked = "/workbench/analysis/?layer=pois&do=clusters&metres=60&least="
    client = client_of("planner")
    assert "60米以内至少4个" in client.get(asked + "4", HTTP_ACCEPT="text/html").content.decode()
    for wrong in ("1", "x", "99999999999"):
        assert client.get(asked + wrong, HTTP_ACCEPT="text/html").status_code == 400
