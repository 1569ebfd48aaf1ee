"""Cells of an Excel sheet that are markup or begin like formulas are texts on the page, in the layer and in its tables."""

from pathlib import Path
from typing import Any

import openpyxl
import pytest

from geoportal.imports import dataset_publication
from importers.options import ImportOptions
from layers.registry.audience import Audience
from tests.district import LAT, LON
from tests.imports.datasets import take_back_datasets
from tests.imports.test_pages import sent
from tests.people import client_of
from tests.security.markup import FORMULAS, MARKUP, parsed

pytestmark = pytest.mark.django_db(transaction=True)
WORDS = (MARKUP, *FORMULAS)


@pytest.fixture
def workbook(tmp_path: Path) -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "a&b<c>"
    sheet.append(["名称", MARKUP, "lon", "lat"])
    for number, words in enumerate(WORDS, 2):
        sheet.append(["", "", LON + number / 10_000, LAT])
        for column in (1, 2):
            cell = sheet.cell(number, column, words)
            cell.data_type = "s"  # a text, whatever it begins with
    book.save(path := tmp_path / "planted.xlsx")
    return path


def texts(role: str, address: str, accept: str = "*/*") -> list[str]:
    response: Any = client_of(role).get(address, headers={"accept": accept})
    body = b"".join(response.streaming_content) if response.streaming else response.content
    assert response.status_code == 200, address
    return parsed(response["Content-Type"], body)


def test_the_page_of_the_file_writes_them_as_text(workbook: Path) -> None:
    imported = sent(client_of("administrator"), "planted.xlsx", workbook.read_bytes(), "+")
    for accept in ("text/html", "application/json"):
        shown = texts("administrator", f"/imports/{imported.pk}/", accept)
        assert any(MARKUP in text for text in shown)
    assert {text.strip() for text in FORMULAS[:5]} <= {text.strip() for text in shown}


def test_the_layer_and_its_tables_hold_them_as_text(workbook: Path) -> None:
    proposal = dataset_publication.DatasetProposal(
        "planted", "标题", "title", Audience.PUBLIC, title_column="名称"
    )
    report = dataset_publication.publish(workbook, proposal, ImportOptions(source_crs="EPSG:4490"))
    try:
        assert (report.refusal, report.loaded and report.loaded.added) == ("", len(WORDS))
        for address in ("/layers/planted/export.geojson", "/ogc/collections/planted/items?f=json"):
            found = {text.strip() for text in texts("public", address)}
            assert {text.strip() for text in WORDS} <= found, address
        cells = texts("public", "/layers/planted/export.csv")
        for text in FORMULAS:
            assert f"'{text.strip()}" in cells
            assert text.strip() not in cells
    finally:
        take_back_datasets()
