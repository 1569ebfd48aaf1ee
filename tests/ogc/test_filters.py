"""Boxes, times and values in an address choose rows, or are refused with what they may be."""

import pytest
from django.test import Client

from layers.base.models import Building
from layers.enforcement.models import EnforcementCase
from layers.foodsafety.models import Inspection
from tests.district import LAT, LON, SmallDistrict, square
from tests.ogc.asking import ask
from tests.people import client_of

pytestmark = pytest.mark.django_db
BUILDINGS = "/ogc/collections/buildings/items"
EPSG = "http://www.opengis.net/def/crs/EPSG/0"
INSPECTION = {"kind": "daily", "score": 90, "result": "conform"}


def test_a_box_chooses_what_it_touches(district: SmallDistrict, client: Client) -> None:
    west = f"{LON - 0.001},{LAT},{LON + 0.0001},{LAT + 0.001}"
    assert [f["id"] for f in ask(client, f"{BUILDINGS}?bbox={west}")["features"]] == [district.building.pk]
    assert ask(client, f"{BUILDINGS}?bbox=0,0,1,1")["numberMatched"] == 0
    across = f"{LON - 0.001},{LAT},-170,{LAT + 0.001}"  # over the antimeridian
    assert ask(client, f"{BUILDINGS}?bbox={across}")["numberMatched"] == 2
    swapped = f"{LAT},{LON - 0.001},{LAT + 0.001},{LON + 0.0001}&bbox-crs={EPSG}/4326"
    assert ask(client, f"{BUILDINGS}?bbox={swapped}")["numberMatched"] == 1


@pytest.mark.parametrize(
    ("words", "count"),
    [
        ("use=office", 1),
        ("use=office&storeys=8", 1),
        ("use=office&storeys=9", 0),
        ("height=28.8", 1),
        ("name=政务大楼", 1),
        ("name=政务", 0),
        ("address=' OR true --", 0),
    ],
)
def test_properties_choose_rows(words: str, count: int, district: SmallDistrict, client: Client) -> None:
    assert ask(client, f"{BUILDINGS}?{words}")["numberMatched"] == count


@pytest.mark.parametrize(
    "words",
    [
        "sortby=", "sortby=name,,", "sortby=nothing", "bbox=1,2", "bbox=nan,1,2,3", "bbox=0,1,inf,3", "limit=0",
        "limit=x", "offset=-1", "storeys=eight", "storeys=99999999999999999999", "height=high", "nothing=1",
        "filter=", "filter=use=", "filter=grade='A'", "filter=storeys='x'", "filter-lang=cql2-text", "filter-crs=x",
        "filter=true&filter-lang=sql", "filter={}&filter-lang=cql2-json", "filter=true&filter-crs=x", "filter=name LIKE 'a\\'",
        "filter=near('no-such', 5)", "filter=near('roads', -5)", "filter=near('service-items', 5)", "filter=1/0", "filter=geometry='x'",
        "filter=s_touches(geometry, GEOMETRYCOLLECTION(POINT(1 1)))", "filter=s_within(geometry, POINT(500 0))", "q=x", "properties=nothing", "f=xml", "crs=x", "bbox-crs=x", "name=%00", "use=castle",
        "datetime=yesterday", "datetime=", "datetime=..", "datetime=2026-13-01", "datetime=2026-01-02T08:00:00",
        "datetime=2026-01-02/2026-01-01", "datetime=9999-12-31T23:59:59Z", "datetime=2026/2027/2028", "bbox=0,1,1,0", "bbox=-500,0,1,1",
        "bbox=0,0,1,1&bbox=1,1,2,2", "crs=", "bbox-crs=http://www.opengis.net/def/crs/EPSG/0/4490",
        f"bbox=1e300,1e300,2e300,2e300&bbox-crs={EPSG}/4550", "skipGeometry=yes", "resulttype=some",
    ],
)  # fmt: skip
def test_what_is_not_understood_is_refused_with_a_sentence(
    words: str, district: SmallDistrict, client: Client
) -> None:
    said = ask(client, f"{BUILDINGS}?{words}", 400)
    assert len(said["error"]) > 5
    assert said["error"] == said["description"]


def test_what_may_be_asked_for_is_said_with_the_refusal(district: SmallDistrict, client: Client) -> None:
    for words, named in (
        ("use=castle", "office"),
        ("crs=x", f"{EPSG}/4550"),
        ("nothing=1", "bbox-crs"),
        ("resulttype=some", "hits"),
        ("sortby=nothing", "storeys"),
    ):
        assert named in ask(client, f"{BUILDINGS}?{words}", 400)["error"], words
    wrong = "/ogc/collections/village-sites/items?is_demonstration=perhaps"
    assert "true, false" in ask(client, wrong, 400)["error"]


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("2026-01-02", {"I2"}),
        ("2026-01-01T16:00:00Z", {"I2"}),  # midnight of the second in the district
        ("2026-01-01T15:59:59Z", {"I1"}),
        ("2026-01-01/2026-01-02", {"I1", "I2"}),
        ("../2026-01-01", {"I1"}),
        ("/2026-01-01", {"I1"}),
        ("2026-01-02/..", {"I2", "I3"}),
        ("2027-01-01/", set()),
    ],
)
def test_a_time_chooses_rows_of_that_day(
    words: str, found: set[str], district: SmallDistrict, client: Client
) -> None:
    Inspection.objects.all().delete()
    for number, day in (("I1", "2026-01-01"), ("I2", "2026-01-02"), ("I3", "2026-05-05")):
        Inspection.objects.create(
            number=number, date=day, premises=district.premises, visibility=0, **INSPECTION
        )
    answer = ask(client, f"/ogc/collections/food-inspections/items?datetime={words}")
    assert {feature["properties"]["number"] for feature in answer["features"]} == found
    assert answer["numberMatched"] == len(found)


def test_a_time_without_its_zone_is_no_value(district: SmallDistrict) -> None:
    client, cases = client_of("officer"), "/ogc/collections/enforcement-cases/items"
    assert "reported" in ask(client, f"{cases}?reported=2026-01-01T00:00:00", 400)["error"]
    ask(client, f"{cases}?reported=2026-01-01T00:00:00Z")


def test_a_time_matches_what_has_none(district: SmallDistrict, client: Client) -> None:
    assert ask(client, f"{BUILDINGS}?datetime=1900-01-01")["numberMatched"] == 2
    EnforcementCase.objects.update(filed=None)
    cases = "/ogc/collections/enforcement-cases/items"
    every = ask(client, cases)["numberMatched"]
    assert ask(client, f"{cases}?datetime=1900-01-01")["numberMatched"] == every > 0


def test_a_box_in_metres_is_that_square_and_not_the_degrees_around_it(
    district: SmallDistrict, client: Client
) -> None:
    """Positions in EPSG:4550 by PROJ's cs2cs; west of 123 degrees its axes are turned by half a degree of arc."""
    Building.objects.all().delete()
    inside = {(121.8302, 29.8947), (121.9325, 29.9855)}
    outside = {(121.82927, 29.89476), (121.93343, 29.98543)}  # 386918, 3309023 and 397073, 3318977
    for lon, lat in inside | outside:
        Building.objects.create(use="office", geom=square(lon, lat, 0.00001))
    box = "3309000,387000,3319000,397000"
    found = ask(client, f"{BUILDINGS}?bbox={box}&bbox-crs={EPSG}/4550")
    west = {feature["geometry"]["coordinates"][0][0][0][0] for feature in found["features"]}
    assert {round(lon, 4) for lon in west} <= {121.8302, 121.8303, 121.9325, 121.9326}
    assert found["numberMatched"] == 2
    # The same square between the districts of two zones: 120 degrees east.
    around = ask(client, f"{BUILDINGS}?bbox=3308000,670000,3322000,690000&bbox-crs={EPSG}/4549")
    assert around["numberMatched"] == 4
