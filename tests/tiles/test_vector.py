"""Vector tiles hold the exact geometry, snapped to the tile's grid, with primary keys as feature ids."""

import gzip
import itertools
import json
import re
from typing import Any

import mapbox_vector_tile
import pytest
import shapely
from django.contrib.gis.geos import MultiPolygon, Polygon
from django.db import connection
from django.test import Client

from layers.base.models import Building, Water
from layers.coordinates import STORE_SRID
from layers.registry.access.layer_query import viewer_cursor
from layers.registry.audience import PUBLIC_VIEWER
from layers.registry.registration import all_layers, get_layer
from tests.district import LAT, LON, SmallDistrict, tile_at
from tiles.scheme import EXTENT, Tile, tiles_over
from tiles.vector.mvt import MAX_BYTES, render, tile_sql
from tiles.vector.styles import style

pytestmark = pytest.mark.django_db


def decode(content: bytes) -> dict[str, Any]:
    found: dict[str, Any] = mapbox_vector_tile.decode(content, default_options={"y_coord_down": True})
    return found


def tile(zoom: int, lon: float = LON + 0.0002, lat: float = LAT + 0.0002) -> Tile:
    return Tile(*(int(part) for part in tile_at(zoom, lon, lat).split("/")))


@pytest.mark.parametrize("zoom", [12, 13, 14, 15, 16])
def test_polygons_equal_the_exact_clipping_of_postgis(zoom: int, district: SmallDistrict) -> None:
    hole = Polygon.from_bbox((LON - 0.004, LAT - 0.004, LON + 0.006, LAT + 0.006)).coords[0]
    inner = Polygon.from_bbox((LON - 0.001, LAT - 0.001, LON + 0.003, LAT + 0.003)).coords[0]
    Water.objects.create(kind="lake", geom=MultiPolygon(Polygon(hole, inner), srid=STORE_SRID))
    Water.objects.create(
        kind="sea",
        geom=MultiPolygon(Polygon.from_bbox((LON - 3, LAT - 3, LON + 3, LAT + 3)), srid=STORE_SRID),
    )
    asked = tile(zoom)
    drawn = decode(render([get_layer("water", PUBLIC_VIEWER)], asked, PUBLIC_VIEWER).content)["water"][
        "features"
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, ST_AsText(ST_AsMVTGeom(geom_3857, ST_MakeEnvelope(%s, %s, %s, %s, 3857), 4096, 64, true)) "
            "FROM base_water",
            asked.box,
        )
        exact = {pk: shapely.from_wkt(text) for pk, text in cursor.fetchall() if text}
    shown = {f["id"]: shapely.geometry.shape(f["geometry"]) for f in drawn}
    assert set(shown) == {pk for pk, shape in exact.items() if shape.area > 64}
    for pk, shape in shown.items():
        assert shape.is_valid
        assert shape.symmetric_difference(exact[pk]).area <= max(1.0, exact[pk].area * 1e-6)


def test_outer_rings_are_wound_as_the_specification_says(district: SmallDistrict) -> None:
    for zoom in (13, 16):
        drawing = render([get_layer("buildings", PUBLIC_VIEWER)], tile(zoom), PUBLIC_VIEWER)
        features = decode(drawing.content)["buildings"]["features"]
        for feature in features:
            ring = feature["geometry"]["coordinates"][0]
            # y grows downwards in a tile, where clockwise rings have a positive area by the surveyor's formula.
            area = sum(x0 * y1 - x1 * y0 for (x0, y0), (x1, y1) in itertools.pairwise(ring))
            assert area > 0


def test_ids_are_primary_keys_and_heights_travel_along(district: SmallDistrict) -> None:
    drawing = render([get_layer("buildings", PUBLIC_VIEWER)], tile(15), PUBLIC_VIEWER)
    features = decode(drawing.content)["buildings"]["features"]
    heights = {f["id"]: f["properties"]["height"] for f in features}
    assert heights == dict(Building.objects.values_list("pk", "height"))


def test_several_layers_come_in_one_tile(client: Client, district: SmallDistrict) -> None:
    response = client.get(
        f"/tiles/roads,buildings,roads/{tile_at(14)}.pbf", headers={"accept-encoding": "gzip"}
    )
    assert set(decode(gzip.decompress(response.content))) == {"buildings", "roads"}


def test_an_unchanged_tile_is_not_sent_again(client: Client, district: SmallDistrict) -> None:
    address = f"/tiles/buildings/{tile_at(14)}.pbf"
    first = client.get(address)
    assert first.status_code == 200
    assert client.get(address, headers={"if-none-match": first["ETag"]}).status_code == 304
    packed = client.get(address, headers={"accept-encoding": "gzip"})
    refused = client.get(address, headers={"accept-encoding": "gzip;q=0"})
    assert not refused.has_header("Content-Encoding")
    assert packed["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.content) == first.content
    head = client.head(address)
    assert head.status_code == 200
    assert head["ETag"] == first["ETag"]
    assert "no-cache" in first["Cache-Control"]


def test_where_there_is_nothing_the_answer_is_empty(client: Client, district: SmallDistrict) -> None:
    assert client.get("/tiles/buildings/14/0/0.pbf").status_code == 204


def test_no_tile_is_larger_than_half_a_megabyte(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO base_pointofinterest (name, name_en, theme, category, address, phone, geom)
            SELECT repeat('名称', 60) || n, repeat('Name ', 25) || n, 'food', '餐馆', '', '',
                ST_SetSRID(ST_MakePoint(121.84 + (n % 100) * 0.00016, 29.90 + (n / 100) * 0.00016), 4490)
            FROM generate_series(1, 6000) AS n"""
        )
    layer = get_layer("pois", PUBLIC_VIEWER)
    for zoom in (13, 14, 15):
        asked = tile(zoom, 121.845, 29.902)
        with viewer_cursor(PUBLIC_VIEWER) as cursor:
            cursor.execute(tile_sql([layer], asked, PUBLIC_VIEWER))
            assert len(cursor.fetchone()[0]) > MAX_BYTES
        assert 0 < len(render([layer], asked, PUBLIC_VIEWER).content) <= MAX_BYTES


@pytest.mark.parametrize("zoom", [12, 14, 16])
def test_an_area_over_many_tiles_is_named_in_one_of_them(zoom: int, district: SmallDistrict) -> None:
    lake = Water.objects.create(
        kind="lake",
        name="大湖",
        name_en="Large Lake",
        geom=MultiPolygon(
            Polygon.from_bbox((LON - 0.05, LAT - 0.05, LON + 0.05, LAT + 0.05)), srid=STORE_SRID
        ),
    )
    with connection.cursor() as cursor:
        cursor.execute("SELECT ST_Extent(geom_3857) FROM base_water WHERE id = %s", [lake.pk])
        west, south, east, north = map(float, re.findall(r"[-\d.]+", cursor.fetchone()[0]))
    layer = get_layer("water", PUBLIC_VIEWER)
    spanned = tiles_over((west, south, east, north), zoom)
    named = [
        (asked, feature)
        for asked in spanned
        for feature in decode(render([layer], asked, PUBLIC_VIEWER).content).get(
            "water.labels", {"features": []}
        )["features"]
        if feature["id"] == lake.pk
    ]
    ((asked, feature),) = named
    assert len(spanned) > 1
    assert feature["properties"] == {"name": "大湖", "name_en": "Large Lake"}
    x, y = feature["geometry"]["coordinates"]
    at = shapely.Point(asked.box[0] + x * asked.size / EXTENT, asked.box[3] - y * asked.size / EXTENT)
    assert shapely.box(west, south, east, north).contains(at)
    part = next(p for p in style("water", [layer], "/")["layers"] if p["id"] == "water:label")
    assert part["source-layer"] == "water.labels"


def test_tilejson_and_styles_describe_every_layer(client: Client, district: SmallDistrict) -> None:
    for layer in all_layers():
        if not layer.has_geometry:
            continue
        described = json.loads(client.get(f"/tiles/{layer.name}.json").content)
        assert described["tilejson"] == "3.0.0"
        assert described["vector_layers"][0]["id"] == layer.name
        drawn = json.loads(client.get(f"/styles/{layer.name}.json").content)
        known = {each["id"] for each in described["vector_layers"]}
        assert {part["source-layer"] for part in drawn["layers"] if "source" in part} <= known
        used = {part.get("source") for part in drawn["layers"]} - {None}
        assert used == set(drawn["sources"])
        assert "glyphs" not in drawn
    city = json.loads(client.get("/styles/city.json").content)
    assert any(part["type"] == "fill-extrusion" for part in city["layers"])


def test_houses_lie_flat_where_a_program_cannot_raise_them(client: Client, district: SmallDistrict) -> None:
    drawn = json.loads(client.get("/styles/buildings.json").content)["layers"]
    kinds = {part["id"]: part["type"] for part in drawn}
    order = list(kinds)
    assert (kinds["buildings:fill"], kinds["buildings:extrusion"]) == ("fill", "fill-extrusion")
    assert order.index("buildings:fill") < order.index("buildings:extrusion")
    colors = {part["type"]: part["paint"].get(f"{part['type']}-color") for part in drawn}
    assert colors["fill"] == colors["fill-extrusion"]


def test_houses_hide_the_names_of_the_streets_behind_them(client: Client, district: SmallDistrict) -> None:
    city = json.loads(client.get("/styles/city.json").content)
    order = [part["id"] for part in city["layers"]]
    assert order.index("roads:line") < order.index("roads:label") < order.index("buildings:extrusion")
    assert order.index("buildings:extrusion") < order.index("services:point") < order.index("services:label")
    streets = city["layers"][order.index("roads:label")]
    assert streets["layout"]["text-pitch-alignment"] == "viewport"


def test_a_division_is_named_at_the_zooms_at_which_it_fits_the_screen(
    client: Client, district: SmallDistrict
) -> None:
    city = json.loads(client.get("/styles/city.json").content)
    labels = {part["id"]: part for part in city["layers"] if part["type"] == "symbol"}
    limits = ["match", ["get", "level"], "district", 10, "subdistrict", 15, 30]
    assert labels["divisions:label"]["filter"] == ["<", ["zoom"], limits]
    assert "filter" not in labels["roads:label"]


def test_the_tiles_over_a_box_cover_it_and_no_more() -> None:
    box = Tile(14, 100, 200).box
    inside = (box[0] + 1, box[1] + 1, box[2] - 1, box[3] - 1)
    assert tiles_over(inside, 14) == [Tile(14, 100, 200)]
    assert len(tiles_over(inside, 16)) == 16
    assert EXTENT == 4096
