"""Shapes are drawn or typed, measured as the ellipsoid has them, kept by their owner, and asked with."""

from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, quote, urlencode, urlsplit

import numpy as np
import pytest
from django.db import connection
from django.test import Client

from geoportal.workbench.sketches.figures import figures
from geoportal.workbench.sketches.measures import measures, profile
from geoportal.workbench.sketches.positions import shape_of
from layers.base.models import Building
from layers.query.errors import InvalidQuery
from layers.query.models import Sketch
from layers.query.text_form import from_text
from tests.district import LAT, LON, SmallDistrict
from tests.importers.rasters import NORTH, WEST, geotiff, load, slope
from tests.people import VIEWERS, client_of

HERE = "/workbench/sketches/"
PLANNER = VIEWERS["planner"]


@pytest.mark.parametrize(
    "text",
    [
        "121.85, 29.9",
        "29.9, 121.85",
        "121.85 29.9",
        "121°51′00″E, 29°54′00″N",
        "北纬29度54分, 东经121度51分",
        "388925.9196, 3309583.9492",
        "3309583.9492，388925.9196",
        "POINT (121.85 29.9)",
    ],
)
def test_a_position_is_read_as_it_is_written(text: str) -> None:
    found = shape_of(text)
    assert (found.x, found.y) == pytest.approx((121.85, 29.9), abs=1e-7)


def test_positions_are_a_line_or_an_area() -> None:
    corners = "121.85, 29.9; 121.86, 29.9;\n121.86, 29.91"
    assert shape_of("121.85, 29.9; 121.86, 29.9").geom_type == "LineString"
    assert shape_of(corners).geom_type == "Polygon"
    assert shape_of(corners, is_line=True).geom_type == "LineString"
    for wrong in ("", "x", "1", "1,2,3", "nan, 3", "121.85, 99", "200, 29.9", "POINT (500 3)", "storeys > 3",
                  "0,0; 1,1; 1,0; 0,1", "POLYGON ((0 0, 1 1))", "1e400, 3"):  # fmt: skip
        with pytest.raises(InvalidQuery):
            shape_of(wrong)


@pytest.mark.django_db
def test_lengths_areas_and_bearings_are_those_of_the_ellipsoid() -> None:
    line = shape_of("121.80, 29.90; 121.81, 29.93; 121.83, 29.93", is_line=True)
    area = shape_of("121.80, 29.90; 121.81, 29.93; 121.83, 29.93")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT ST_Length(l::geography), ST_Area(a::geography), ST_Perimeter(a::geography),"
            " degrees(ST_Azimuth(ST_StartPoint(l)::geography, ST_PointN(l, 2)::geography))"
            " FROM (SELECT ST_GeomFromText(%s, 4490) AS l, ST_GeomFromText(%s, 4490) AS a) AS s",
            [line.wkt, area.wkt],
        )
        length, size, around, bearing = cursor.fetchone()
    found, flat = measures(line, 0, PLANNER), measures(area, 0, PLANNER)
    assert found.length == pytest.approx(length, rel=1e-6)
    assert sum(leg.metres for leg in found.legs) == pytest.approx(length, rel=1e-6)
    assert found.legs[0].bearing == pytest.approx(bearing, abs=1e-3)
    assert found.area is None
    assert flat.area == pytest.approx(size, rel=1e-6)
    assert flat.length == pytest.approx(around, rel=1e-6)
    circle = measures(shape_of("121.85, 29.9"), 200, PLANNER)
    assert circle.area == pytest.approx(3.14159265 * 200**2, rel=1e-3)
    north = figures(shape_of("121.85, 29.9; 121.8499999, 29.91"), 0, PLANNER)
    assert [leg["bearing"] for leg in north["legs"]] == ["0.0°"], "there is no bearing of 360°"
    mixed = shape_of(
        "GEOMETRYCOLLECTION (MULTIPOINT ((121.8 29.9)), MULTILINESTRING ((121.8 29.9, 121.8 29.91)))"
    )
    assert len(measures(mixed, 0, PLANNER).legs) == 1
    with pytest.raises(InvalidQuery):
        measures(line, 1e9, PLANNER)


@pytest.mark.django_db
def test_the_profile_tells_how_the_ground_rises_along_a_line(tmp_path: Path) -> None:
    load(geotiff(tmp_path / "dtm.tif"), source="survey")
    west, east, lat = WEST + 0.002, WEST + 0.012, NORTH - 0.01
    found = profile(shape_of(f"{west}, {lat}; {east}, {lat}; {west}, {lat}", is_line=True), PLANNER)
    assert found is not None
    metres, heights = np.array([spot[0] for spot in found.spots]), found.known
    assert np.diff(metres) == pytest.approx(np.full(59, metres[-1] / 59), rel=1e-6)
    low, high = (float(slope(np.array(lon), np.array(lat))) for lon in (west, east))
    assert [heights[0], heights[-1]] == pytest.approx([low, low], abs=0.05)
    assert found.climb == pytest.approx(high - low, rel=0.02)
    assert found.fall == pytest.approx(high - low, rel=0.02)
    assert profile(shape_of("10, 10; 10.1, 10"), PLANNER) is None


@pytest.fixture
def planner(district: SmallDistrict) -> Client:
    client = client_of("planner")
    client.defaults["HTTP_ACCEPT"] = "text/html"
    return client


def said(response: Any, status: int = 200) -> str:
    text: str = response.content.decode()
    assert response.status_code == status, text[:2000]
    return text


@pytest.mark.django_db
def test_a_shape_is_measured_kept_and_asked_with(planner: Client) -> None:
    corners = f"{LON - 0.0001}, {LAT - 0.0001}; {LON + 0.0005}, {LAT - 0.0001}; {LON + 0.0005}, {LAT + 0.0005}; {LON - 0.0001}, {LAT + 0.0005}"
    html = said(planner.get(f"{HERE}?{urlencode({'shape': corners})}"))
    assert "面积" in html
    assert "3,8" in html  # 57.9 m by 66.5 m
    kept = planner.post(HERE, {"action": "keep", "title": "地块甲", "shape": corners, "metres": "0"})[
        "Location"
    ]
    assert "地块甲" in said(planner.get(kept))
    sketch = Sketch.objects.get()
    condition = unescape(said(planner.get(kept)).split('name="text" value="')[1].split('"')[0])
    assert from_text(condition)
    there = planner.post("/workbench/", {"layer": "buildings", "action": "text", "text": condition})[
        "Location"
    ]
    assert parse_qs(urlsplit(there).query)["filter"] == [condition]
    row = {"layer": "buildings", "0-kind": "shape", "0-sketch": str(sketch.pk), "action": "show"}
    assert planner.post("/workbench/", row)["Location"] == there
    html = said(planner.get(there))
    assert '<tr data-id="' in html
    assert html.count("<tr data-id=") == Building.objects.count() - 1
    wide = {**row, "0-sketch": "", "0-text": f"{LON}, {LAT}", "0-metres": "300"}
    far = planner.post("/workbench/", wide)["Location"]
    assert parse_qs(urlsplit(far).query)["filter"] == [f"s_dwithin(geometry, POINT({LON} {LAT}), 300)"]
    assert said(planner.get(far)).count("<tr data-id=") == Building.objects.count()
    drawn = {"layer": "buildings", "text": "storeys > 7", "shape": f"POINT ({LON} {LAT})", "metres": "50", "action": "drawn"}  # fmt: skip
    narrowed = planner.post("/workbench/", drawn)["Location"]
    assert parse_qs(urlsplit(narrowed).query)["filter"][0].startswith("storeys > 7 AND s_dwithin(geometry")
    assert said(planner.post("/workbench/", {**drawn, "shape": "x"}), 400).count('role="alert"') == 1
    measured = planner.post(HERE, {**drawn, "action": "measure"})["Location"]
    assert "7,8" in said(planner.get(measured))  # square metres of a circle of 50 m


@pytest.mark.django_db
def test_nobody_else_sees_or_deletes_a_shape(planner: Client) -> None:
    planner.post(HERE, {"action": "keep", "title": "地块甲", "shape": "121.85, 29.9", "metres": "20"})
    pk = Sketch.objects.get().pk
    other = client_of("administrator")
    assert "地块甲" not in said(other.get(HERE, headers={"accept": "text/html"}))
    assert other.get(f"{HERE}?sketch={pk}").status_code == 404
    assert other.post(HERE, {"action": "delete", "sketch": pk}).status_code == 404
    assert client_of("officer").get(HERE).status_code == 404
    assert planner.post(HERE, {"action": "delete", "sketch": pk}).status_code == 302
    assert not Sketch.objects.exists()


@pytest.mark.django_db
def test_what_is_wrong_with_a_shape_is_said_beside_the_form(planner: Client) -> None:
    for words in (
        {"shape": "x"},
        {"shape": "121.85, 29.9", "metres": "many"},
        {"shape": "121.85, 29.9", "metres": "-3"},
    ):
        html = said(planner.get(f"{HERE}?{urlencode(words)}"), 400)
        assert 'role="alert"' in html
        assert 'name="shape"' in html
    good = {"action": "keep", "title": "甲", "shape": "121.85, 29.9", "metres": "0"}
    for wrong in ({"title": ""}, {"title": "x" * 121}, {"shape": "9"}):
        html = said(planner.post(HERE, {**good, **wrong}), 400)
        assert 'role="alert"' in html
    long = said(planner.post(HERE, {**good, "title": "x" * 121}), 400)
    assert f'value="{"x" * 121}"' in long, "what was typed is there again"
    assert planner.post(HERE, {"action": "magic"}).status_code == 400
    assert planner.get(f"{HERE}?no=1&shape={quote('121.85,29.9')}").status_code == 400
