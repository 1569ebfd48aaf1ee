"""The place card: what is here, what is near, what belongs together."""

import json
from typing import Any

import pytest
from django.test import Client

from layers.base.models import Division, PointOfInterest
from layers.foodsafety.models import Inspection
from layers.registry.audience import Audience
from layers.services.models import Counter, ServiceItem
from tests.district import LAT, LON, SmallDistrict, point
from tests.people import client_of

pytestmark = pytest.mark.django_db
HERE = f"/place/?lon={LON + 0.0002}&lat={LAT + 0.0002}"


def card(client: Client, address: str) -> Any:
    response = client.get(address, headers={"accept": "application/json"})
    assert response.status_code == 200, response.content
    return json.loads(response.content)


def sections(place: Any, kind: str) -> dict[str, list[str]]:
    return {s["layer"]: [i["title"] for i in s["items"]] for s in place["sections"] if s["kind"] == kind}


def test_a_position_is_named_and_placed_in_divisions_cell_and_building(
    district: SmallDistrict, client: Client
) -> None:
    place = card(client, HERE)
    assert place["title"] == "政务大楼"
    assert sections(place, "contains") == {
        "divisions": ["北仑区", "新碶街道"],
        "villages": ["大路村"],
        "grid": ["330206002200001"],
        "buildings": ["政务大楼"],
    }


def test_sections_come_in_the_order_that_the_layers_declare(district: SmallDistrict, client: Client) -> None:
    order = [section["layer"] for section in card(client, HERE)["sections"]]
    assert order == [
        "addresses", "divisions", "villages", "grid", "buildings", "services", "units",
        "food-premises", "food-inspections", "enforcement-cases", "pois", "village-sites",
    ]  # fmt: skip


def test_distances_are_metres_on_the_ellipsoid_and_end_at_the_radius(
    district: SmallDistrict, client: Client
) -> None:
    # One thousandth of a degree along a parallel of 29.9 degrees north is 96.6 m, along a meridian 110.9 m.
    PointOfInterest.objects.all().delete()
    for name, east, north in (("东", 0.001, 0), ("北", 0, 0.001), ("里", 0.00413, 0), ("外", 0.00415, 0)):
        PointOfInterest.objects.create(name=name, theme="food", geom=point(LON + east, LAT + north))
    near = next(s for s in card(client, f"/place/?lon={LON}&lat={LAT}")["sections"] if s["layer"] == "pois")
    assert [(item["title"], item["distance"]) for item in near["items"]] == [
        ("东", 97),
        ("北", 111),
        ("里", 399),
    ]


def test_a_counter_names_its_items_and_an_item_its_counters(district: SmallDistrict, client: Client) -> None:
    counter = card(client, f"/place/services/{district.counter.pk}/")
    assert sections(counter, "related") == {"service-items": ["居民身份证换领"]}
    item = card(client, f"/place/service-items/{district.item.pk}/")
    assert sections(item, "related") == {"services": ["综合窗口"]}
    assert (item["lon"], item["geometry"], item["bbox"]) == (None, None, None)


def test_a_division_names_its_parts(district: SmallDistrict, client: Client) -> None:
    street = Division.objects.get(name="新碶街道")
    assert sections(card(client, f"/place/divisions/{street.pk}/"), "related") == {"villages": ["大路村"]}


@pytest.mark.parametrize(("role", "seen"), [("public", 1), ("officer", 1), ("administrator", 2)])
def test_a_premises_names_the_inspections_that_its_reader_may_see(
    role: str, seen: int, district: SmallDistrict
) -> None:
    place = card(client_of(role), f"/place/food-premises/{district.premises.pk}/")
    assert len(sections(place, "related")["food-inspections"]) == seen


def test_hidden_rows_do_not_crowd_out_those_that_may_be_seen(district: SmallDistrict, client: Client) -> None:
    Inspection.objects.all().delete()
    for number in range(60):
        Inspection.objects.create(
            premises=district.premises,
            number=f"H{number}",
            kind="daily",
            date="2026-02-01",
            result="conform",
            visibility=Audience.PUBLIC if number == 59 else Audience.RESTRICTED,
        )
    place = card(client, f"/place/food-premises/{district.premises.pk}/")
    assert len(sections(place, "related")["food-inspections"]) == 1


def test_nothing_is_said_to_be_near_a_thing_much_larger_than_nearness(
    district: SmallDistrict, client: Client
) -> None:
    whole = Division.objects.get(level="district")
    place = card(client, f"/place/divisions/{whole.pk}/")
    assert sections(place, "near") == {}
    # Nor does what is smaller contain it.
    assert sections(place, "contains") == {}
    village = card(client, f"/place/villages/{Division.objects.get(name='大路村').pk}/")
    assert sections(village, "contains") == {"divisions": ["北仑区", "新碶街道"]}


def test_a_feature_is_not_near_itself(district: SmallDistrict, client: Client) -> None:
    Counter.objects.create(name="另一窗口", geom=point(LON, LAT))
    assert sections(card(client, f"/place/services/{district.counter.pk}/"), "near")["services"] == [
        "另一窗口"
    ]


def test_rows_are_in_words_of_the_language(district: SmallDistrict, client: Client) -> None:
    address = f"/place/buildings/{district.building.pk}/"
    chinese = {row["label"]: row["value"] for row in card(client, address)["rows"]}
    assert chinese["用途"] == "办公"
    assert chinese["高度"] == "28.8 m"
    response = client.get(address, headers={"accept": "application/json", "accept-language": "en"}).json()
    english = {row["label"]: row["value"] for row in response["rows"]}
    assert english["Use"] == "Office"
    assert response["title"] == "Government Building"


def test_the_export_of_a_place_holds_that_feature(district: SmallDistrict, client: Client) -> None:
    place = card(client, f"/place/buildings/{district.building.pk}/")
    exported = json.loads(b"".join(client.get(place["exports"]["geojson"]).streaming_content))  # type: ignore[attr-defined]
    assert [feature["id"] for feature in exported["features"]] == [district.building.pk]
    assert place["bbox"] == pytest.approx([LON, LAT, LON + 0.0004, LAT + 0.0004])


def test_generated_data_says_so(district: SmallDistrict, client: Client) -> None:
    ServiceItem.objects.update(is_generated=True, source="演示")
    place = card(client, f"/place/service-items/{district.item.pk}/")
    assert (place["is_generated"], place["source"]) == (True, "演示")


def test_an_empty_place_is_a_place(district: SmallDistrict, client: Client) -> None:
    place = card(client, "/place/?lon=-170&lat=-90")
    assert (place["sections"], place["rows"]) == ([], [])
    assert client.get("/place/?lon=180&lat=90").status_code == 200


def test_the_page_shows_the_card(district: SmallDistrict, client: Client) -> None:
    page = client.get(f"/place/buildings/{district.building.pk}/").content.decode()
    assert "政务大楼" in page
    assert "28.8 m" in page
    assert f'href="/place/services/{district.counter.pk}/"' in page


@pytest.mark.parametrize(
    "address", ["/place/", "/place/?lon=1", "/place/?lon=1&lat=91", "/place/?lon=nan&lat=1"]
)
def test_a_place_needs_a_position(address: str, district: SmallDistrict) -> None:
    response = client_of("public").get(address)
    assert response.status_code == 400
    assert response.json()["error"].endswith((".", "。"))


@pytest.mark.parametrize("key", ["0", "999999999", "-1", "x", "１", pytest.param("9" * 5000, id="digits")])
def test_a_feature_that_is_not_there_is_not_found(key: str, district: SmallDistrict) -> None:
    assert client_of("public").get(f"/place/buildings/{key}/").status_code == 404
