"""Real cities and real registers, each loaded whole and then seen on the map."""

import gzip
from pathlib import Path

import mapbox_vector_tile
import pyrosm
import pytest
from django.core.management import call_command
from django.test import Client

from layers.agencies.models import Department
from layers.base.models import Building, PointOfInterest, Road
from layers.enforcement.models import EnforcementCase
from layers.foodsafety.models import Inspection, Premises
from tests.district import tile_at

pytestmark = pytest.mark.django_db

HELSINKI = Path(pyrosm.__file__).parent / "data" / "Helsinki.osm.pbf"


def heights_at(lon: float, lat: float) -> list[float]:
    response = Client().get(
        f"/tiles/buildings/{tile_at(15, lon, lat)}.pbf", headers={"accept-encoding": "gzip"}
    )
    assert response.status_code == 200
    features = mapbox_vector_tile.decode(gzip.decompress(response.content))["buildings"]["features"]
    return [f["properties"]["height"] for f in features if "height" in f["properties"]]


def test_monaco_loads_with_its_heights(real_data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("import_osm", real_data / "monaco.osm.pbf")
    said = capsys.readouterr().out
    assert "1,459 multipolygons read" in said
    assert "2,623 lines read" in said
    assert Building.objects.count() == 1207
    measured = Building.objects.filter(height_source__startswith="实测").count()
    assert measured == 35
    from_storeys = Building.objects.filter(height_source__startswith="层数")
    assert from_storeys.exists()
    assert all(b.height == (b.storeys or 0) * 3 for b in from_storeys)
    assert Road.objects.count() > 2000
    assert PointOfInterest.objects.values("theme").distinct().count() == 8
    assert max(heights_at(7.4197, 43.7340)) > 20
    call_command("import_osm", real_data / "monaco.osm.pbf")
    assert Building.objects.count() == 1207


def test_helsinki_loads_and_what_cannot_is_listed(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("import_osm", HELSINKI)
    said = capsys.readouterr().out
    assert "3,818 lines read" in said
    assert "8,045 points read" in said
    assert "held back" in said
    assert Building.objects.count() > 300
    assert heights_at(24.9384, 60.1699)


def test_the_measured_buildings_of_tokyo_stand_in_3d(real_data: Path) -> None:
    call_command(
        "import_layer",
        real_data / "plateau_tokyo_minato_buildings.parquet",
        "--layer",
        "buildings",
        "--accept-valid",
    )
    assert Building.objects.count() == 28106
    assert not Building.objects.filter(height=None).exists()
    assert max(heights_at(139.7454, 35.6586)) > 30


def test_san_francisco_s_premises_and_inspections_become_layers(real_data: Path) -> None:
    call_command("import_layer", real_data / "sf_food" / "sf_businesses.csv", "--layer", "food-premises")
    call_command(
        "import_layer",
        real_data / "sf_food" / "sf_inspections.csv",
        "--layer",
        "food-inspections",
        "--accept-valid",
        "--visibility",
        "public",
    )
    assert Premises.objects.count() == 6399
    assert Premises.objects.filter(geom=None).exists()
    assert Inspection.objects.count() == 14231  # two of the 14,233 rows repeat a visit
    assert Client().get("/tiles/food-inspections/" + tile_at(14, -122.42, 37.78) + ".pbf").status_code == 200


def test_new_york_s_requests_become_cases(real_data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Department.objects.create(code="DOHMH", name="卫生局")
    call_command(
        "import_layer",
        real_data / "nyc_311_dohmh.csv",
        "--layer",
        "enforcement-cases",
        "--accept-valid",
        "--visibility",
        "public",
    )
    assert "5,895 read, 5,894 added, 1 held" in capsys.readouterr().out
    assert EnforcementCase.objects.filter(state="closed").count() > 2000
    assert Client().get("/tiles/enforcement-cases/" + tile_at(12, -73.95, 40.72) + ".pbf").status_code == 200


def test_a_department_s_gbk_table_with_offset_coordinates_lands_where_the_map_has_it(real_data: Path) -> None:
    call_command(
        "import_layer", real_data / "ningbo_poi_gcj02_gbk.csv", "--layer", "pois", "--source-crs", "gcj02"
    )
    school = PointOfInterest.objects.get(name="宁波效实中学")
    assert school.theme == "learning"
    assert school.geom is not None
    assert school.geom.coords == pytest.approx((121.5245, 29.8748), abs=2e-3)
