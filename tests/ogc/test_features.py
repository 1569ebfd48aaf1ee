"""OGC API – Features: what clients such as QGIS ask for."""

import re
from typing import Any

import pytest
from django.test import Client

from layers.base.models import Building
from layers.registry.registration import public_layers
from tests.district import LAT, LON, SmallDistrict, square
from tests.people import client_of

pytestmark = pytest.mark.django_db
BUILDINGS = "/ogc/collections/buildings/items"
EPSG = "http://www.opengis.net/def/crs/EPSG/0"


def ask(client: Client, address: str, status: int = 200, headers: dict[str, str] | None = None) -> Any:
    response = client.get(address, headers=headers)
    assert response.status_code == status, response.content
    return response.json()


def links(document: Any) -> list[str]:
    return [link["href"] for link in document.get("links", [])]


def test_every_link_leads_somewhere(district: SmallDistrict, client: Client) -> None:
    seen, waiting = set(), ["http://testserver/ogc/"]
    while waiting:
        address = waiting.pop()
        seen.add(address)
        response = client.get(address.replace("http://testserver", ""), follow=True)
        assert response.status_code == 200, address
        if "json" not in response["Content-Type"] or "openapi" in address:
            continue
        document = response.json()
        found = links(document) + [href for part in document.get("collections", []) for href in links(part)]
        assert all(href.startswith("http://testserver/") for href in found), address
        waiting += set(found) - seen - set(waiting)
    assert f"http://testserver{BUILDINGS}?f=json" in seen


def test_every_public_layer_is_a_collection_with_its_extent(district: SmallDistrict, client: Client) -> None:
    collections = {c["id"]: c for c in ask(client, "/ogc/collections")["collections"]}
    assert set(collections) == {layer.name for layer in public_layers()}
    box = collections["buildings"]["extent"]["spatial"]["bbox"][0]
    assert box == pytest.approx([LON, LAT, LON + 0.0011, LAT + 0.0004], abs=2e-5)
    Building.objects.create(use="office", geom=square(LON + 1, LAT, 0.001))
    moved = ask(client, "/ogc/collections/buildings")["extent"]["spatial"]["bbox"][0]
    assert moved[2] == pytest.approx(LON + 1.001, abs=2e-5)


def test_pages_follow_each_other_without_gap_or_repetition(district: SmallDistrict, client: Client) -> None:
    Building.objects.bulk_create(Building(use="rural", geom=square(LON, LAT, 0.001)) for _ in range(9))
    seen: list[int] = []
    address = f"{BUILDINGS}?limit=4&sortby=-storeys"
    for _ in range(5):
        page = ask(client, address)
        seen += [feature["id"] for feature in page["features"]]
        assert (page["numberMatched"], page["numberReturned"]) == (11, len(page["features"]))
        following = [link["href"] for link in page["links"] if link["rel"] == "next"]
        if not following:
            break
        address = following[0].removeprefix("http://testserver")
    assert sorted(seen) == sorted(Building.objects.values_list("pk", flat=True))
    assert [link for link in page["links"] if link["rel"] == "prev"]


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


def test_answers_can_be_made_smaller(district: SmallDistrict, client: Client) -> None:
    assert ask(client, f"{BUILDINGS}?resulttype=hits")["features"] == []
    assert ask(client, f"{BUILDINGS}?resulttype=hits")["numberMatched"] == 2
    assert {f["geometry"] for f in ask(client, f"{BUILDINGS}?skipGeometry=true")["features"]} == {None}
    named = ask(client, f"{BUILDINGS}?properties=name,use")["features"]
    assert set(named[0]["properties"]) == {"name", "use"}


def test_one_item_has_the_id_of_every_other_door(district: SmallDistrict, client: Client) -> None:
    item = ask(client, f"{BUILDINGS}/{district.building.pk}")
    assert (item["id"], item["properties"]["name"]) == (district.building.pk, "政务大楼")
    assert client.get(f"{BUILDINGS}/{item['id']}")["Content-Type"] == "application/geo+json"
    for missing in ("0", "999999", "x", "１", "9" * 40, "-1"):
        assert ask(client, f"{BUILDINGS}/{missing}", 404)["error"].endswith((".", "。"))


def test_positions_come_in_the_reference_system_that_is_asked_for(
    district: SmallDistrict, client: Client
) -> None:
    address = f"/ogc/collections/services/items/{district.counter.pk}"
    assert ask(client, address)["geometry"]["coordinates"] == pytest.approx([LON + 0.0001, LAT + 0.0002])
    # EPSG gives latitude first, and the northing of the district's metric system before the easting.
    degrees = ask(client, f"{address}?crs={EPSG}/4490")["geometry"]["coordinates"]
    assert degrees == pytest.approx([LAT + 0.0002, LON + 0.0001], abs=1e-6)
    # Reckoned by Krüger's series about 123 degrees east.
    metres = ask(client, f"{address}?crs={EPSG}/4550")["geometry"]["coordinates"]
    assert metres == pytest.approx([3_309_615.732, 387_969.875], abs=0.01)
    assert client.get(f"{address}?crs={EPSG}/3857")["Content-Crs"] == f"<{EPSG}/3857>"
    assert "not supported" in ask(client, f"{address}?crs={EPSG}/2056", 400)["error"]


def test_a_layer_without_geometry_gives_features_without_place(
    district: SmallDistrict, client: Client
) -> None:
    answer = ask(client, "/ogc/collections/service-items/items?bbox=0,0,1,1")
    assert [feature["geometry"] for feature in answer["features"]] == [None]


def test_fields_are_described_with_types_and_code_lists(district: SmallDistrict, client: Client) -> None:
    described = ask(client, "/ogc/collections/buildings/schema")["properties"]
    assert described["storeys"]["type"] == "integer"
    assert "office" in described["use"]["enum"]
    assert described["height"]["title"] == "高度"
    inspections = ask(client, "/ogc/collections/food-inspections/schema")["properties"]
    assert inspections["date"]["format"] == "date"


@pytest.mark.parametrize(
    ("address", "headers", "title"),
    [
        ("/ogc/collections/buildings", {}, "建筑"),
        ("/ogc/collections/buildings", {"accept-language": "zh-CN,zh;q=0.9"}, "建筑"),
        ("/ogc/collections/buildings", {"accept-language": "en-GB"}, "Buildings"),
        ("/ogc/collections/buildings?lang=en-US", {}, "Buildings"),
        ("/ogc/collections/buildings?lang=zh", {"accept-language": "en"}, "建筑"),
        ("/ogc/collections/buildings?lang=xx-yy", {}, "建筑"),
    ],
)
def test_titles_are_in_the_language_that_is_asked_for(
    address: str, headers: dict[str, str], title: str, client: Client
) -> None:
    assert ask(client, address, headers=headers)["title"] == title


@pytest.mark.parametrize(
    "words",
    [
        "sortby=", "sortby=name,,", "sortby=nothing", "bbox=1,2", "bbox=nan,1,2,3", "bbox=0,1,inf,3", "limit=0",
        "limit=x", "offset=-1", "storeys=eight", "storeys=99999999999999999999", "height=high", "nothing=1",
        "filter=use='office'", "q=x", "properties=nothing", "f=xml", "crs=x", "bbox-crs=x", "name=%00",
    ],
)  # fmt: skip
def test_what_is_not_understood_is_refused_with_a_sentence(
    words: str, district: SmallDistrict, client: Client
) -> None:
    said = ask(client, f"{BUILDINGS}?{words}", 400)
    assert len(said["error"]) > 5
    assert said["error"] == said["description"]


def test_people_are_led_to_pages(district: SmallDistrict, client: Client) -> None:
    address = f"{BUILDINGS}/{district.building.pk}?f=html"
    assert client.get(address)["Location"] == f"/place/buildings/{district.building.pk}/"
    assert client.get("/ogc/?f=html")["Location"] == "/layers/"


def test_only_reading_is_offered(district: SmallDistrict, client: Client) -> None:
    for method in (client.post, client.put, client.delete, client.patch):
        assert method(BUILDINGS).status_code == 405


def test_no_page_of_the_library_is_shown_that_would_load_from_elsewhere(
    district: SmallDistrict, client: Client
) -> None:
    for address in ("/ogc/", "/ogc/collections", BUILDINGS, "/ogc/conformance", "/ogc/openapi"):
        for asked in (address, f"{address}?f=html"):
            answer = client.get(asked, headers={"accept": "text/html"}, follow=True)
            assert answer.status_code == 200, asked
            loaded = re.findall(r'(?:src|<link[^>]*href)="?(https?:)?//', answer.content.decode())
            assert loaded == [], asked


def test_whoever_asks_gets_the_public_s_rows(district: SmallDistrict) -> None:
    address = "/ogc/collections/enforcement-cases/items"
    answers = [ask(client_of(role), address)["features"] for role in ("public", "officer", "administrator")]
    assert answers[0] == answers[1] == answers[2] != []
