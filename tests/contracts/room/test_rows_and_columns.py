"""A room that is added by settings alone is found at every door and shows what it may."""

import csv
import io
import json
from typing import Any

import psycopg2
import pytest
from PIL import Image

from tests.contracts.room.installation import (
    COSTS,
    INNER,
    ONE,
    OWN,
    PLACES,
    PUBLIC,
    ROLES,
    THREE,
    TWO,
    WORK,
    Installation,
    is_inside,
    seen,
)
from tests.district import tile_at


@pytest.mark.parametrize("role", ROLES)
def test_export_and_catalogue_hold_the_rows_and_columns_of_the_audience(
    role: str, room: Installation
) -> None:
    columns = PUBLIC | (INNER if is_inside(role) else set())
    entry = next(e for e in room.json("/layers/", role)["layers"] if e["name"] == "benches")
    assert ({a["name"] for a in entry["attributes"]}, entry["count"]) == (columns, len(seen(role)))
    assert (entry["group_title"], entry["list"]) == ("街道家具", "/street/benches/")
    table = room.text("/layers/benches/export.csv", role).removeprefix("\ufeff")
    rows = {row["code"]: row for row in csv.DictReader(io.StringIO(table))}
    assert set(rows) == seen(role)
    features = room.json("/layers/benches/export.geojson", role)["features"]
    for row in [*rows.values(), *(feature["properties"] for feature in features)]:
        assert columns <= set(row) <= columns | {"id", "source", "is_generated", "lon", "lat"}
        own = row["code"] in OWN.get(role, set())
        assert str(row.get("repair_cost") or "") == (str(COSTS[row["code"]]) if own else "")
        assert bool(row.get("keeper_phone")) == own


@pytest.mark.parametrize("role", ROLES)
def test_tiles_hold_the_rows_and_columns_of_the_audience(role: str, room: Installation) -> None:
    shown = room.tile(ONE, role) | room.tile(THREE, role)
    assert set(shown) == seen(role)
    for code, properties in shown.items():
        assert properties.get("repair_cost") == (COSTS[code] if code in OWN.get(role, set()) else None)
        assert "keeper_phone" not in properties
    described = room.json("/tiles/benches.json", role)["vector_layers"][0]["fields"]
    assert set(described) == {"code", "material"} | ({"repair_cost"} if is_inside(role) else set())


@pytest.mark.parametrize("role", ROLES)
def test_search_place_card_and_pages_show_the_rows_and_columns_of_the_audience(
    role: str, room: Installation
) -> None:
    assert {r["title"] for r in room.json("/search/?q=jieyi", role)["results"]} == seen(role)
    near = room.json("/place/?lon=121.8405&lat=29.9", role)["sections"]
    assert [i["title"] for s in near if s["layer"] == "benches" for i in s["items"]] == [ONE, TWO]
    listed = room.json("/street/benches/", role)
    headings = ["编号", "材质", *(["维修费用"] if is_inside(role) else [])]
    assert (listed["headings"], listed["total"]) == (headings, len(seen(role)))
    assert [i["title"] for i in listed["items"]] == sorted(seen(role), reverse=True)
    assert {i["title"] for i in room.json("/street/benches/?material=stone", role)["items"]} == {TWO}
    for code, pk in room.benches.items():
        for address in (f"/place/benches/{pk}/", f"/street/benches/{pk}/"):
            if code not in seen(role):
                assert room.ask(address, role)[0] == 404
                continue
            shown = room.text(address, role)
            own = code in OWN.get(role, set())
            assert (f"{COSTS[code]}" in shown, "1380000000" in shown) == (own, own), (address, role)


@pytest.mark.parametrize("role", ROLES)
def test_collections_hold_the_rows_and_columns_of_the_audience(role: str, room: Installation) -> None:
    columns = PUBLIC | (INNER if is_inside(role) else set())
    items = {
        f["properties"]["code"]: f for f in room.json("/ogc/collections/benches/items", role)["features"]
    }
    assert set(items) == seen(role)
    for code, feature in items.items():
        properties, own = feature["properties"], code in OWN.get(role, set())
        assert set(properties) == columns | {"source", "is_generated"}
        assert properties.get("repair_cost") == (COSTS[code] if own else None)
        assert bool(properties.get("keeper_phone")) == own
    queryables = room.json("/ogc/collections/benches/queryables", role)["properties"]
    assert set(queryables) == columns - {"keeper_phone"} | {"geometry"}


@pytest.mark.parametrize("role", ROLES)
def test_public_doors_show_everybody_what_is_public(role: str, room: Installation) -> None:
    assert is_drawn(room, ONE, role)
    assert not is_drawn(room, THREE, role)
    assert "街椅" in room.text("/mapproxy/wmts/1.0.0/WMTSCapabilities.xml", role)
    assert {"benches:point", "benches:label"} <= {
        p["id"] for p in room.json("/styles/benches.json", role)["layers"]
    }
    assert "benches:point" in {part["id"] for part in room.json("/styles/city.json", role)["layers"]}


@pytest.mark.parametrize("role", ROLES)
def test_a_layer_of_the_room_for_departments_exists_for_nobody_else(role: str, room: Installation) -> None:
    inside = is_inside(role)
    for address in (
        "/layers/bench-repairs/export.csv",
        "/layers/bench-repairs/export.geojson",
        "/street/repairs/",
        "/street/repairs/1/",
        "/place/bench-repairs/1/",
        "/search/?q=genghuan&layers=bench-repairs",
        "/ogc/collections/bench-repairs/items",
    ):
        status, content = room.ask(address, role)
        assert status == (200 if inside else 404), address
        assert (WORK in content.decode() or json.dumps(WORK).strip('"') in content.decode()) == inside, (
            address
        )
    names = {entry["name"] for entry in room.json("/layers/", role)["layers"]}
    assert ("bench-repairs" in names) == inside
    card = room.text(f"/place/benches/{room.benches[ONE]}/", role)
    assert ("bench-repairs" in card) == inside
    links = [part.split('"')[0] for part in room.text("/layers/", role, "text/html").split('<a href="')]
    entries = [
        link for link in links if link in {"/food/", "/street/benches/", "/street/repairs/", "/cases/"}
    ]
    assert (
        entries[:4]
        == ["/food/", "/street/benches/", *(["/street/repairs/"] if inside else []), "/cases/"][:4]
    )


def test_readings_of_the_personal_column_are_on_record(room: Installation) -> None:
    with psycopg2.connect(room.database) as connection, connection.cursor() as cursor:
        cursor.execute("DELETE FROM registry_accesslogentry")
        connection.commit()
        for role in ROLES:
            room.text("/layers/benches/export.csv", role)
            room.text("/street/benches/", role)  # which does not show it
        cursor.execute("SELECT who, layer, rows FROM registry_accesslogentry ORDER BY who")
        found = {(who, layer): set(rows) for who, layer, rows in cursor.fetchall()}
    connection.close()
    assert found == {(role, "benches"): {room.benches[code] for code in codes} for role, codes in OWN.items()}


def is_drawn(room: Installation, code: str, role: str) -> bool:
    status, content = room.ask(
        f"/mapproxy/tiles/1.0.0/benches/webmercator/{tile_at(14, *PLACES[code])}.png", role
    )
    assert status == 200
    colors: Any = Image.open(io.BytesIO(content)).convert("RGBA").getcolors(256 * 256) or []
    # Colours of a palette come close to what was drawn.
    return any(
        alpha > 250 and max(abs(r), abs(g - 0xAA), abs(b - 0x55)) < 8 for _, (r, g, b, alpha) in colors
    )
