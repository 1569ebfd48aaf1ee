"""What is compiled finds the rows that SQL written by hand finds."""

from datetime import timedelta
from random import Random

import pytest
from django.db import connection
from django.utils import timezone
from pyproj import Geod

from layers.base.models import Building, GridCell, PointOfInterest
from layers.foodsafety.models import Inspection
from layers.query.compiler import compile_condition
from layers.query.text_form import from_text
from layers.registry.access.layer_query import LayerQuery
from layers.registry.registration import get_layer
from tests.district import LAT, LON, SmallDistrict, point, square
from tests.effort import LONG
from tests.people import VIEWERS
from tests.query.conditions import PairMaker

pytestmark = pytest.mark.django_db
PLANNER = VIEWERS["planner"]


def keys(layer: str, text: str) -> set[int]:
    reading = LayerQuery(get_layer(layer, PLANNER), PLANNER)
    rows = reading.rows(compile_condition(from_text(text), reading), limit=10_000, outline=False)
    return {row["id"] for row in rows}


@pytest.fixture
def town(district: SmallDistrict) -> None:
    random = Random(1)
    for number in range(60):
        lon, lat = LON + random.uniform(-0.003, 0.006), LAT + random.uniform(-0.003, 0.006)
        Building.objects.create(
            name=random.choice(["", "Hall É", "大楼"]),
            address=f"中河路{number}号",
            use=random.choice(["office", "residential", "public", "medical"]),
            storeys=random.choice([None, *range(13)]),
            height=random.choice([None, round(random.uniform(3, 40), 1)]),
            year_built=random.choice([None, 1995, 2005, 2015]),
            geom=square(lon, lat, random.uniform(0.0001, 0.0005)),
        )
        PointOfInterest.objects.create(
            name=random.choice(["店一", "药房"]),
            theme=random.choice(["medical", "catering"]),
            geom=point(lon + random.uniform(0, 0.001), lat),
        )
    GridCell.objects.create(code="330206002200002", geom=square(LON + 0.001, LAT, 0.003))


def test_generated_questions_find_what_sql_by_hand_finds(town: None) -> None:
    found, expected = {}, {}
    for seed in range(2000 if LONG else 60):
        text, sql = PairMaker(seed).condition()
        found[text] = keys("buildings", text)
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT t.id FROM base_building t WHERE {sql}")
            expected[text] = {pk for (pk,) in cursor.fetchall()}
    assert found == expected
    sizes = [len(pks) for pks in expected.values()]
    assert len([size for size in sizes if 0 < size < 62]) > len(sizes) / 2  # most questions choose


def test_two_hundred_metres_are_two_hundred_metres_in_every_direction(district: SmallDistrict) -> None:
    PointOfInterest.objects.all().delete()
    here = PointOfInterest.objects.create(name="here", theme="medical", geom=point(LON, LAT))
    near: set[int] = set()
    far: set[int] = set()
    for bearing in range(0, 360, 30):
        for metres, group in ((199, near), (201, far)):
            lon, lat, _back = Geod(ellps="GRS80").fwd(LON, LAT, bearing, metres)
            group.add(PointOfInterest.objects.create(name="there", theme="catering", geom=point(lon, lat)).pk)
    assert keys("pois", "near('pois', 200, name = 'here')") == near
    assert keys("pois", f"s_dwithin(geometry, POINT({LON} {LAT}), 200) AND name <> 'here'") == near
    assert keys("pois", "distance_to('pois', name = 'here') BETWEEN 198.9 AND 199.1") == near
    assert keys("pois", "distance_to('pois', name = 'here') > 200") == far
    assert keys("pois", f"count_near('pois', 200) = {len(near)} AND name = 'here'") == {here.pk}


def test_records_of_a_period_are_counted(district: SmallDistrict) -> None:
    Inspection.objects.all().delete()
    today = timezone.localdate()
    for number, days, result, score in ((1, 90, "conform", 80), (2, 91, "conform", 70), (3, 5, "fail", 40)):
        Inspection.objects.create(
            premises=district.premises, number=str(number), kind="daily", visibility=0,
            date=today - timedelta(days=days), result=result, score=score,
        )  # fmt: skip
    for text, count in (
        ("count_near('food-inspections', 10, date >= days_ago(90)) = 2", 1),
        ("count_near('food-inspections', 10, date >= days_ago(90) AND result = 'fail') = 1", 1),
        ("sum_near('food-inspections', 10, score, date >= days_ago(90)) = 120", 1),
        ("mean_near('food-inspections', 10, score) > 64", 0),
        ("min_near('food-inspections', 10, score, date < days_ago(90)) = 70", 1),
    ):
        assert len(keys("food-premises", text) & {district.premises.pk}) == count, text
    assert len(keys("food-inspections", "t_after(date, days_ago(10))")) == 1


def test_nothing_is_found_by_nothing(district: SmallDistrict) -> None:
    for text in (
        "s_intersects(geometry, NULL)", "s_dwithin(geometry, NULL, 5)", "s_dwithin(NULL, geometry, 5)", "NULL LIKE 'a'",
        "casei(NULL) = 'a'", "accenti(casei(NULL)) = 'a'", "NULL + 1 > storeys", "NULL ^ 2 > storeys", "storeys > NULL",
        "storeys IN (1000, NULL)", "NULL IN (1, 'a')", "NULL BETWEEN 1 AND 'a'", "near('pois', 5, NULL)", "NULL AND id > 0",
    ):  # fmt: skip
        assert keys("buildings", text) == set(), text


def test_figures_within_lists_are_written_once(district: SmallDistrict) -> None:
    text, reading = "id = 1", LayerQuery(get_layer("buildings", PLANNER), PLANNER)
    for _ in range(3):
        text = f"count_near('pois', 9, {text}) IN ({', '.join(map(str, range(40)))})"
    assert len(compile_condition(from_text(text), reading).sql) < 20_000
    assert keys("buildings", text) == keys("buildings", "id > 0")


def test_area_and_length_are_geodesic(district: SmallDistrict) -> None:
    Building.objects.exclude(pk=district.building.pk).delete()
    side = 0.0004
    lons, lats = (LON, LON + side, LON + side, LON), (LAT, LAT, LAT + side, LAT + side)
    area, _ = Geod(ellps="GRS80").polygon_area_perimeter(lons, lats)
    assert keys("buildings", f"area() BETWEEN {area * 0.9999} AND {area * 1.0001}") == {district.building.pk}
    length = Geod(ellps="GRS80").line_length([LON - 0.01, LON + 0.01], [LAT - 0.0005] * 2)
    assert len(keys("roads", f"length() BETWEEN {length * 0.9999} AND {length * 1.0001}")) == 1
