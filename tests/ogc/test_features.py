"""OGC API – Features: what clients such as QGIS ask for."""

import json
from typing import Any

import pytest
from django.contrib.gis.geos import LinearRing, MultiPolygon, Polygon
from django.test import Client

from layers.base.models import Building
from layers.registry.registration import public_layers
from tests.district import LAT, LON, SmallDistrict, square
from tests.ogc.asking import ask
from tests.people import client_of

pytestmark = pytest.mark.django_db
BUILDINGS = "/ogc/collections/buildings/items"
EPSG = "http://www.opengis.net/def/crs/EPSG/0"


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
    for missing in ("0", "999999", "x", "１", "9" * 5000, "-1"):
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
    assert f"{EPSG}/4550" in ask(client, f"{address}?crs={EPSG}/2056", 400)["error"]


def test_a_layer_without_geometry_gives_features_without_place(
    district: SmallDistrict, client: Client
) -> None:
    answer = ask(client, "/ogc/collections/service-items/items?bbox=0,0,1,1")
    assert [feature["geometry"] for feature in answer["features"]] == [None]


def test_outer_rings_run_counter_clockwise(district: SmallDistrict, client: Client) -> None:
    ring = square(LON, LAT, 0.001)[0].coords[0][::-1]
    hole = square(LON + 0.0003, LAT + 0.0003, 0.0002)[0].coords[0]
    for turned in ((ring, hole), (ring[::-1], hole[::-1]), (ring, hole[::-1])):
        Building.objects.all().delete()
        Building.objects.create(use="office", geom=MultiPolygon(Polygon(*turned), srid=4490))
        for address in (BUILDINGS, "/layers/buildings/export.geojson"):
            response: Any = client.get(address)
            text = b"".join(response) if response.streaming else response.content
            outer, inner = json.loads(text)["features"][0]["geometry"]["coordinates"][0]
            assert LinearRing(outer).is_counterclockwise, address
            assert not LinearRing(inner).is_counterclockwise, address


def test_only_reading_is_offered(district: SmallDistrict, client: Client) -> None:
    for method in (client.post, client.put, client.delete, client.patch):
        assert method(BUILDINGS).status_code == 405


def test_a_planner_reads_with_their_own_rights(district: SmallDistrict) -> None:
    counts = {}
    for role in ("public", "officer", "planner", "administrator"):
        client = client_of(role)
        counts[role] = ask(client, "/ogc/collections/enforcement-cases/items")["numberMatched"]
        listed = ask(client, "/layers/", headers={"accept": "application/json"})["layers"]
        assert counts[role] == next(e["count"] for e in listed if e["name"] == "enforcement-cases")
        kept = client.get("/ogc/collections/enforcement-cases/items")["Cache-Control"]
        assert kept == ("public, no-cache" if role == "public" else "private, no-store")
    assert counts["planner"] > counts["public"]
