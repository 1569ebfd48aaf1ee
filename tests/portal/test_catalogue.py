"""The catalogue of layers, as the map and people read it."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from layers.base.models import Building
from layers.registry.audience import Audience
from layers.registry.declaration.layer import Kind
from layers.registry.registration import all_layers
from tests.district import LAT, LON, SmallDistrict, square

JSON = {"accept": "application/json"}


def entries(client: Client) -> dict[str, dict[str, object]]:
    return {entry["name"]: entry for entry in client.get("/layers/", headers=JSON).json()["layers"]}


@pytest.mark.django_db
def test_the_catalogue_describes_every_layer_as_its_clients_expect(
    district: SmallDistrict, client: Client
) -> None:
    listed = entries(client)
    assert set(listed) == {layer.name for layer in all_layers()}
    for layer in all_layers():
        entry = listed[layer.name]
        assert entry["audience"] in {audience.name.lower() for audience in Audience}
        assert (entry["look"] is None) == (not layer.has_geometry)
        assert (entry["tiles"] is None) == (not layer.has_geometry)
        assert all(a["kind"] in set(Kind) for a in entry["attributes"])  # type: ignore[attr-defined]
        for address in ("tiles", "items", "export"):
            if entry[address]:
                assert client.get(str(entry[address])).status_code == 200, entry[address]


@pytest.mark.django_db
def test_the_page_tells_of_each_layer_its_licence_source_age_and_columns(
    district: SmallDistrict, client: Client, settings: Any
) -> None:
    def page() -> str:
        return client.get(
            "/layers/", headers={"accept": "text/html", "accept-language": "en"}
        ).content.decode()

    Building.objects.update(source="测绘院")
    assert "No licence is stated" in page()
    settings.LICENCE = "https://example.org/licence"
    told = page()
    assert '<a href="https://example.org/licence">' in told
    assert client.get("/layers/", headers=JSON).json()["licence"] == settings.LICENCE
    for layer in all_layers():
        if layer.audience == Audience.PUBLIC:
            for column in entries(client)[layer.name]["attributes"]:  # type: ignore[attr-defined]
                assert f"<code>{column['name']}</code>" in told
    assert "Updated " in told
    assert "Source: 测绘院" in told


@pytest.mark.django_db
def test_counts_and_extents_are_those_of_the_rows(district: SmallDistrict, client: Client) -> None:
    buildings = entries(client)["buildings"]
    assert buildings["count"] == 2
    assert buildings["extent"] == pytest.approx([LON, LAT, LON + 0.0011, LAT + 0.0004], abs=2e-5)
    Building.objects.all().delete()
    assert (entries(client)["buildings"]["count"], entries(client)["buildings"]["extent"]) == (0, None)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        ("application/json", "application/json"),
        ("text/html", "text/html"),
        ("text/html,application/json;q=0.9", "text/html"),
        ("application/json,text/html;q=0.9", "application/json"),
        ("*/*", "text/html"),
    ],
)
def test_people_get_a_page_and_programs_json(accept: str, kind: str, client: Client) -> None:
    assert client.get("/layers/", headers={"accept": accept})["Content-Type"].startswith(kind)
    assert client.get("/layers/?format=json", headers={"accept": accept}).json()["layers"]
    assert "Accept" in client.get("/layers/")["Vary"]


@pytest.mark.django_db
def test_titles_are_in_the_visitor_s_language(client: Client) -> None:
    english = client.get("/layers/", headers={**JSON, "accept-language": "en"}).json()["layers"]
    assert "Buildings" in {entry["title"] for entry in english}
    assert entries(client)["buildings"]["title"] == "建筑"


@pytest.mark.django_db(transaction=True)
def test_sizes_are_measured_once_until_a_change_is_committed(client: Client) -> None:
    def listed() -> tuple[dict[str, object], int]:
        with CaptureQueriesContext(connection) as asked:
            return entries(client)["buildings"], len(asked)

    (before, measuring), (_, remembering) = listed(), listed()
    assert before["count"] == 0
    assert remembering < measuring
    Building.objects.create(use="office", geom=square(LON, LAT, 0.001))
    (changed, asked), again = listed(), listed()
    assert (changed["count"], changed["changed"] != before["changed"]) == (1, True)
    assert (asked, again) == (measuring, (changed, remembering))


@pytest.mark.django_db
def test_the_page_links_to_what_there_is(district: SmallDistrict, client: Client) -> None:
    page = client.get("/layers/").content.decode()
    assert "/layers/buildings/export.geojson" in page
    assert "/tiles/service-items.json" not in page
    assert "执法案件" in page
