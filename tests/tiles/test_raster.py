"""Raster maps drawn by MapServer and kept by MapProxy: right places, right audience, fresh after a change."""

import io
import json
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.contrib.gis.geos import LineString, MultiLineString, MultiPolygon, Polygon
from django.db import connection
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from mapproxy.config.validator import validate
from PIL import Image

from layers.base.models import Address, Building, LandUse, Road, Water
from layers.coordinates import STORE_SRID, WEB_HALF, lonlat_to_web, web_to_lonlat
from layers.registry.registration import all_layers
from tests.district import LAT, LON, SmallDistrict, point, square, tile_at
from tests.effort import tries
from tiles.invalidation.synchronization import synchronize, worker_lock
from tiles.raster.configuration import configuration, folder, tiles_folder, write_files
from tiles.raster.mapfile import font_list
from tiles.seeding import seed_raster

pytestmark = pytest.mark.django_db(transaction=True)


def kind_of(layer: str) -> str:
    return "webp" if layer == "basemap-webp" else "png"


def picture(
    client: Client, layer: str, zoom: int, lon: float = LON + 0.0002, lat: float = LAT + 0.0002
) -> Image.Image:
    kind = kind_of(layer)
    response = client.get(f"/mapproxy/tiles/1.0.0/{layer}/webmercator/{tile_at(zoom, lon, lat)}.{kind}")
    assert response.status_code == 200, response.content
    assert response["Content-Type"] == f"image/{kind}"
    assert response["Cache-Control"] == "public, no-cache"
    assert "Access-Control-Allow-Origin" not in response  # the front says it of all doors alike
    return Image.open(io.BytesIO(response.content)).convert("RGBA")


def near(image: Image.Image, code: str, tolerance: int = 12) -> Any:
    """Rows and columns of the pixels that have about this colour, as a table of yes and no."""
    wanted = tuple(int(code[i : i + 2], 16) for i in (1, 3, 5))
    pixels = np.asarray(image).astype(int)
    return (abs(pixels[..., :3] - wanted) <= tolerance).all(axis=2) & (pixels[..., 3] > 200)


def has_color(image: Image.Image, code: str, tolerance: int = 12) -> bool:
    return bool(near(image, code, tolerance).any())


def mosaic(client: Client, layer: str, zoom: int, west: float, east: float, lat: float) -> Image.Image:
    """The tiles between two longitudes at a latitude, whole meta-tiles of four, with two more rows on either side."""
    (first, row), (last, _) = (map(int, tile_at(zoom, lon, lat).split("/")[1:]) for lon in (west, east))
    columns = range(first // 4 * 4, last // 4 * 4 + 4)
    whole = Image.new("RGBA", (256 * len(columns), 256 * 5))
    for place, column in enumerate(columns):
        for line in range(5):
            address = f"/mapproxy/tiles/1.0.0/{layer}/webmercator/{zoom}/{column}/{row - 2 + line}.png"
            tile = Image.open(io.BytesIO(client.get(address).content)).convert("RGBA")
            whole.paste(tile, (256 * place, 256 * line))
    return whole


def test_the_configuration_satisfies_mapproxys_own_validator(committed_district: SmallDistrict) -> None:
    assert validate(configuration()) == []


def test_the_base_map_shows_buildings_roads_and_chinese_names(
    committed_district: SmallDistrict, client: Client
) -> None:
    image = picture(client, "basemap", 17)
    assert has_color(image, "#cfd6df")
    assert has_color(picture(client, "basemap", 17, LON, LAT - 0.0005), "#f6d08b")
    assert has_color(image, "#3b3a36", 60)


def test_the_base_map_of_pages_is_the_same_in_less_than_half_of_the_bytes(
    committed_district: SmallDistrict, client: Client, own_data_folder: Path
) -> None:
    plain = np.asarray(picture(client, "basemap", 17)).astype(int)
    small = np.asarray(picture(client, "basemap-webp", 17)).astype(int)
    assert abs(plain - small).mean() < 3
    bytes_of = {
        kind: sum(path.stat().st_size for path in rasters(own_data_folder, kind)) for kind in ("png", "webp")
    }
    assert 0 < bytes_of["webp"] < 0.5 * bytes_of["png"]


def test_an_area_over_several_meta_tiles_is_named_once(
    committed_district: SmallDistrict, client: Client
) -> None:
    Water.objects.all().delete()
    shore = Polygon.from_bbox((LON - 0.15, LAT - 0.01, LON + 0.15, LAT + 0.01))
    Water.objects.create(kind="lake", name="大湖", geom=MultiPolygon(shore, srid=STORE_SRID))
    image = mosaic(client, "water", 14, LON - 0.15, LON + 0.15, LAT)
    rows, columns = np.nonzero(near(image, "#3d6d8c", 50))
    assert image.width >= 4 * 1024
    assert rows.size
    assert np.ptp(columns) < 60
    assert np.ptp(rows) < 30


def test_no_name_is_cut_where_meta_tiles_meet(committed_district: SmallDistrict, client: Client) -> None:
    for number in range(40):
        west = LON - 0.1 + 0.005 * number
        way = LineString((west, LAT), (west + 0.0045, LAT), srid=STORE_SRID)
        name = f"滨海新城第{number}快速通道"
        Road.objects.create(name=name, road_class="primary", geom=MultiLineString(way, srid=STORE_SRID))
    ink = near(mosaic(client, "roads", 16, LON - 0.08, LON + 0.08, LAT), "#3b3a36", 60).any(axis=0)
    named = [bool(ink[start : start + 1024].any()) for start in range(0, ink.size, 1024)]
    assert all(named)
    assert not [edge for edge in range(1024, ink.size, 1024) if ink[edge - 3 : edge + 3].any()]


def test_a_person_s_case_is_drawn_at_its_cell_and_not_at_its_place(
    committed_district: SmallDistrict, client: Client
) -> None:
    case = next(c for c in committed_district.cases if c.party_kind == "person" and c.visibility == 0)
    for other in committed_district.cases:
        if other.pk != case.pk:
            other.delete()
    case.geom = point(LON + 0.0055, LAT + 0.0075)
    case.save()
    case.refresh_from_db()
    assert case.public_geom
    there = picture(client, "enforcement-cases", 18, case.geom.x, case.geom.y)
    cell = picture(client, "enforcement-cases", 18, case.public_geom.x, case.public_geom.y)
    assert there.getbbox() is None or not has_color(there, "#5f7f95")
    assert has_color(cell, "#5f7f95")


def rasters(folder: Path, kind: str = "png") -> set[Path]:
    return set(folder.rglob(f"*.{kind}"))


@pytest.mark.parametrize("layer", ["basemap", "basemap-webp"])
def test_a_change_removes_the_meta_tiles_it_touches_and_no_others(
    layer: str, committed_district: SmallDistrict, client: Client, own_data_folder: Path
) -> None:
    kind = kind_of(layer)
    before = picture(client, layer, 16)
    picture(client, layer, 16, LON + 1, LAT)
    kept = rasters(own_data_folder, kind)
    assert len(kept) == 32
    LandUse.objects.create(kind="forest", geom=square(LON + 0.0005, LAT + 0.0005, 0.001))
    assert picture(client, layer, 16).tobytes() != before.tobytes()
    times = {path: path.stat().st_mtime_ns for path in kept}
    LandUse.objects.all().delete()
    with worker_lock(wait=True):
        synchronize()
    gone = kept - rasters(own_data_folder, kind)
    assert len(gone) == 16
    assert all(path.stat().st_mtime_ns == times[path] for path in kept - gone)


def test_a_change_within_the_render_buffer_of_a_meta_tile_removes_it(
    committed_district: SmallDistrict, client: Client, own_data_folder: Path
) -> None:
    """A label may reach over from there."""
    picture(client, "basemap", 16)
    kept = rasters(own_data_folder)
    columns = {int(path.parent.name) for path in kept}
    size = 2 * WEB_HALF / 2**16
    east = -WEB_HALF + (max(columns) + 1) * size
    lon, lat = web_to_lonlat(east + 60 / 256 * size, lonlat_to_web(LON, LAT)[1])
    far, _ = web_to_lonlat(east + 80 / 256 * size, 0)
    with worker_lock(wait=True):
        Address.objects.create(full="远", geom=point(far, lat))
        LandUse.objects.create(kind="park", geom=square(far, lat, 0.0001))
        synchronize()
        assert rasters(own_data_folder) == kept
        LandUse.objects.create(kind="park", geom=square(lon, lat, 0.0001))
        synchronize()
    assert not rasters(own_data_folder)


def test_a_kept_picture_is_closed_once_it_is_sent(
    committed_district: SmallDistrict, client: Client, recwarn: pytest.WarningsRecorder
) -> None:
    for _ in range(3):
        picture(client, "basemap", 16)
    left_open = [str(warned.message) for warned in recwarn if warned.category is ResourceWarning]
    assert not [said for said in left_open if ".png" in said]


def test_services_name_public_layers_in_both_languages(
    committed_district: SmallDistrict, client: Client
) -> None:
    capabilities = client.get("/mapproxy/wmts/1.0.0/WMTSCapabilities.xml").content.decode()
    for layer in all_layers():
        if layer.has_geometry:
            assert f"{layer.title.zh} / {layer.title.en}" in capabilities
    box = f"{LON},{LAT},{LON + 0.01},{LAT + 0.01}"
    wms = client.get(
        f"/mapproxy/service?SERVICE=WMS&VERSION=1.1.1&REQUEST=GetMap&LAYERS=basemap&STYLES=&SRS=EPSG:4326&BBOX={box}&WIDTH=200&HEIGHT=200&FORMAT=image/png"
    )
    assert wms["Content-Type"] == "image/png"
    assert client.get("/mapproxy/").status_code == 302


def test_seeding_passes_over_what_is_there(committed_district: SmallDistrict) -> None:
    box = Building.objects.get(pk=committed_district.building.pk).geom_3857.extent
    assert seed_raster(["basemap"], range(14, 16), box) == 2
    assert seed_raster(["basemap"], range(14, 16), box) == 0


def test_files_that_mapserver_reads_are_whole_while_others_write_them(
    committed_district: SmallDistrict,
) -> None:
    write_files()
    files = [font_list(), *(folder() / name for name in ("geoportal.map", "mapserver.conf"))]
    whole = [path.read_bytes() for path in files]
    stop = threading.Event()

    def write() -> None:
        while not stop.is_set():
            write_files()
        connection.close()

    with ThreadPoolExecutor(2) as pool:
        writing = [pool.submit(write) for _ in range(2)]
        try:
            for _ in range(5_000):
                assert [path.read_bytes() for path in files] == whole
        finally:
            stop.set()
        for each in writing:
            each.result()
    assert {path.name for path in folder().glob("*.*")} == {"geoportal.map", "mapserver.conf"}


def test_a_map_that_cannot_be_drawn_is_said_to_be_so_and_drawn_again_later(
    committed_district: SmallDistrict, client: Client
) -> None:
    picture(client, "basemap", 17)
    broken = folder() / "geoportal.map"
    said = broken.read_text()
    asked = [
        f"/mapproxy/tiles/1.0.0/roads/webmercator/{tile_at(16)}.png",
        f"/mapproxy/wmts/roads/webmercator/{tile_at(16)}.png",
        "/mapproxy/service?SERVICE=WMS&VERSION=1.1.1&REQUEST=GetMap&LAYERS=roads&STYLES=&SRS=EPSG:4326"
        f"&BBOX={LON},{LAT},{LON + 0.01},{LAT + 0.01}&WIDTH=256&HEIGHT=256&FORMAT=image/png",
    ]
    broken.write_text("MAP NONSENSE")
    try:
        for path in asked:
            response = client.get(path)
            assert (response.status_code, response["Retry-After"]) == (502, "5"), path
            form = "xml" if "service" in path else "json"
            assert form in response["Content-Type"]
            assert "请稍后再试" in (
                json.loads(response.content)["error"] if form == "json" else response.text
            )
    finally:
        broken.write_text(said)
    for path in asked:
        assert client.get(path)["Content-Type"] == "image/png"


@settings(
    max_examples=tries(160),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    derandomize=True,
)
@given(
    st.dictionaries(
        st.sampled_from(
            [
                "SERVICE",
                "REQUEST",
                "VERSION",
                "LAYERS",
                "SRS",
                "CRS",
                "BBOX",
                "WIDTH",
                "HEIGHT",
                "FORMAT",
                "STYLES",
                "TILEMATRIX",
                "TILEROW",
                "TILECOL",
                "X",
                "Y",
                "QUERY_LAYERS",
            ]
        ),
        st.sampled_from(
            [
                "WMS",
                "WMTS",
                "GetMap",
                "GetTile",
                "GetFeatureInfo",
                "1.1.1",
                "1.3.0",
                "basemap",
                "x",
                "-1",
                "99999999",
                "EPSG:3857",
                "EPSG:0",
                "0,0,1,1",
                "1,1,0,0",
                "nan,0,0,0",
                "image/png",
                "image/x",
            ]
        ),
    )
)
def test_no_request_of_the_raster_services_breaks_them(
    committed_district: SmallDistrict, query: dict[str, str]
) -> None:
    response = Client().get("/mapproxy/service", query)
    assert response.status_code < 500
    if response["Content-Type"] == "application/json":
        assert json.loads(response.content)["error"]


@pytest.mark.parametrize(
    ("query", "named"),
    [
        ("BBOX=1,2,nan,4", "BBOX"),
        ("BBOX=1,2,3", "BBOX"),
        ("WIDTH=0", "WIDTH"),
        ("height=1e3", "height"),
        ("BGCOLOR=red", "BGCOLOR"),
        ("TILECOL=-1", "TILECOL"),
    ],
)
def test_a_number_that_is_none_is_named(query: str, named: str, client: Client) -> None:
    response = client.get(f"/mapproxy/service?SERVICE=WMS&REQUEST=GetMap&{query}")
    assert response.status_code == 400
    assert f"“{named}”" in response.content.decode()
    assert response.content.endswith(b"</ServiceException></ServiceExceptionReport>")


def test_a_fault_of_the_map_service_is_not_called_the_visitor_s(
    committed_district: SmallDistrict, client: Client
) -> None:
    address = f"/mapproxy/tiles/1.0.0/buildings/webmercator/{tile_at(16)}.png"
    tiles_folder().mkdir(parents=True)
    (tiles_folder() / "buildings").write_text("no folder for tiles")
    response = client.get(address)
    assert response.status_code == 500
    assert "request could not be understood" not in response.content.decode()
