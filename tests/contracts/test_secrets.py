"""What may not leave the database: columns by their declarations, words by hand, looked for behind every door."""

import csv
import gzip
import io
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

import mapbox_vector_tile
import pytest
from django.test import Client

from layers.coordinates import WEB_HALF, web_to_lonlat
from layers.enforcement.models import EnforcementCase
from layers.registry.audience import Audience, Viewer
from layers.registry.declaration.layer import Layer
from layers.registry.registration import all_layers, list_pages
from tests.district import SHOWN_AT, SmallDistrict, tile_at
from tests.people import VIEWERS, client_of

pytestmark = pytest.mark.django_db
ROLES = list(VIEWERS)

WORDS_FROM_DEPARTMENT = ("秘密情况", "李娜", "0574-00002222", "王伟", "0574-00001111", "赵磊")
WORDS_FROM_RESTRICTED = ("330206190001010001", "0574-00003333")
CASES = "enforcement-cases"


def hidden(layer: Layer, viewer: Viewer) -> set[str]:
    return {attribute.name for attribute in layer.attributes if attribute.audience > viewer.audience}


def is_own(case: EnforcementCase, viewer: Viewer) -> bool:
    return viewer.audience == Audience.RESTRICTED or case.department.code in viewer.departments


def visible_cases(viewer: Viewer) -> dict[int, EnforcementCase]:
    """The rule in words: an own department's officer sees up to the department's rows, others what is theirs."""
    found = {}
    for case in EnforcementCase.objects.select_related("department"):
        ceiling = viewer.audience
        if viewer.audience == Audience.DEPARTMENT and not is_own(case, viewer):
            ceiling = Audience.SIGNED_IN
        if case.visibility <= ceiling:
            found[case.pk] = case
    return found


def expected_position(case: EnforcementCase, viewer: Viewer) -> tuple[float, float]:
    assert case.geom is not None
    if case.party_kind != "person" or is_own(case, viewer):
        return case.geom.x, case.geom.y
    return SHOWN_AT


def text(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200, (address, response.status_code)
    content = b"".join(response.streaming_content) if response.streaming else response.content  # type: ignore[attr-defined]
    return json.dumps(json.loads(content), ensure_ascii=False) if content[:1] in b"{[" else content.decode()


def everything(client: Client, viewer: Viewer) -> Iterator[tuple[str, str]]:
    """Door and the whole text behind it, for every layer and every case that the viewer sees."""
    for layer in all_layers():
        for address in (
            f"/layers/{layer.name}/export.geojson",
            f"/layers/{layer.name}/export.csv",
            f"/ogc/collections/{layer.name}/items?limit=1000",
        ):
            yield address, text(client, address)
        if layer.has_geometry:
            tile = client.get(f"/tiles/{layer.name}/{tile_at(16)}.pbf").content
            yield f"tile of {layer.name}", tile.decode(errors="replace")
        for pk in layer.model._default_manager.values_list("pk", flat=True):
            address = f"/place/{layer.name}/{pk}/"
            if client.get(address).status_code == 200:
                yield address, text(client, address)
    lists = [f"/{page.path}" for _layer, page in list_pages()]
    for address in (*lists, "/search/?q=占道&limit=100", "/search/?q=面馆"):
        yield address, text(client, address)
    for pk in visible_cases(viewer):
        yield f"/cases/{pk}/", text(client, f"/cases/{pk}/")
    for premises in ("海鲜面馆", "无址小吃"):
        yield premises, text(client, f"/food/?q={premises}")


@pytest.mark.parametrize("role", ROLES)
def test_every_door_names_the_same_columns_and_no_hidden_one(role: str, district: SmallDistrict) -> None:
    client, viewer = client_of(role), VIEWERS[role]
    catalogue = {entry["name"]: entry for entry in json.loads(text(client, "/layers/"))["layers"]}
    for layer in all_layers():
        declared = {attribute.name for attribute in layer.attributes}
        readable = declared - hidden(layer, viewer)
        assert {a["name"] for a in catalogue[layer.name]["attributes"]} == readable, layer.name
        heading = next(csv.reader(io.StringIO(text(client, f"/layers/{layer.name}/export.csv"))))
        place = {"lon", "lat"} if layer.has_geometry else set()
        heading[0] = heading[0].lstrip("\ufeff")
        assert set(heading) == readable | {"id", "source", "is_generated"} | place, layer.name
        queryable = json.loads(text(client, f"/ogc/collections/{layer.name}/queryables"))["properties"]
        personal = {attribute.name for attribute in layer.attributes if attribute.personal}
        assert set(queryable) - {"geometry"} == readable - personal, layer.name
        if layer.has_geometry:
            described = json.loads(text(client, f"/tiles/{layer.name}.json"))["vector_layers"][0]
            assert set(described["fields"]) <= readable, layer.name


@pytest.mark.parametrize("role", ROLES)
def test_no_door_says_a_hidden_word(role: str, district: SmallDistrict) -> None:
    client, viewer = client_of(role), VIEWERS[role]
    secrets = [
        *(WORDS_FROM_DEPARTMENT if viewer.audience < Audience.DEPARTMENT else ()),
        *(WORDS_FROM_RESTRICTED if viewer.audience < Audience.RESTRICTED else ()),
    ]
    own_names = {case.party_name for case in visible_cases(viewer).values() if is_own(case, viewer)}
    said = set()
    for door, content in everything(client, viewer):
        found = [word for word in secrets if word in content]
        assert not found, (door, found)
        names = set(re.findall(r"当事人\d+", content))
        assert names <= own_names, (door, names - own_names)
        said |= names
    assert said == own_names


@pytest.mark.parametrize("role", ROLES)
def test_hidden_words_find_nothing(role: str, district: SmallDistrict) -> None:
    client = client_of(role)
    closed = {layer.name for layer in all_layers() if hidden(layer, VIEWERS["public"])}
    for word in (*WORDS_FROM_DEPARTMENT, *WORDS_FROM_RESTRICTED, "dangshiren3", "当事人3"):
        results = json.loads(text(client, f"/search/?q={word}&limit=100"))["results"]
        listed = json.loads(text(client, f"/cases/?q={word}"))["items"]
        assert not [r for r in results if r["layer"] in closed and word.isascii()], word
        assert not listed, word


@pytest.mark.parametrize("role", ROLES)
def test_every_door_gives_a_case_the_same_position(role: str, district: SmallDistrict) -> None:
    client, viewer = client_of(role), VIEWERS[role]
    expected = {pk: expected_position(case, viewer) for pk, case in visible_cases(viewer).items()}
    assert_same(exported(client), expected)
    assert_same(found(client), expected)
    assert_same(in_tiles(client, expected), expected, tolerance=2e-6)
    assert_same(listed_by_the_open_api(client), expected)
    for pk, position in expected.items():
        card = json.loads(text(client, f"/place/{CASES}/{pk}/"))
        assert_same({pk: (card["lon"], card["lat"])}, {pk: position})
        assert_same({pk: tuple(card["geometry"]["coordinates"])}, {pk: position})
        assert card["bbox"] == pytest.approx([*position, *position], abs=1e-6)
    for lon, lat in expected.values():
        around = json.loads(text(client, f"/place/?lon={lon}&lat={lat}"))["sections"]
        near = next(section for section in around if section["layer"] == CASES)
        seen = {item["id"]: (item["lon"], item["lat"]) for item in near["items"]}
        assert_same(seen, {pk: expected[pk] for pk in seen})


@pytest.mark.parametrize("role", ROLES)
def test_the_extent_of_the_cases_is_that_of_their_shown_positions(role: str, district: SmallDistrict) -> None:
    viewer = VIEWERS[role]
    shown = [expected_position(case, viewer) for case in visible_cases(viewer).values()]
    west, south = (min(position[axis] for position in shown) for axis in (0, 1))
    east, north = (max(position[axis] for position in shown) for axis in (0, 1))
    entries = json.loads(text(client_of(role), "/layers/"))["layers"]
    extent = next(entry["extent"] for entry in entries if entry["name"] == CASES)
    # ST_Extent keeps single precision, rounded outwards.
    assert extent == pytest.approx([west, south, east, north], abs=2e-5)


def assert_same(
    seen: Mapping[int, tuple[float, ...]], expected: Mapping[int, tuple[float, ...]], tolerance: float = 1e-6
) -> None:
    assert set(seen) == set(expected)
    for pk, position in expected.items():
        assert seen[pk] == pytest.approx(position, abs=tolerance), pk


def exported(client: Client) -> dict[int, tuple[float, ...]]:
    features = json.loads(text(client, f"/layers/{CASES}/export.geojson"))["features"]
    table = text(client, f"/layers/{CASES}/export.csv").removeprefix("\ufeff")
    rows = {
        int(row["id"]): (float(row["lon"]), float(row["lat"])) for row in csv.DictReader(io.StringIO(table))
    }
    shapes = {f["id"]: tuple(f["geometry"]["coordinates"]) for f in features}
    assert_same(shapes, rows)
    return shapes


def found(client: Client) -> dict[int, tuple[float, ...]]:
    results = json.loads(text(client, f"/search/?q=占道&limit=100&layers={CASES}"))["results"]
    assert all(r["bbox"] == pytest.approx([r["lon"], r["lat"]] * 2, abs=1e-6) for r in results)
    return {r["id"]: (r["lon"], r["lat"]) for r in results}


def listed_by_the_open_api(client: Client) -> dict[int, tuple[float, ...]]:
    features = json.loads(text(client, f"/ogc/collections/{CASES}/items?limit=1000"))["features"]
    return {f["id"]: tuple(f["geometry"]["coordinates"]) for f in features}


def in_tiles(client: Client, expected: dict[int, tuple[float, float]]) -> dict[int, tuple[float, ...]]:
    seen: dict[int, tuple[float, ...]] = {}
    for tile in {tile_at(16, lon, lat) for lon, lat in expected.values()}:
        response = client.get(f"/tiles/{CASES}/{tile}.pbf", headers={"accept-encoding": "gzip"})
        content = mapbox_vector_tile.decode(
            gzip.decompress(response.content), default_options={"y_coord_down": True}
        )
        for feature in content[CASES]["features"]:
            seen[feature["id"]] = degrees(tile, feature["geometry"]["coordinates"])
    return seen


def degrees(tile: str, position: list[Any]) -> tuple[float, float]:
    zoom, column, row = (int(part) for part in tile.split("/"))
    size = 2 * WEB_HALF / 2**zoom
    x, y = position
    return web_to_lonlat(-WEB_HALF + (column + x / 4096) * size, WEB_HALF - (row + y / 4096) * size)
