"""A dataset whose every word is markup or a formula is text at every door that it opens."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from django.db import connection
from django.test import Client

from geoportal.imports import dataset_publication
from importers.options import ImportOptions
from layers.datasets import sync
from layers.datasets.models import Dataset
from layers.registry.audience import Audience
from tests.district import LAT, LON, tile_at
from tests.imports.datasets import take_back_datasets
from tests.people import client_of
from tests.security.markup import FORMULAS, MARKUP, parsed
from tiles.raster.configuration import folder, write_files

pytestmark = pytest.mark.django_db(transaction=True)
CONTROL = "\x0b\ufffe"
"""No characters of XML 1.0, however they are written."""
TILE = tile_at(16, LON, LAT)


@pytest.fixture
def planted(tmp_path: Path) -> Iterator[str]:
    """The name of the dataset, as it came from a file and from the page."""
    cells = [f'"{text.replace(chr(34), 2 * chr(34))}"' for text in (MARKUP, *FORMULAS)]
    heading = f'"{MARKUP.replace(chr(34), 2 * chr(34))}"'
    path = tmp_path / "planted.csv"
    lines = [f"{cell},{cell},{LON + n / 10_000},{LAT}" for n, cell in enumerate(cells)]
    path.write_text("\n".join([f"名称,{heading},lon,lat", *lines]), newline="")
    proposal = dataset_publication.DatasetProposal(
        "planted", f"{MARKUP}标题", f"{MARKUP}title", Audience.PUBLIC, title_column="名称"
    )
    options = ImportOptions(source_crs="EPSG:4490", source=MARKUP)
    report = dataset_publication.publish(path, proposal, options)
    assert report.refusal == ""
    yield "planted"
    take_back_datasets()


def answer(client: Client, address: str, accept: str = "*/*") -> tuple[int, str, bytes]:
    response: Any = client.get(address, headers={"accept": accept})
    body = b"".join(response.streaming_content) if response.streaming else response.content
    return response.status_code, response["Content-Type"], body


WMS = "/mapproxy/service?SERVICE=WMS&REQUEST="
CAPABILITIES = [
    f"{WMS}GetCapabilities&VERSION=1.1.1",
    f"{WMS}GetCapabilities&VERSION=1.3.0",
    "/mapproxy/wmts/1.0.0/WMTSCapabilities.xml",
    "/mapproxy/service?SERVICE=WMTS&REQUEST=GetCapabilities",
    "/mapproxy/tms/1.0.0/",
    "/mapproxy/tms/1.0.0/planted/webmercator",
]
DOORS = [
    *((address, "xml") for address in CAPABILITIES),
    ("/tiles/planted.json", "json"),
    (f"/tiles/planted/{TILE}.pbf", "vector-tile"),
    ("/layers/planted/export.geojson", "json"),
    ("/layers/planted/export.csv", "csv"),
    ("/ogc/collections", "json"),
    ("/ogc/collections/planted", "json"),
    ("/ogc/collections/planted/queryables", "json"),
    ("/ogc/collections/planted/schema", "json"),
    ("/ogc/collections/planted/items", "json"),
    *(
        (address, form)
        for address in ("/layers/", f"/place/?lon={LON}&lat={LAT}", "/search/?q=script")
        for form in ("html", "json")
    ),
]


@pytest.mark.parametrize(("address", "form"), DOORS)
def test_every_door_writes_what_was_planted_as_text(
    planted: str, client: Client, address: str, form: str
) -> None:
    status, kind, body = answer(client, address, "text/html" if form == "html" else "application/json")
    assert (status, form in kind) == (200, True), (address, kind, body[:300])
    assert any(MARKUP in text for text in parsed(kind, body))


@pytest.mark.parametrize("address", ["/", "/styles/city.json", "/styles/planted.json"])
def test_the_map_and_its_styles_are_well_made(planted: str, client: Client, address: str) -> None:
    status, kind, body = answer(client, address, "text/html")
    assert status == 200
    assert any("planted" in text for text in parsed(kind, body))


def test_the_map_is_drawn_though_titles_and_labels_are_markup(planted: str, client: Client) -> None:
    address = f"/mapproxy/tiles/1.0.0/planted/webmercator/{TILE}.png"
    assert answer(client, address)[:2] == (200, "image/png")


def test_characters_that_xml_has_not_end_no_capabilities(planted: str, client: Client) -> None:
    Dataset.objects.update(title=f"{CONTROL}标题", title_en=f"{CONTROL}title")
    sync.refresh(now=True)
    for address in CAPABILITIES:
        status, kind, body = answer(client, address)
        assert status == 200
        assert any("标题" in text for text in parsed(kind, body)), address


def test_no_cell_of_the_table_is_a_formula(planted: str, client: Client) -> None:
    _status, kind, body = answer(client, "/layers/planted/export.csv")
    cells = parsed(kind, body)
    for text in FORMULAS:
        assert f"'{text.strip()}" in cells
        assert text.strip() not in cells


@pytest.mark.parametrize(
    "address",
    [
        f"{WMS}GetMap&VERSION=1.1.1&LAYERS={{}}&SRS=EPSG:4326&BBOX=0,0,1,1&WIDTH=9&HEIGHT=9&FORMAT=image/png&STYLES=",
        f"{WMS}GetMap&VERSION=1.3.0&LAYERS=planted&CRS={{}}&BBOX=0,0,1,1&WIDTH=9&HEIGHT=9&FORMAT=image/png&STYLES=",
        f"{WMS}{{}}&VERSION=1.1.1",
        "/mapproxy/service?SERVICE=WMTS&REQUEST=GetTile&VERSION=1.0.0&LAYER={}&STYLE=&TILEMATRIXSET=webmercator"
        "&TILEMATRIX=1&TILEROW=0&TILECOL=0&FORMAT=image/png",
        "/mapproxy/tms/1.0.0/{}/webmercator",
    ],
)
def test_what_was_asked_for_wrongly_is_text_in_the_answer(planted: str, client: Client, address: str) -> None:
    status, kind, body = answer(client, address.format(quote(MARKUP)))
    assert status == (404 if "tms" in address else 400)
    assert kind.split(";")[0].endswith("xml")
    assert parsed(kind, body), body


@pytest.mark.parametrize(
    "address", ["/imports/", "/imports/layers/planted/", "/admin/datasets/dataset/", "/operations/", "/jobs/"]
)
def test_pages_of_administrators_write_it_as_text(planted: str, address: str) -> None:
    status, kind, body = answer(client_of("administrator"), address, "text/html")
    assert status == 200
    texts = parsed(kind, body)
    assert any(MARKUP in text for text in texts) == (address != "/jobs/")


def test_the_map_file_holds_no_word_of_the_dataset(planted: str) -> None:
    write_files()
    assert "script" not in (folder() / "geoportal.map").read_text()
    assert connection.settings_dict["NAME"] in (folder() / "geoportal.map").read_text()
