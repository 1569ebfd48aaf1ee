"""A filter in CQL2 chooses rows, in each spelling and reference system, and knows what its viewer knows and no more."""

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest
from django.db import connection, transaction
from django.test import Client
from hypothesis import HealthCheck, given, settings

from layers.base.models import Building
from layers.coordinates import lonlat_to_web
from layers.query import limits
from layers.query.errors import TooSlow
from layers.query.nodes import Node
from layers.query.text_form import to_text
from layers.registry.access.layer_query import LayerQuery, viewer_cursor
from layers.registry.audience import Viewer
from layers.registry.registration import get_layer
from tests.district import LAT, LON, SmallDistrict
from tests.effort import tries
from tests.ogc.asking import ask
from tests.people import VIEWERS, client_of
from tests.query.conditions import CONDITIONS

pytestmark = pytest.mark.django_db
BUILDINGS = "/ogc/collections/buildings/items"
CASES = "/ogc/collections/enforcement-cases/items"
EPSG = "http://www.opengis.net/def/crs/EPSG/0"


def filtered(client: Client, address: str, text: str, status: int = 200, **words: str) -> Any:
    more = "".join(f"&{name.replace('_', '-')}={quote(value)}" for name, value in words.items())
    return ask(client, f"{address}?filter={quote(text)}{more}", status)


def test_text_and_json_choose_the_same_rows(district: SmallDistrict, client: Client) -> None:
    text = filtered(
        client, BUILDINGS, "use = 'office' AND storeys * 2 >= 16", sortby="-height", properties="use"
    )
    condition = {"op": "=", "args": [{"property": "use"}, "office"]}
    as_json = filtered(client, BUILDINGS, json.dumps(condition), filter_lang="cql2-json")
    assert (
        [f["id"] for f in text["features"]]
        == [f["id"] for f in as_json["features"]]
        == [district.building.pk]
    )
    assert text["features"][0]["properties"] == {"use": "office"}
    assert text["numberMatched"] == 1
    page = client.get(f"{BUILDINGS}?f=html&filter=use%3D%27office%27")
    assert "政务大楼" in page.content.decode()


def test_shapes_have_the_axes_of_their_reference_system(district: SmallDistrict, client: Client) -> None:
    lon, lat = LON + 0.0002, LAT + 0.0002
    east, north = lonlat_to_web(lon, lat)
    for point, system in ((f"{lon} {lat}", "CRS84"), (f"{lat} {lon}", f"{EPSG}/4490")):
        system = "http://www.opengis.net/def/crs/OGC/1.3/CRS84" if system == "CRS84" else system
        found = filtered(client, BUILDINGS, f"s_contains(geometry, POINT({point}))", filter_crs=system)
        assert [f["id"] for f in found["features"]] == [district.building.pk], system
    box = f"BBOX({east - 40}, {north - 40}, {east + 40}, {north + 40})"
    found = filtered(client, BUILDINGS, f"s_intersects(geometry, {box})", filter_crs=f"{EPSG}/3857")
    assert district.building.pk in {f["id"] for f in found["features"]}
    for wrong in (f"{EPSG}/4550", f"{EPSG}/3857"):
        filtered(client, BUILDINGS, "s_contains(geometry, POINT(1e300 1e300))", 400, filter_crs=wrong)


def test_what_a_viewer_may_not_see_cannot_be_asked_for(district: SmallDistrict, client: Client) -> None:
    """A hidden column, a made-up one and a hidden layer's are refused in the same words."""
    hidden = [a.name for a in get_layer("food-premises", VIEWERS["administrator"]).attributes if a.personal]
    assert "legal_person" in hidden
    premises = "/ogc/collections/food-premises/items"
    for asker in (client, client_of("planner")):
        for text in ("%s = 'x'", "NOT %s IS NULL", "near('food-premises', 9, %s = 'x')"):
            for name in (*hidden, "no_such_column"):
                said = filtered(asker, premises, text % name, 400)
                assert said["error"].startswith(f"没有名为“{name}”的字段。")
                assert not set(said["nearest"]) & set(hidden)
    hidden_cases = filtered(client, BUILDINGS, "near('enforcement-cases', 9, note = 'x')", 400)["error"]
    assert "note" in hidden_cases


def test_nobody_chooses_or_sorts_by_what_is_personal(district: SmallDistrict) -> None:
    """Whose reading is recorded row by row, those who may see it too."""
    administrator, premises = client_of("administrator"), "/ogc/collections/food-premises"
    assert "legal_person" in ask(administrator, f"{premises}/items")["features"][0]["properties"]
    for words in (
        "legal_person=x",
        "legal_person=x&resulttype=hits",
        "sortby=-legal_person",
        "filter=legal_person='x'",
    ):
        ask(administrator, f"{premises}/items?{words}", 400)
    ask(administrator, "/layers/food-premises/export.csv?legal_person=x", 400)
    page = administrator.get(f"{premises}/queryables?f=html").content.decode()
    assert "<code>name</code>" in page
    assert "legal_person" not in page


def test_rows_that_a_viewer_may_not_see_are_not_counted(district: SmallDistrict) -> None:
    for role in VIEWERS:
        client = client_of(role)
        if client.get(CASES).status_code == 404:
            continue
        shown = ask(client, CASES)["numberMatched"]
        assert filtered(client, CASES, "id > 0")["numberMatched"] == shown
        for count in (shown, shown + 1):
            text = f"count_near('enforcement-cases', 50000) = {count}"
            near = filtered(client, BUILDINGS, text)["numberMatched"]
            placed = [f for f in ask(client, CASES)["features"] if f["geometry"]]
            assert (near == 2) == (count == len(placed)), role


def test_a_question_that_takes_or_would_take_too_long_is_ended_or_refused(
    district: SmallDistrict, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    viewer = VIEWERS["public"]
    with pytest.raises(TooSlow), limits.limits(viewer, 1), viewer_cursor(viewer) as cursor:
        cursor.execute("SELECT pg_sleep(5)")
    with pytest.raises(TooSlow), limits.limits(viewer, 1):
        list(read_slowly(viewer))  # all that an answer reads has the time together
    with pytest.raises(TooSlow), transaction.atomic():
        list(limits.timely(read_slowly(viewer), 1))
    monkeypatch.setattr(limits, "MOST_COST", 0)
    assert "过大" in filtered(client, BUILDINGS, "storeys > 1", 422)["error"]
    assert LayerQuery(get_layer("buildings", viewer), viewer).count() == Building.objects.count()


def read_slowly(viewer: Viewer) -> Iterator[str]:
    for _ in range(100):
        with viewer_cursor(viewer) as cursor:
            cursor.execute("SELECT pg_sleep(0.1)")
        yield ""


def test_a_network_has_so_many_questions_at_once_and_others_theirs(district: SmallDistrict) -> None:
    def asked(address: str, network: str) -> int:
        return Client().get(address, {"filter": "storeys > 1"}, REMOTE_ADDR=network).status_code

    other = connection.copy()
    try:
        with other.cursor() as cursor:
            for place in range(limits.AT_ONCE_OF_NETWORK):
                name = "question from 203.0.113.0/24"
                cursor.execute("SELECT pg_advisory_lock(hashtext(%s), %s)", [name, place])
        for address in (BUILDINGS, "/layers/buildings/export.geojson", "/layers/buildings/export.csv"):
            assert asked(address, "203.0.113.9") == 429
            assert asked(address, "198.51.100.9") == 200
    finally:
        other.close()


@settings(max_examples=tries(400), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(CONDITIONS)
def test_no_condition_fails(district: SmallDistrict, client: Client, condition: Node) -> None:
    text = to_text(condition)
    for name in ("storeys", "use", "height"):  # so that some of them have a meaning
        text = text.replace('"名称"', name, 1)
    response = client.get(BUILDINGS, {"filter": text})
    assert response.status_code in {200, 400, 422, 503}, text
