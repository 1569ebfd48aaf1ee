"""Positions of offset maps are noticed by names and by what the district has itself, and asked about, never moved unasked."""

import json
from pathlib import Path
from typing import Any

import geopandas
import numpy as np
import pytest
import shapely
from django.contrib.gis.geos import GEOSGeometry

from importers.crs.china_offsets import gcj02_to_bd09, gcj02_to_wgs84, wgs84_to_gcj02
from importers.crs.offset_evidence import compare
from importers.errors import ImporterError
from layers.base.models import Building, Division, Road
from layers.coordinates import STORE_SRID
from tests.district import LAT, LON, square
from tests.importers.making import load, package

pytestmark = pytest.mark.django_db

DRAWN = {
    "true": lambda points: points,
    "gcj02": wgs84_to_gcj02,
    "bd09": lambda points: gcj02_to_bd09(wgs84_to_gcj02(points)),
}


@pytest.fixture
def streets() -> list[shapely.Geometry]:
    """Of ours, crooked, about two hundred metres apart."""
    found = []
    for number in range(30):
        bends = np.linspace(0, 0.05, 40)
        lon = LON + bends
        lat = LAT + number * 0.002 + 0.0006 * np.sin(bends * 900 + number * number)
        found.append(shapely.LineString(np.column_stack([lon, lat])))
    Road.objects.bulk_create(
        Road(name=f"r{n}", road_class="residential", geom=stored(shapely.MultiLineString([line])))
        for n, line in enumerate(found)
    )
    return found


def stored(shape: shapely.Geometry) -> Any:
    return GEOSGeometry(shape.wkt, srid=STORE_SRID)


def file_of(path: Path, shapes: list[Any], drawn: str, **columns: object) -> Path:
    moved = [shapely.transform(shape, DRAWN[drawn]) for shape in shapes]
    frame = geopandas.GeoDataFrame(
        {"name": [f"n{n}" for n in range(len(moved))], **columns}, geometry=moved, crs="EPSG:4326"
    )
    frame.to_file(path, **({"encoding": "utf-8"} if path.suffix == ".shp" else {}))
    return path


@pytest.mark.parametrize("ending", [".geojson", ".shp", ".gpkg", ".fgb"])
@pytest.mark.parametrize("drawn", ["gcj02", "bd09"])
def test_lines_that_fit_our_roads_only_as_offset_are_asked_about(
    drawn: str, ending: str, streets: list[Any], tmp_path: Path
) -> None:
    path = file_of(tmp_path / f"a{ending}", streets, drawn)
    with pytest.raises(
        ImporterError, match=rf"look offset.*from roads they are \d+ m away.*Enter {drawn} under"
    ):
        load(path, "roads", anywhere=True, values={"road_class": "residential"})
    report = load(path, "roads", source_crs=drawn, anywhere=True, values={"road_class": "residential"})
    assert report.loaded
    assert report.loaded.bounds == pytest.approx(tuple(shapely.total_bounds(streets)), abs=2e-6)


def test_true_lines_are_taken_and_what_was_measured_is_shown(streets: list[Any], tmp_path: Path) -> None:
    report = load(
        file_of(tmp_path / "高德.geojson", streets, "true"),
        "roads",
        anywhere=True,
        values={"road_class": "residential"},
    )
    assert report.counts()["added"] == 30
    assert any("from roads they are 0 m away as they stand" in note for note in report.notes)


def test_whoever_states_the_system_is_told_what_contradicts_it(streets: list[Any], tmp_path: Path) -> None:
    path = file_of(tmp_path / "a.geojson", streets, "gcj02")
    report = load(path, "roads", source_crs="EPSG:4490", anywhere=True, values={"road_class": "residential"})
    assert report.loaded
    assert report.loaded.bounds != pytest.approx(tuple(shapely.total_bounds(streets)), abs=1e-3)
    assert any("0 m as gcj02" in note for note in report.notes)


def test_areas_are_compared_with_edges_of_buildings_and_borders(tmp_path: Path) -> None:
    houses = [
        shapely.box(LON + x, LAT + y, LON + x + 0.0001 + x / 50, LAT + y + 0.00015)
        for x, y in np.random.default_rng(7).uniform(0, 0.03, (60, 2))
    ]
    Building.objects.bulk_create(Building(geom=stored(shapely.MultiPolygon([house]))) for house in houses)
    path = file_of(tmp_path / "a.geojson", houses, "gcj02", id=[f"h{n}" for n in range(60)])
    with pytest.raises(ImporterError, match=r"from buildings they are .* Enter gcj02"):
        load(path, anywhere=True)


def test_a_border_of_a_map_service_is_known_by_ours(tmp_path: Path) -> None:
    angles = np.linspace(0, 2 * np.pi, 400)
    radius = 0.1 + 0.01 * np.sin(angles * 17)
    border = shapely.Polygon(np.column_stack([LON + radius * np.cos(angles), LAT + radius * np.sin(angles)]))
    Division.objects.create(
        code="330206", name="北仑区", level="district", geom=stored(shapely.MultiPolygon([border]))
    )
    points = shapely.get_coordinates(border)
    assert (found := compare(wgs84_to_gcj02(points)))
    assert (found.best, found.is_clear) == ("gcj02", True)
    assert (found := compare(points))
    assert (found.best, found.is_clear) == ("", True)


@pytest.mark.parametrize(
    ("name", "columns", "system"),
    [
        ("高德POI.geojson", {}, "gcj02"),
        ("a.geojson", {"bd09_lng": [1.0, 2.0]}, "bd09"),
        ("areas.geojson", {"adcode": [1, 2], "parent": ["x", "y"], "acroutes": ["z", "z"]}, "gcj02"),
    ],
)
def test_names_that_speak_of_a_map_service_are_asked_about(
    name: str, columns: dict[str, Any], system: str, tmp_path: Path
) -> None:
    places = [shapely.Point(LON, LAT), shapely.Point(LON + 0.01, LAT)]
    path = file_of(tmp_path / name, places, "true", **columns)
    chosen: dict[str, Any] = {"anywhere": True, "values": {"theme": "food"}}
    with pytest.raises(ImporterError, match=rf"speaks of such a map\. Enter {system} under"):
        load(path, "pois", **chosen)
    assert load(path, "pois", source_crs="EPSG:4490", **chosen).counts()["added"] == 2


def test_a_word_that_only_ends_like_a_map_service_is_none(tmp_path: Path) -> None:
    path = file_of(tmp_path / "areamap.geojson", [shapely.Point(LON, LAT)], "true")
    assert load(path, "pois", anywhere=True, values={"theme": "food"}).counts()["added"] == 1


def test_nothing_is_said_where_nothing_can_be_compared(tmp_path: Path) -> None:
    Building.objects.create(geom=square(LON, LAT, 0.001))
    path = package(tmp_path / "a.gpkg", [shapely.Point(2.35, 48.85)] * 30)
    assert compare(np.array([[2.35, 48.85]] * 30)) is None
    assert compare(np.array([[LON, LAT]] * 5)) is None
    assert not [note for note in load(path, "pois", anywhere=True).notes if "compared" in note]


def test_the_border_that_a_map_service_gives_out_is_taken_only_with_its_system(
    real_data: Path, tmp_path: Path
) -> None:
    drawn = shapely.from_geojson((real_data / "beilun_boundary_gcj02.geojson").read_text())
    true = shapely.transform(drawn, gcj02_to_wgs84)
    Division.objects.create(code="330206", name="北仑区", level="district", geom=stored(true))
    content = {
        "type": "Feature",
        "properties": {"name": "x"},
        "geometry": json.loads(shapely.to_geojson(drawn)),
    }
    path = tmp_path / "border.geojson"
    path.write_text(json.dumps(content))
    with pytest.raises(
        ImporterError, match=r"from divisions they are 2\d\d m away as they stand, 0 m as gcj02"
    ):
        load(path, "land-use", values={"kind": "residential"}, anywhere=True)


@pytest.mark.parametrize(
    ("drawn", "remembered"), [("gcj02", "EPSG:4490"), ("true", "gcj02"), ("bd09", "gcj02")]
)
def test_a_system_that_was_said_of_the_last_file_answers_nothing_that_this_one_contradicts(
    drawn: str, remembered: str, streets: list[Any], tmp_path: Path
) -> None:
    wanted = {"true": "EPSG:4490"}.get(drawn, drawn)
    said = {"anywhere": True, "values": {"road_class": "residential"}, "source": "survey"}
    last = {"EPSG:4490": "true"}.get(remembered, remembered)
    load(file_of(tmp_path / "a.geojson", streets, last), "roads", source_crs=remembered, **said)
    with pytest.raises(
        ImporterError, match=rf"another system than.*Enter {wanted} under.*or {remembered} where"
    ):
        load(file_of(tmp_path / "b.geojson", streets, drawn), "roads", anywhere=True)
    report = load(tmp_path / "b.geojson", "roads", source_crs=wanted, **said)
    assert report.loaded
    assert report.loaded.bounds == pytest.approx(tuple(shapely.total_bounds(streets)), abs=2e-6)


def test_a_system_that_was_said_of_the_last_file_and_fits_is_taken(
    streets: list[Any], tmp_path: Path
) -> None:
    path = file_of(tmp_path / "a.geojson", streets, "gcj02")
    load(
        path,
        "roads",
        source_crs="gcj02",
        anywhere=True,
        values={"road_class": "residential"},
        source="survey",
    )
    report = load(path, "roads", anywhere=True)
    assert "mapped as the last file of this sender was" in report.notes
    assert report.counts()["unchanged"] == 30
