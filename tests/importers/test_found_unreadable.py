"""Values that the database holds and nobody can show are left out with a word at every door, and nothing else is."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from layers.datasets.models import Dataset
from layers.jobs.models import Job, JobState
from tests.district import LAT, LON, tile_at
from tests.importers.making import load
from tests.importers.publishing import published
from tests.job_worker import work_off
from tests.people import client_of

pytestmark = pytest.mark.django_db(transaction=True)

PLANTED = {
    "seen": (
        "0001-12-31 15:54:17+00 BC",
        "0001-01-01 00:00:00+00",
        "9999-12-31 23:59:59+00",
        "294276-12-31 23:59:59+00",
        "infinity",
        "-infinity",
    ),
    "opened": ("infinity", "-infinity", "10000-01-01", "0001-01-01 BC", "5874897-12-31"),
    "size": ("Infinity", "-Infinity", "NaN"),
}
WORD = "a value that cannot be shown"


@pytest.fixture
def planted(folder: Path) -> list[tuple[str, int]]:
    """A layer with such values, one a row, as no file brings any more; and a row without one. The rows' fields."""
    cells = [field for field, values in PLANTED.items() for _ in values]
    path = folder / "a.csv"
    rows = [f"row {n},2020-01-01 10:00,2020-02-03,1.5,{LON + n / 1e5},{LAT}" for n in range(len(cells) + 1)]
    path.write_text("\n".join(["name,seen,opened,size,lon,lat", *rows]))
    published(path)
    table = f"datasets_{Dataset.objects.get().pk}"
    values = [value for values in PLANTED.values() for value in values]
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT id FROM {table} ORDER BY name <> 'row 0', id")
        sound, *keys = [key for (key,) in cursor.fetchall()]
        for field, value, key in zip(cells, values, keys, strict=True):
            cursor.execute(f'UPDATE {table} SET "{field}" = %s WHERE id = %s', [value, key])
    return [("", sound), *zip(cells, keys, strict=True)]


def asked(client: Client, address: str, **headers: str) -> Any:
    response = client.get(address, headers={"accept": "application/json", "accept-language": "en", **headers})
    assert response.status_code == 200, (address, response.content)
    content = b"".join(response) if response.streaming else response.content
    return json.loads(content, parse_constant=refuse)


def refuse(constant: str) -> None:
    raise AssertionError(f"{constant} is no JSON")


def test_the_place_card_says_so_in_the_place_of_the_value(
    planted: list[tuple[str, int]], client: Client
) -> None:
    for field, key in planted:
        found = asked(client, f"/place/found/{key}/")
        values = {fact["label"]: fact["value"] for fact in found["rows"]}
        assert [label for label, value in values.items() if value == WORD] == ([field] if field else []), key
        page = client.get(f"/place/found/{key}/", headers={"accept": "text/html"}).content.decode()
        assert ("无法显示的值" in page) is bool(field)


def test_other_layers_are_shown_beside_it(
    planted: list[tuple[str, int]], folder: Path, client: Client
) -> None:
    pois = folder / "p.csv"
    pois.write_text(f"名称,类别,lon,lat\n新碶药店,药店,{LON},{LAT}\n")
    load(pois, "pois", source_crs="EPSG:4490", anywhere=True)
    sections = {each["layer"]: each for each in asked(client, f"/place/?lon={LON}&lat={LAT}")["sections"]}
    assert [item["title"] for item in sections["pois"]["items"]] == ["新碶药店"]
    assert [item["title"] for item in sections["found"]["items"]] == ["row 0", "row 1", "row 2"]


def test_search_finds_every_row(planted: list[tuple[str, int]], client: Client) -> None:
    results = asked(client, "/search/?q=row&layers=found&limit=100")["results"]
    assert {each["id"] for each in results} == {key for _field, key in planted}


def test_the_open_api_leaves_the_value_out_and_names_it(
    planted: list[tuple[str, int]], client: Client
) -> None:
    base = "/ogc/collections/found/items"
    for address in (f"{base}?limit=100", *(f"{base}?limit=100&sortby=-{field}" for field in PLANTED)):
        features = {feature["id"]: feature for feature in asked(client, address)["features"]}
        assert features.keys() == {key for _field, key in planted}
        for field, key in planted:
            check_feature(features[key], field)
    for field, key in planted:
        check_feature(asked(client, f"{base}/{key}"), field)


def check_feature(feature: Any, field: str) -> None:
    """All but the one value are there, and which it is stands beside them."""
    assert feature.get("unreadable", []) == ([field] if field else [])
    empty = [name for name in ("name", *PLANTED) if feature["properties"][name] is None]
    assert empty == ([field] if field else [])


def test_downloads_hold_every_row(planted: list[tuple[str, int]], client: Client) -> None:
    features = {each["id"]: each for each in asked(client, "/layers/found/export.geojson")["features"]}
    assert features.keys() == {key for _field, key in planted}
    for field, key in planted:
        check_feature(features[key], field)
    table = b"".join(client.get("/layers/found/export.csv", headers={"accept-language": "en"})).decode()
    lines = table.splitlines()
    assert len(lines) == len(planted) + 1
    assert sum(line.split(",").count(WORD) for line in lines) == len(planted) - 1


@pytest.mark.parametrize("suffix", ["csv", "geojson"])
def test_downloads_made_by_a_job_hold_every_row(planted: list[tuple[str, int]], suffix: str) -> None:
    client = client_of("planner")
    assert client.post(f"/layers/found/export.{suffix}").status_code == 302
    work_off()
    job = Job.objects.select_related("task").get()
    assert job.state == JobState.DONE, job.reason
    content = b"".join(client.get(job.result["url"])).decode()
    assert all(f"row {number}" in content for number in range(len(planted)))


def test_the_map_draws_it(planted: list[tuple[str, int]], client: Client) -> None:
    assert client.get(f"/tiles/found/{tile_at(15, LON, LAT)}.pbf").status_code == 200
    picture = client.get(f"/mapproxy/tiles/1.0.0/found/webmercator/{tile_at(15, LON, LAT)}.png")
    assert picture["Content-Type"] == "image/png"


def test_the_catalogue_counts_it(planted: list[tuple[str, int]], client: Client) -> None:
    [layer] = [each for each in asked(client, "/layers/")["layers"] if each["name"] == "found"]
    assert layer["count"] == len(planted)


def test_numbers_beyond_counting_are_shown_as_powers_of_ten(folder: Path, client: Client) -> None:
    path = folder / "a.csv"
    path.write_text(f"name,size,lon,lat\nvast,1.5,{LON},{LAT}\n")
    published(path)
    table = f"datasets_{Dataset.objects.get().pk}"
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE {table} SET size = 1e300 RETURNING id")
        [key] = cursor.fetchone()
    facts = {fact["label"]: fact["value"] for fact in asked(client, f"/place/found/{key}/")["rows"]}
    assert facts["size"] == "1e+300"


def test_a_place_that_lies_nowhere_is_a_row_without_a_place(
    planted: list[tuple[str, int]], client: Client
) -> None:
    key = planted[0][1]
    table = f"datasets_{Dataset.objects.get().pk}"
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {table} SET geom = ST_SetSRID(ST_MakePoint('Infinity', %s), 4490) WHERE id = %s",
            [LAT, key],
        )
    assert asked(client, f"/place/found/{key}/")["lon"] is None
    assert asked(client, f"/ogc/collections/found/items/{key}")["geometry"] is None
    features = asked(client, "/layers/found/export.geojson")["features"]
    assert [each["id"] for each in features if each["geometry"] is None] == [key]
