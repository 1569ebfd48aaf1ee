"""Heights as tiles: what the model says, without cracks or steps, for the whole pyramid, and never stale."""

import gzip
import io
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.db import ProgrammingError
from django.test import Client
from PIL import Image
from rasterio.transform import from_origin

from importers.layer_import import undo_import
from importers.models import Import
from layers.base.models import Division
from layers.registry.access.layer_query import viewer_cursor
from layers.registry.audience import PUBLIC_VIEWER, Audience
from layers.registry.database.publication import publish
from layers.registry.registration import register, unregister
from layers.terrain import grid
from tests.district import LAT, LON, SmallDistrict, tile_at
from tests.importers.making import layer
from tests.importers.rasters import SIDE, STEP, WEST, Grid, geotiff, heights_of, load, slope
from tests.people import VIEWERS, client_of
from tiles.cache import heartbeat
from tiles.invalidation.synchronization import synchronize

pytestmark = pytest.mark.django_db
DEEPEST = 13
"""The zoom of pixels of about 20 m."""


def decoded(content: bytes) -> Grid:
    red, green, blue = np.moveaxis(np.asarray(Image.open(io.BytesIO(content))).astype(float), -1, 0)
    found: Grid = red * 256 + green + blue / 256 - 32768
    return found


def tile(address: str, client: Client | None = None) -> Grid:
    response = (client or client_of("public")).get(f"/tiles/terrain/{address}.png")
    assert (response.status_code, response["Content-Type"]) == (200, "image/png")
    return decoded(response.content)


def described() -> Any:
    return client_of("public").get("/tiles/terrain.heights.json").json()


def middle() -> tuple[int, int]:
    _z, x, y = map(int, tile_at(DEEPEST).split("/"))
    return x, y


def test_a_tile_has_the_heights_of_the_model(tmp_path: Path) -> None:
    load(geotiff(tmp_path / "d.tif"))
    z, x, y = map(int, tile_at(DEEPEST).split("/"))
    found = tile(f"{z}/{x}/{y}")
    column, row = grid.place(LON, LAT, z)
    height = found[round(row) - y * 256, round(column) - x * 256]
    expected = 10 + (LON - WEST) * 2000 + (LAT - (29.92 - SIDE * STEP)) * 1000
    assert height == pytest.approx(expected, abs=0.3)


def test_neighbouring_tiles_meet_without_a_step(tmp_path: Path) -> None:
    steps = (np.arange(600) + 0.5) * STEP
    plane = slope(*np.meshgrid(121.78 + steps, 29.96 - steps)).astype(np.float32)
    load(geotiff(tmp_path / "d.tif", plane, transform=from_origin(121.78, 29.96, STEP, STEP)))
    x, y = middle()
    ours, east, south = (tile(f"{DEEPEST}/{x + dx}/{y + dy}") for dx, dy in ((0, 0), (1, 0), (0, 1)))
    for edge, other, inner in (
        (ours[:, -1], east[:, 0], ours[:, -2]),
        (ours[-1], south[0], ours[-2]),
    ):
        assert other - edge == pytest.approx(edge - inner, abs=0.02)


def test_where_nothing_is_known_the_ground_goes_on_and_falls_to_the_sea_without_a_cliff(
    tmp_path: Path,
) -> None:
    heights = np.full((SIDE, SIDE), 100, np.float32)
    heights[90:110, 90:110] = -1
    load(geotiff(tmp_path / "d.tif", heights, nodata=-1))
    x, y = middle()
    around = np.block(
        [
            [tile_or_sea(f"{DEEPEST}/{x + dx}/{y + dy}") for dx in (-2, -1, 0, 1, 2)]
            for dy in (-2, -1, 0, 1, 2)
        ]
    )
    assert np.abs(np.diff(around, axis=0)).max() < 5
    assert np.abs(np.diff(around, axis=1)).max() < 5
    assert around.max() == pytest.approx(100, abs=0.01)
    assert around.min() == 0
    hole = around[256 * 2 : 256 * 3, 256 * 2 : 256 * 3]
    column, row = grid.place(WEST + 100 * STEP, 29.92 - 100 * STEP, DEEPEST)
    assert hole[round(row) - y * 256, round(column) - x * 256] == pytest.approx(100, abs=1)


def tile_or_sea(address: str) -> Grid:
    response = client_of("public").get(f"/tiles/terrain/{address}.png")
    return np.zeros((256, 256)) if response.status_code == 204 else decoded(response.content)


def test_every_zoom_shows_the_mean_and_beyond_the_deepest_there_is_nothing(tmp_path: Path) -> None:
    load(geotiff(tmp_path / "d.tif", np.full((SIDE, SIDE), 50, np.int16)))
    said = described()
    assert (said["maxzoom"], said["encoding"], said["tileSize"]) == (DEEPEST, "terrarium", 256)
    for zoom in range(said["minzoom"], DEEPEST + 1):
        assert tile(tile_at(zoom)).max() == pytest.approx(50, abs=0.01)
    response = client_of("public").get(f"/tiles/terrain/{tile_at(DEEPEST + 1)}.png")
    assert response.status_code == 404
    assert "最大级别为 13" in response.json()["error"]
    west, south, east, north = said["bounds"]
    assert west < WEST < east
    assert south < 29.9 < north


def test_the_finer_of_two_sources_lies_on_top(tmp_path: Path) -> None:
    wide = from_origin(121.7, 30.0, 0.001, 0.001)
    load(geotiff(tmp_path / "c.tif", np.full((300, 300), 20, np.int16), transform=wide))
    load(geotiff(tmp_path / "d.tif", np.full((SIDE, SIDE), 50, np.int16)))
    found = np.concatenate([tile(f"{DEEPEST}/{middle()[0] + dx}/{middle()[1]}") for dx in (-1, 0, 1)], axis=1)
    assert set(np.unique(found).round()) == {20, 50}


def test_answers_are_kept_and_renewed_when_the_ground_changes(
    transactional_db: None, own_data_folder: Path, tmp_path: Path
) -> None:
    heartbeat.beat()
    load(geotiff(tmp_path / "d.tif"), source="survey")
    synchronize()
    client, address = client_of("public"), f"/tiles/terrain/{tile_at(DEEPEST)}.png"
    first = client.get(address)
    assert client.get(address, headers={"if-none-match": first["ETag"]}).status_code == 304
    kept = list((own_data_folder / "tiles" / "public" / "terrain~heights").rglob("*.pbf.gz"))
    assert len(kept) == 1
    assert gzip.decompress(kept[0].read_bytes()) == first.content
    newer = load(geotiff(tmp_path / "e.tif", heights_of() + 5), source="survey")
    heartbeat.beat()
    synchronize()
    second = client.get(address)
    assert np.median(decoded(second.content) - decoded(first.content)) == pytest.approx(5, abs=0.02)
    undo_import(Import.objects.get(pk=newer.import_id or 0), layer("terrain"))
    heartbeat.beat()
    synchronize()
    assert client.get(address)["ETag"] == first["ETag"]


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("terrain/1/0/0", 404),  # nothing was loaded
        ("buildings/1/0/0", 404),
        ("no-such/1/0/0", 404),
        ("terrain/99/0/0", 404),
        ("terrain/1/2/0", 404),
        ("terrain/a/0/0", 400),
        ("terrain/-1/0/0", 400),
    ],
)
def test_wrong_addresses_are_answered_in_words(district: SmallDistrict, address: str, status: int) -> None:
    response = client_of("public").get(f"/tiles/{address}.png")
    assert response.status_code == status
    assert response.json()["error"]
    assert "矢量" not in response.json()["error"]


def test_without_terrain_its_description_is_not_found() -> None:
    response = client_of("public").get("/tiles/terrain.heights.json")
    assert response.status_code == 404
    assert "没有高程数据" in response.json()["error"]
    entry = next(e for e in client_of("public").get("/layers/").json()["layers"] if e["name"] == "terrain")
    assert (entry["count"], entry["shown"]) == (0, False)


def test_the_place_card_tells_the_elevation_with_source_and_datum(
    district: SmallDistrict, tmp_path: Path
) -> None:
    load(geotiff(tmp_path / "d.tif", np.full((SIDE, SIDE), 50, np.int16)), source="测绘队")
    client = client_of("public")
    place = client.get(f"/place/?lon={LON}&lat={LAT}", headers={"accept-language": "en"}).json()
    assert {"label": "Elevation", "value": "50.0 m · vertical datum: unknown · 测绘队"} in place["rows"]
    building = client.get(f"/place/buildings/{district.building.pk}/").json()
    assert any("50.0 m" in row["value"] for row in building["rows"])
    division = Division.objects.get(level="district").pk
    assert "50.0 m" not in json.dumps(client.get(f"/place/divisions/{division}/").json()["rows"])


@pytest.mark.parametrize("role", ["public", "citizen", "officer", "administrator"])
def test_heights_are_seen_by_whom_the_layer_is_for(tmp_path: Path, role: str) -> None:
    load(geotiff(tmp_path / "d.tif"))
    register(replace(layer("terrain"), name="inner-ground", audience=Audience.DEPARTMENT))
    try:
        publish()
        allowed = VIEWERS[role].audience >= Audience.DEPARTMENT
        client = client_of(role)
        drawn = client.get(f"/tiles/inner-ground/{tile_at(DEEPEST)}.png")
        assert drawn.status_code == (200 if allowed else 404)
        assert client.get("/tiles/inner-ground.heights.json").status_code == drawn.status_code
        if allowed:
            assert "public" not in drawn["Cache-Control"]
        place = client.get(f"/place/?lon={LON}&lat={LAT}").json()
        assert len(place["rows"]) == (2 if allowed else 1)
    finally:
        unregister("inner-ground")
        publish()


def test_the_public_role_reads_no_table_of_heights(tmp_path: Path) -> None:
    load(geotiff(tmp_path / "d.tif"))
    with viewer_cursor(PUBLIC_VIEWER) as cursor:
        cursor.execute('SELECT count(*) FROM for_public."terrain~heights"')
        assert cursor.fetchone()[0] > 0
    with pytest.raises(ProgrammingError), viewer_cursor(PUBLIC_VIEWER) as cursor:
        cursor.execute("SELECT count(*) FROM terrain_heighttile")
