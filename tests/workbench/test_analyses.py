"""Analyses over answers: planted distances and areas come out as they are, and parts add up to the whole."""

from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pyogrio
import pytest
import shapely
from django.contrib.gis.geos import LineString as Line
from django.contrib.gis.geos import MultiLineString, Point
from django.test import Client
from pyproj import Geod

from geoportal.workbench.analysis.recipe import OPERATIONS, Recipe
from layers.base.models import Building, Division, LandUse, PointOfInterest, Road
from layers.query.analysis.result import Result, run
from layers.query.models import StoredQuery
from layers.registry.models import ExportLogEntry
from tests.district import LAT, LON, SmallDistrict, point, square
from tests.people import VIEWERS, client_of

pytestmark = pytest.mark.django_db
HERE = "/workbench/analysis/"
ZONES = {"other": "divisions", "where": "level = 'zone'"}
GEOD = Geod(ellps="GRS80")
PLANNER = VIEWERS["planner"]


def result(do: str, layer: str, **words: str) -> Result:
    return run(Recipe.of({"do": do, "layer": layer, **words}).analysis(PLANNER), PLANNER)


def rows(found: Result) -> list[dict[str, Any]]:
    names = [column.name for column in found.analysis.columns]
    return [dict(zip(names, row, strict=True)) for row in found.rows]


@pytest.fixture
def quarters(district: SmallDistrict) -> list[int]:
    """Four areas of land, cut by the border between two divisions, one of them partly outside both."""
    Division.objects.update(level="village")
    LandUse.objects.all().delete()
    for name, lon in (("西", LON), ("东", LON + 0.01)):
        Division.objects.create(code=name, name=name, level="zone", geom=square(lon, LAT, 0.01))
    spots = [
        (0.001, 0.001, "residential"),
        (0.0095, 0.002, "residential"),
        (0.0185, 0.005, "park"),
        (0.0196, 0.008, "park"),
    ]
    return [
        LandUse.objects.create(name=kind, kind=kind, geom=square(LON + x, LAT + y, 0.001)).pk for x, y, kind in spots
    ]  # fmt: skip


def geodesic(shape: bytes | None) -> float:
    assert shape is not None
    return abs(float(GEOD.geometry_area_perimeter(shapely.from_wkb(shape))[0]))


def test_shares_of_areas_add_up_to_the_whole(quarters: list[int]) -> None:
    whole = sum(geodesic(bytes(each.geom.wkb)) for each in LandUse.objects.all())
    for by in ("", "kind"):
        found = rows(result("summary", "land-use", **ZONES, by=by))
        outside = 1 - sum(float(row["share"]) for row in found)
        assert 0.099 < outside < 0.151, found  # six tenths of the last of four
        assert sum(float(row["measure"]) for row in found) + outside * whole == pytest.approx(whole, rel=1e-6)
    halves = {(row["title"], row["category"]): row for row in found}
    assert halves["西", "residential"]["count"] == 2
    assert halves["西", "residential"]["measure"] / whole == pytest.approx(1.5 / 4, rel=1e-3)
    assert halves["东", "residential"]["measure"] / whole == pytest.approx(0.5 / 4, rel=1e-3)
    assert ("西", "park") not in halves
    lines = MultiLineString(Line((LON + 0.004, LAT + 0.005), (LON + 0.016, LAT + 0.005)), srid=4490)
    Road.objects.all().delete()
    Road.objects.create(name="a", road_class="primary", geom=lines)
    split = {row["title"]: row for row in rows(result("summary", "roads", **ZONES))}
    assert [float(split[name]["share"]) for name in ("西", "东")] == pytest.approx([0.5, 0.5], rel=1e-6)
    PointOfInterest.objects.all().delete()
    for x in (0.001, 0.002, 0.003, 0.5):
        PointOfInterest.objects.create(name="a", geom=point(LON + x, LAT + 0.001))
    counted = {row["title"]: row for row in rows(result("summary", "pois", **ZONES))}
    assert (counted["西"]["count"], float(counted["西"]["share"])) == (3, 0.75)
    assert (counted["东"]["count"], float(counted["东"]["share"])) == (0, 0.0)


def test_overlays_cut_along_borders_and_lose_nothing(quarters: list[int]) -> None:
    whole = sum(geodesic(bytes(each.geom.wkb)) for each in LandUse.objects.all())
    divisions = sum(geodesic(bytes(each.geom.wkb)) for each in Division.objects.filter(level="zone"))
    shared = rows(result("intersection", "land-use", **ZONES))
    assert sorted(row["id"] for row in shared) == sorted([*quarters, quarters[1]])
    left = result("difference", "land-use", **ZONES)
    assert [row["id"] for row in rows(left)] == [quarters[3]]
    inside, rest = sum(row["measure"] for row in shared), rows(left)[0]["measure"]
    assert inside + rest == pytest.approx(whole, rel=1e-6)
    assert rest == pytest.approx(geodesic(left.shapes[0]), rel=1e-6)
    united = rows(result("union", "land-use", **ZONES))
    assert sum(row["measure"] for row in united) == pytest.approx(divisions + rest, rel=1e-6)
    assert {(row["id"] is None, row["other_id"] is None) for row in united} == {
        (False, False), (False, True), (True, False),
    }  # fmt: skip
    nowhere = rows(result("difference", "land-use", other="divisions", where="name = '无'"))
    assert [row["id"] for row in nowhere] == quarters


def around(metres: float, **words: Any) -> list[PointOfInterest]:
    places = [GEOD.fwd(LON, LAT, bearing, metres)[:2] for bearing in range(0, 360, 45)]
    return [PointOfInterest.objects.create(geom=point(*place), **words) for place in places]


def test_buffers_joins_and_distances_hold_what_lies_within(district: SmallDistrict) -> None:
    PointOfInterest.objects.all().delete()
    here = PointOfInterest.objects.create(name="here", theme="medical", geom=point(LON, LAT))
    near, far = around(199, name="near"), around(201, name="far")
    one = result("buffer", "pois", filter="name = 'here'", metres="200")
    (shape,) = (shapely.from_wkb(each) for each in one.shapes if each)
    assert all(shape.contains(shapely.Point(each.geom.coords)) for each in near if each.geom)
    assert not any(shape.contains(shapely.Point(each.geom.coords)) for each in far if each.geom)
    assert rows(one)[0]["area"] == pytest.approx(3.14159265 * 200**2, rel=2e-3)
    every = result("buffer", "pois", filter="name <> 'here'", metres="200")
    together = result("zone", "pois", filter="name <> 'here'", metres="200")
    assert rows(together)[0]["count"] == len(every.rows) == 16
    assert rows(together)[0]["area"] < sum(row["area"] for row in rows(every))
    found = rows(result("join", "pois", filter="name = 'here'", other="pois", metres="200"))
    assert {row["other_id"] for row in found} == {each.pk for each in near}
    assert all(row["metres"] == pytest.approx(199, abs=0.01) for row in found)
    alone = rows(result("join", "pois", filter="name = 'here'", other="pois", where="id < 0"))
    assert [(row["id"], row["other_id"]) for row in alone] == [(here.pk, None)]
    for each in rows(result("nearest", "pois", filter="name = 'far'", other="pois", where="name = 'here'")):
        assert (each["other_id"], each["metres"]) == (here.pk, pytest.approx(201, abs=0.01))
    closest = rows(result("nearest", "pois", filter="name = 'here'", other="pois", where="name = 'far'"))
    assert closest[0]["metres"] == pytest.approx(201, abs=0.01)
    assert (
        rows(result("nearest", "pois", filter="name = 'here'", other="pois", where="id < 0"))[0]["other"]
        is None
    )


def test_rows_and_columns_are_those_of_the_reader(district: SmallDistrict) -> None:
    viewer = VIEWERS["citizen"]
    seen = run(
        Recipe.of({"do": "nearest", "layer": "buildings", "other": "food-premises"}).analysis(viewer), viewer
    )
    assert len(seen.rows) == Building.objects.count()
    for words in ({"where": "risk_grade = 'A'"}, {"where": "phone = '1'"}):
        with pytest.raises(ValueError, match=r"risk_grade|phone"):
            Recipe.of({"do": "nearest", "layer": "buildings", "other": "food-premises", **words}).analysis(
                viewer
            )


@pytest.fixture
def planner(quarters: list[int]) -> Client:
    client = client_of("planner")
    client.defaults["HTTP_ACCEPT"] = "text/html"
    return client


def page(client: Client, **words: str) -> str:
    return said(client.get(f"{HERE}?{urlencode(words)}"), 200)


def said(response: Any, status: int) -> str:
    text: str = response.content.decode()
    assert response.status_code == status, text[:2000]
    return text


def test_the_page_shows_takes_away_and_keeps_the_result(planner: Client, tmp_path: Path) -> None:
    recipe = {
        "layer": "land-use",
        "filter": "kind <> 'farmland'",
        "do": "summary",
        **ZONES,
        "by": "kind",
    }
    start = page(planner, layer="land-use", filter=recipe["filter"])
    assert all(str(each.title) in start for each in OPERATIONS.values())
    assert 'name="other"' in page(planner, layer="land-use", do="summary")
    html = page(planner, **recipe)
    assert "按“行政区划”中，级别为“功能区”的要素和用地类型汇总：“用地”中" in html
    assert html.count("<tr data-id=") == 3
    assert "不在任何分区内" in html
    assert "37.5" in html
    assert "居住用地" in html, "codes are told by their words"
    for form in ("gpkg", "csv", "xlsx", "shp", "geojson", "fgb", "parquet", "dxf"):
        answer: Any = planner.post(HERE, {**recipe, "action": "export", "as": form, "system": "4550"})
        assert answer.status_code == 200, answer.content
        file = tmp_path / f"result.{form if form != 'shp' else 'shp.zip'}"
        file.write_bytes(b"".join(answer.streaming_content))
        if form == "gpkg":
            frame = pyogrio.read_dataframe(file)
            assert (len(frame), frame.crs.to_epsg()) == (3, 4550)
            assert frame["share"].sum() == pytest.approx(0.85, abs=1e-3)
            assert '"by": "kind"' in pyogrio.read_info(file)["layer_metadata"]["condition"]
    assert ExportLogEntry.objects.filter(who="planner", layer="land-use", rows=3).count() == 8
    kept = planner.post(HERE, {**recipe, "action": "keep", "title": "各街道用地"})["Location"]
    assert StoredQuery.objects.get().analysis == recipe
    opened = planner.get(kept, follow=True).content.decode()
    assert "各街道用地" in opened
    assert opened.count("<tr data-id=") == 3
    refused = said(planner.post(HERE, {**recipe, "action": "keep", "title": "长" * 121}), 400)
    assert 'role="alert"' in refused
    assert "长" * 121 in refused, "what was typed is there again"
    assert refused.count("<tr data-id=") == 3
    assert client_of("officer").get(f"{HERE}?layer=land-use").status_code == 404


def test_what_is_wrong_is_said_beside_the_form(planner: Client) -> None:
    assert planner.get(HERE)["Location"] == "/workbench/", "an analysis begins with a layer"
    good = {"layer": "land-use", "do": "buffer", "metres": "200"}
    for wrong, status in (
        ({"metres": "x"}, 400), ({"metres": "-1"}, 400), ({"metres": "nan"}, 400), ({"metres": "1e9"}, 400),
        ({"filter": "gone = 1"}, 400), ({"filter": "kind ="}, 400), ({"do": "magic"}, 400), ({"do": "nearest", "other": "no"}, 404),
        ({"do": "intersection", "other": "pois"}, 400), ({"do": "summary", "other": "divisions", "by": "no"}, 400),
        ({"do": "nearest", "other": "service-items"}, 400),
    ):  # fmt: skip
        html = said(planner.get(f"{HERE}?{urlencode({**good, **wrong})}"), status)
        assert 'role="alert"' in html, wrong
        assert 'name="do"' in html, wrong
    assert planner.get(f"{HERE}?layer=no").status_code == 404
    assert planner.get(f"{HERE}?layer=service-items&do=buffer&metres=3").status_code == 400


def test_areas_that_overlap_are_told(planner: Client) -> None:
    asked = {"layer": "land-use", "do": "summary", **ZONES}
    assert "重叠" not in page(planner, **asked)
    Division.objects.create(code="c", name="园区", level="zone", geom=square(LON, LAT, 0.01))
    assert "重叠" in page(planner, **asked)


def test_a_feature_that_lies_nowhere_is_taken_away_with_the_others(planner: Client) -> None:
    PointOfInterest.objects.create(name="无处", geom=Point(srid=4490))
    asked = {"layer": "pois", "do": "nearest", "other": "buildings", "action": "export", "as": "fgb"}
    answer: Any = planner.post(HERE, asked)
    assert answer.status_code == 200, answer.content
    assert b"".join(answer.streaming_content).startswith(b"fgb")


def test_of_nothing_no_part_lies_outside(planner: Client) -> None:
    asked = {"layer": "land-use", "do": "summary", **ZONES}
    assert "不在任何分区内" in page(planner, **asked)
    assert "不在任何分区内" not in page(planner, **asked, filter="id < 0")
