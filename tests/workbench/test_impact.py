"""The page of a project: parts that lie in it with their areas, whom it leaves without a service, and what is not known."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pyproj import Geod

from geoportal.imports.dataset_publication import DatasetProposal, publish
from importers.options import ImportOptions
from layers.base.models import Building, LandUse, PointOfInterest
from layers.enforcement.models import EnforcementCase
from layers.query.models import Sketch
from layers.registry.access.layer_query import LayerQuery
from layers.registry.audience import Audience
from layers.registry.registration import get_layer
from layers.villages.models import VillageSite
from tests.district import LAT, LON, SmallDistrict, point, square
from tests.imports.datasets import take_back_datasets
from tests.people import VIEWERS, client_of

pytestmark = pytest.mark.django_db
PLANNER = VIEWERS["planner"]
HERE = "/workbench/impact/"
WEST, SOUTH, SIDE = LON + 0.02, LAT + 0.02, 0.002
PROJECT = f"POLYGON (({WEST} {SOUTH}, {WEST + SIDE} {SOUTH}, {WEST + SIDE} {SOUTH + SIDE}, {WEST} {SOUTH + SIDE}, {WEST} {SOUTH}))"


def size(lon: float, lat: float, side: float) -> float:
    lons, lats = [lon, lon + side, lon + side, lon], [lat, lat, lat + side, lat + side]
    return abs(float(Geod(ellps="GRS80").polygon_area_perimeter(lons, lats)[0]))


@pytest.fixture
def planner(district: SmallDistrict) -> Client:
    """A project over half a house of four storeys, half a park and the only chemist of a home nearby."""
    LandUse.objects.create(kind="park", geom=square(WEST - 0.001, SOUTH, SIDE))
    Building.objects.create(use="office", storeys=4, geom=square(WEST - 0.0002, SOUTH + 0.001, 0.0004))
    Building.objects.create(use="residential", storeys=3, geom=square(WEST + 0.004, SOUTH, 0.0003))
    Building.objects.create(use="residential", storeys=3, geom=square(WEST - 0.006, SOUTH, 0.0003))
    PointOfInterest.objects.create(name="药店", theme="medical", geom=point(WEST + 0.001, SOUTH + 0.001))
    PointOfInterest.objects.create(name="医院", theme="medical", geom=point(WEST - 0.008, SOUTH))
    client = client_of("planner")
    client.defaults["HTTP_ACCEPT"] = "text/html"
    return client


def report(client: Client, status: int = 200, **words: str) -> Any:
    response = client.get(f"{HERE}?{urlencode({'shape': PROJECT, **words})}")
    assert response.status_code == status, response.content.decode()[:2000]
    return response


def section(response: Any, title: str) -> Any:
    return next(each for each in response.context["sections"] if each.title == title)


def number(text: str) -> float:
    return float(text.split(" ")[0].replace(",", ""))


def test_what_lies_in_the_project_is_counted_with_its_part_inside(planner: Client) -> None:
    shown = report(planner)
    (office,) = section(shown, "建筑").lines
    assert (office.label, office.count) == ("办公", 1)
    half = size(WEST, SOUTH + 0.001, 0.0004) / 2
    assert number(office.size) == pytest.approx(half, rel=1e-3)
    assert number(office.floors) == pytest.approx(4 * half, rel=1e-3)
    (park,) = section(shown, "用地").lines
    assert number(park.share) == pytest.approx(50, abs=0.1)
    assert number(park.size) == pytest.approx(size(WEST, SOUTH, SIDE) / 2, rel=1e-3)
    rest = section(shown, "用地").note
    assert number(rest.split("：")[1]) == pytest.approx(size(WEST, SOUTH, SIDE) / 2, rel=1e-3)
    assert section(shown, "食品经营主体").whole.count == 0
    there = planner.get(section(shown, "建筑").address)
    assert there.content.decode().count("<tr data-id=") == 1


def test_homes_that_lose_their_only_service_are_counted(planner: Client, district: SmallDistrict) -> None:
    def medical() -> tuple[int, int]:
        cut = next(each for each in report(planner).context["cuts"] if each.title == "医疗设施")
        return cut.displaced, cut.lost

    assert medical() == (1, 1), "the home in the west has the hospital"
    PointOfInterest.objects.create(name="诊所", theme="medical", geom=point(WEST + 0.006, SOUTH))
    assert medical() == (1, 0)
    assert VillageSite.objects.exists()
    wide = report(planner, shape=f"POINT ({LON} {LAT})", metres="3000")
    assert section(wide, "村级网络站点").whole.count == 1
    cases = LayerQuery(get_layer("enforcement-cases", PLANNER), PLANNER)
    (opened,) = [each for each in wide.context["sections"] if each.title.startswith("在办")]
    assert opened.whole.count == cases.count() > 1
    EnforcementCase.objects.filter(pk=cases.rows(limit=1)[0]["id"]).update(closed="2026-01-03")
    wide = report(planner, shape=f"POINT ({LON} {LAT})", metres="3000")
    (opened,) = [each for each in wide.context["sections"] if each.title.startswith("在办")]
    assert opened.whole.count == cases.count() - 1


@pytest.fixture
def flood(tmp_path: Path) -> Iterator[None]:
    """Half of the project."""
    west, east, south, north = WEST + SIDE / 2, WEST + 0.01, SOUTH - 0.001, SOUTH + 0.01
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    feature = {
        "type": "Feature",
        "properties": {"name": "甲", "storeys": "四层"},
        "geometry": {"type": "Polygon", "coordinates": [ring]},
    }
    path = tmp_path / "flood.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}))
    proposal = DatasetProposal("low-ground", "洪水淹没区", "Low ground", Audience.PUBLIC)
    assert publish(path, proposal, ImportOptions(accept_valid=True, anywhere=True)).refusal == ""
    yield
    take_back_datasets()


@pytest.mark.django_db(transaction=True)
def test_a_layer_that_is_not_loaded_is_never_no_conflict(
    planner: Client, request: pytest.FixtureRequest
) -> None:
    before = {each.title: each for each in report(planner).context["findings"]}
    assert not before["防洪排涝"].conflicts
    assert "无法判断" in report(planner).content.decode()
    request.getfixturevalue("flood")
    html = report(planner)
    (flood,) = next(each for each in html.context["findings"] if each.title == "防洪排涝").conflicts
    assert (flood.count, flood.share) == (1, "50.00 %")
    clear = report(planner, shape=f"POINT ({LON - 0.04} {LAT - 0.04})", metres="100")
    (flood,) = next(each for each in clear.context["findings"] if each.title == "防洪排涝").conflicts
    assert flood.count == 0
    assert "无冲突" in clear.content.decode()


def test_a_file_becomes_the_project(planner: Client) -> None:
    east, north = WEST + SIDE, SOUTH + SIDE
    ring = [[WEST, SOUTH], [east, SOUTH], [east, north], [WEST, north], [WEST, SOUTH]]
    text = f'{{"type": "Polygon", "coordinates": [{ring}]}}'
    feature = f'{{"type": "FeatureCollection", "features": [{{"type": "Feature", "properties": {{"a": 1}}, "geometry": {text}}}]}}'
    sent = SimpleUploadedFile("厂区.geojson", feature.encode())
    there = planner.post(HERE, {"file": sent})
    assert there.status_code == 302, there.content.decode()[:2000]
    assert Sketch.objects.get().title == "厂区.geojson"
    shown = planner.get(there["Location"])
    assert "厂区.geojson" in shown.content.decode()
    assert section(shown, "建筑").whole.count == 1
    bow = json.loads(feature)
    bow["features"] += [{"type": "Feature", "properties": {"a": 2}, "geometry": {
        "type": "Polygon", "coordinates": [[ring[0], ring[2], ring[1], ring[3], ring[0]]]}}]  # fmt: skip
    for wrong in (
        SimpleUploadedFile("a.geojson", b"{"),
        SimpleUploadedFile("a.csv", b"a,b\n1,2\n"),
        SimpleUploadedFile("a.geojson", json.dumps(bow).encode()),
    ):
        response = planner.post(HERE, {"file": wrong})
        assert response.status_code == 400
        assert 'role="alert"' in response.content.decode()
    assert planner.post(HERE, {}).status_code == 400


def test_only_an_area_is_a_project_and_only_planners_ask(planner: Client) -> None:
    for wrong in ("POINT (121.8 29.9)", "x", "LINESTRING (121.8 29.9, 121.81 29.9)"):
        assert 'role="alert"' in report(planner, 400, shape=wrong).content.decode()
    assert 'type="file"' in planner.get(HERE).content.decode()
    assert planner.get(f"{HERE}?sketch=1").status_code == 404
    assert client_of("officer").get(HERE).status_code == 404
