"""GDAL reads the layers through OGC API – Features: all rows, with their type of geometry, in the district's metres."""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from layers.base.models import Building
from tests.district import LAT, LON, SmallDistrict, square
from tests.portal_server import portal_server

SECONDS = 120


@pytest.fixture
def address(committed_district: SmallDistrict, tmp_path: Path) -> Iterator[str]:
    Building.objects.bulk_create(
        Building(use="rural", geom=square(LON + n / 5000, LAT, 0.0001)) for n in range(1500)
    )
    data = tmp_path / "data"
    data.mkdir()
    (data / "fonts").symlink_to(Path(settings.DATA) / "fonts")
    with portal_server(data) as portal:
        yield f"OAPIF:{portal.url}/ogc"


def gdal(*words: str) -> str:
    done = subprocess.run(words, capture_output=True, text=True, timeout=SECONDS, check=False)
    assert done.returncode == 0, done.stderr
    assert "ERROR" not in done.stderr
    return done.stdout


def test_gdal_reads_every_row_where_it_lies(address: str, tmp_path: Path) -> None:
    assert "Geometry: Point" in gdal("ogrinfo", "-so", address, "food-premises")  # one of them lies nowhere
    assert "Geometry: Multi Polygon" in gdal("ogrinfo", "-so", address, "buildings")
    out = tmp_path / "buildings.geojson"
    gdal("ogr2ogr", "-f", "GeoJSON", str(out), address, "buildings")
    features: Any = json.loads(out.read_text())["features"]
    shapes = {json.dumps(feature["geometry"]) for feature in features}
    assert len(shapes) == len(features) == Building.objects.count()
    chosen = gdal("ogrinfo", "-so", "-where", "use = 'office'", address, "buildings")
    assert "Feature Count: 1" in chosen
    near = gdal(
        "ogrinfo",
        "-so",
        "-spat",
        str(LON),
        str(LAT),
        str(LON + 0.0001),
        str(LAT + 0.0001),
        address,
        "buildings",
    )
    assert "Feature Count: 2" in near
