"""Positions as files write them: angles, offset systems, swapped columns, shapes in cells, unnamed systems."""

import json
import re
from pathlib import Path

import geopandas
import numpy as np
import pyproj
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely import box

from importers.crs import china_offsets, transformation
from importers.crs.candidates import candidates, distance_and_direction
from importers.crs.coordinate_text import axis_of, parse_angle
from importers.errors import ImporterError
from layers import coordinates
from layers.base.models import Address, Building, Division, PointOfInterest
from tests.district import point, square
from tests.importers.making import HOUSE, load, package, reasons
from tests.offsets import wgs84_to_bd09

DISTRICT = (121.64, 29.71, 122.18, 30.0)
longitudes, latitudes = st.floats(70, 140), st.floats(0.5, 56)


@pytest.mark.parametrize(
    ("text", "degrees"),
    [
        ("29.9", 29.9),
        ("29,9", 29.9),
        ("-121.5", -121.5),
        ("29°54′", 29.9),
        ("N29°54′", 29.9),
        ("29°54'36.5\"N", 29.910138889),
        ("北纬29度54分36秒", 29.91),
        ("东经121°50′", 121.833333333),
        ("121 50 24 W", -121.84),
        ("29:54:36", 29.91),
        ("２９°５４′", 29.9),
        ("0295436N", 29.91),
        ("1d05m30.6s S", -1.091833333),
        ("1 05 30.6-", -1.091833333),
    ],
)
def test_angles_are_read_as_people_write_them(text: str, degrees: float) -> None:
    assert parse_angle(text) == pytest.approx(degrees, abs=1e-9)


@pytest.mark.parametrize(
    "text", ["", "north", "29°60′", "29 54 60", "29.5 30", "-29N", "91N", "181", "1 2 3 4", "35 51 020"]
)
def test_what_is_no_angle_is_said_to_be_none(text: str) -> None:
    with pytest.raises(ValueError, match="“"):
        parse_angle(text)


@given(st.integers(0, 89), st.integers(0, 59), st.integers(0, 5999), st.sampled_from("NS"))
def test_degrees_minutes_and_seconds_come_back(
    degrees: int, minutes: int, hundredths: int, side: str
) -> None:
    text = f"{degrees}°{minutes}′{hundredths / 100:.2f}″{side}"
    expected = degrees + minutes / 60 + hundredths / 360_000
    assert parse_angle(text) == pytest.approx(expected if side == "N" else -expected, abs=1e-9)
    assert axis_of(text) == "lat"


@given(longitudes, latitudes)
def test_offsets_agree_with_the_plain_formulas_and_come_back_within_half_a_metre(
    lon: float, lat: float
) -> None:
    here = np.array([[lon, lat]])
    for there, plain, back in (
        (china_offsets.wgs84_to_gcj02, coordinates.wgs84_to_gcj02, china_offsets.gcj02_to_wgs84),
        (
            lambda xy: china_offsets.gcj02_to_bd09(china_offsets.wgs84_to_gcj02(xy)),
            wgs84_to_bd09,
            china_offsets.bd09_to_wgs84,
        ),
    ):
        moved = there(here)
        assert moved[0] == pytest.approx(plain(lon, lat), abs=1e-9)
        half_a_metre = 0.5 / 111_320
        if 72.024 <= lon <= 137.8147 and 0.8493 <= lat <= 55.8071:  # the offset's box, 0.02 degrees smaller
            assert back(moved)[0] == pytest.approx((lon, lat), abs=half_a_metre)


def test_offsets_agree_with_other_people_s_cities(real_data: Path) -> None:
    cities = json.loads((real_data / "china-cities.json").read_text())
    assert len(cities) > 300
    for city in cities:
        found = china_offsets.wgs84_to_gcj02(np.array([city["coords"]["WGS84"]], dtype=float))[0]
        assert found == pytest.approx(city["coords"]["GCJ02"], abs=1 / 90_000)


@pytest.mark.parametrize(
    ("bounds", "named", "swapped"),
    [
        ((380000, 3290000, 400000, 3310000), "EPSG:4550", False),
        ((41380000, 3290000, 41400000, 3310000), "EPSG:4529", False),
        ((3290000, 380000, 3310000, 400000), "EPSG:4550", True),
        ((121.8, 29.8, 121.9, 29.9), "gcj02", False),
        ((29.8, 121.8, 29.9, 121.9), "EPSG:4490", True),
    ],
)
def test_candidates_are_those_that_land_in_the_district(
    bounds: tuple[float, float, float, float], named: str, swapped: bool
) -> None:
    within = {c.name: c.swapped for c in candidates(bounds, DISTRICT) if c.away == 0}
    assert within[named] is swapped


@pytest.fixture
def beilun(db: None) -> None:
    Division.objects.create(
        code="330206000000", name="北仑区", level="district", geom=square(121.7, 29.8, 0.3)
    )


def test_a_file_without_a_system_is_told_where_it_might_lie(beilun: None, tmp_path: Path) -> None:
    path = package(tmp_path / "h.gpkg", crs="EPSG:4549")
    geopandas.read_file(path).set_crs(None, allow_override=True).to_file(tmp_path / "n.gpkg", driver="GPKG")
    with pytest.raises(ImporterError, match="as EPSG:4549 within the district"):
        load(tmp_path / "n.gpkg")


def test_what_lies_outside_the_district_is_held_back_with_its_place(beilun: None, tmp_path: Path) -> None:
    report = load(
        package(tmp_path / "h.gpkg", [box(121.84, 29.9, 121.841, 29.901), box(7.4, 43.7, 7.41, 43.71)])
    )
    assert reasons(report) == {2: "lies outside the district"}
    assert report.problem_rows[0].place is not None
    assert (
        load(package(tmp_path / "m.gpkg", [box(7.4, 43.7, 7.41, 43.71)]), anywhere=True).counts()["added"]
        == 1
    )


@pytest.mark.parametrize(
    ("headings", "cells"),
    [
        ("lon,lat", "121°50′24″E,29°54′N"),
        ("lon,lat", "29.9,121.84"),
        ("lon,lat", "N29°54′,E121°50′24″"),
        ("经度,纬度", "东经121度50分24秒,北纬29度54分"),
        ("wkt", "POINT (121.84 29.9)"),
        ("wkt", "SRID=4490;POINT (121.84 29.9)"),
        ("geojson", '"{""type"": ""Point"", ""coordinates"": [121.84, 29.9]}"'),
    ],
)
def test_a_table_s_positions_are_found_however_they_are_written(
    beilun: None, tmp_path: Path, headings: str, cells: str
) -> None:
    path = tmp_path / "p.csv"
    path.write_text(f"name,category,{headings}\n新碶药店,药店,{cells}\n")
    load(path, "pois", source_crs="EPSG:4490")
    assert PointOfInterest.objects.get().geom.coords == pytest.approx((121.84, 29.9), abs=1e-9)  # type: ignore[union-attr]


def test_cells_that_hold_no_position_are_held_back(beilun: None, tmp_path: Path) -> None:
    path = tmp_path / "p.csv"
    path.write_text("name,category,lon,lat\nA,药店,121.84,29.9\nB,药店,here,29.9\nC,药店,121.84,\n")
    report = load(path, "pois", source_crs="EPSG:4490")
    assert set(reasons(report)) == {2, 3}
    assert report.problem_rows[0].values == {"name": "B", "category": "药店", "lon": "here", "lat": "29.9"}


def test_curves_are_made_plain(real_data: Path, db: None) -> None:
    report = load(real_data / "hard" / "curved_polys.gpkg")
    assert report.counts()["added"] == 4 == report.counts()["repaired"]
    assert Building.objects.filter(geom__isvalid=True).count() == 4


@pytest.mark.parametrize(
    ("place", "kilometres", "direction"),
    [
        ((122.18 + 1, 29.8, 124, 29.9), 96.6, "east"),  # a degree of longitude here is 97 km and none of 111
        ((121.7, 31.0, 121.8, 31.5), 110.9, "north"),
        ((118.0, 29.5, 121.0, 29.6), 63.1, "west"),
        ((121.9, 29.5, 122.5, 29.9), 0, ""),
    ],
)
def test_how_far_away_data_would_lie_is_measured_on_the_globe(
    place: tuple[float, float, float, float], kilometres: float, direction: str
) -> None:
    away, towards = distance_and_direction(place, DISTRICT)
    assert away == pytest.approx(kilometres, abs=0.1)
    assert towards == direction


def test_coordinates_beyond_all_numbers_are_held_back(real_data: Path, db: None) -> None:
    """Though the file spells the datum of WGS 84 in a way of its own."""
    report = load(
        real_data / "hard" / "invalid_coordinates.shp",
        "pois",
        values={"category": "tree", "theme": "leisure"},
    )
    assert reasons(report) == {1: "lies outside the world; check the reference system"}
    assert report.counts()["added"] == 0


def test_a_datum_spelt_otherwise_is_known_by_its_name_and_measures() -> None:
    spelt = (
        pyproj.CRS.from_epsg(4326).to_wkt("WKT1_GDAL").replace('DATUM["WGS_1984"', 'DATUM["World 84 [6326]"')
    )
    spelt = re.sub(r',AUTHORITY\["EPSG","\d+"\]', "", spelt)
    assert transformation.find_transformation(spelt, lambda: (121.0, 29.0, 122.0, 30.0)).name == "EPSG:4326"
    other = spelt.replace("298.257223563", "298.3")
    with pytest.raises(ImporterError, match="zero-shift"):
        transformation.find_transformation(other, lambda: (121.0, 29.0, 122.0, 30.0))


def test_a_row_without_a_sensible_position_does_not_hide_where_the_others_lie(
    db: None, tmp_path: Path
) -> None:
    away = shapely.Point(-1.79e308, -1.79e308)
    at = pyproj.Transformer.from_crs(4490, 4549, always_xy=True).transform(121.84, 29.9)
    path = tmp_path / "p.gpkg"
    columns = {"name": ["A", "B"], "category": ["药店"] * 2}
    geopandas.GeoDataFrame(columns, geometry=[away, shapely.Point(at)], crs="EPSG:4549").to_file(path)
    report = load(path, "pois")
    assert reasons(report) == {1: "lies outside the world; check the reference system"}
    assert report.counts()["added"] == 1
    nowhere = tmp_path / "n.gpkg"
    geopandas.GeoDataFrame(columns, geometry=[away, away], crs="EPSG:4610").to_file(nowhere)
    with pytest.raises(ImporterError, match="positions do not fit EPSG:4610"):
        load(nowhere, "pois")


def test_a_table_of_addresses_is_placed_by_the_district_s_own(beilun: None, tmp_path: Path) -> None:
    for number in (1, 3):
        Address.objects.create(
            full=f"北仑区新碶街道泰山路{number}号",
            road="泰山路",
            number=str(number),
            geom=point(121.84 + number / 1000, 29.9),
        )
    path = tmp_path / "p.csv"
    rows = ["北仑区新碶街道泰山路1号", "浙江省宁波市北仑区新碶泰山路 3 号", "北仑区新碶街道泰山路9号", "大碶"]
    path.write_text("name,category,地址\n" + "".join(f"店{n},药店,{text}\n" for n, text in enumerate(rows)))
    report = load(path, "pois")
    placed = dict(PointOfInterest.objects.values_list("name", "geom"))
    assert {name: round(at.x, 4) for name, at in placed.items() if at} == {"店0": 121.841, "店1": 121.843}
    assert set(reasons(report)) == {3, 4}
    [alike] = [each for each in report.problem_rows if not each.held]
    assert "泰山路3号" in alike.problems[0].done
    assert load(path, "pois", source_crs="EPSG:4550").counts()["unchanged"] == 2


def test_cityjson_becomes_footprints_with_heights(real_data: Path, db: None) -> None:
    report = load(real_data / "3dbag_sub.city.json", anywhere=True)
    assert report.counts()["added"] == 26
    houses = Building.objects.filter(height__gt=2)
    assert houses.count() == 26
    assert {round(house.geom.centroid.y, 1) for house in houses} == {51.8}


def test_areas_that_lie_on_one_another_are_told(db: None, tmp_path: Path) -> None:
    report = load(package(tmp_path / "h.gpkg", [HOUSE, HOUSE]))
    assert report.counts()["added"] == 2
    assert [(each.row, each.problems[0].wrong) for each in report.problem_rows] == [
        (2, "has the same geometry as row 1")
    ]


def test_check_digits_are_checked(db: None, tmp_path: Path) -> None:
    path = tmp_path / "p.csv"
    path.write_text(
        "business_id,name,统一社会信用代码,lon,lat\n1,A,91330206MA2AEXAMPL,121.8,29.9\n2,B,91110000600037341L,121.8,29.9\n"
    )
    wrong = reasons(load(path, "food-premises", source_crs="EPSG:4490"))
    assert "credit code" in wrong[1]
    assert set(wrong) == {1}
    areas = tmp_path / "d.gpkg"
    package(
        areas,
        [HOUSE, HOUSE],
        code=["330206002001", "330206002000"],
        name=["x", "y"],
        level=["subdistrict"] * 2,
    )
    assert "ends with 3 zeros" in reasons(load(areas, "divisions"))[1]
