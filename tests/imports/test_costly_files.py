"""Files that make a reader work without end or hold without measure cost the page a sentence, and the portal nothing."""

import random
import sqlite3
import zipfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import openpyxl
import pytest

from importers import examination
from layers.child_process.limits import Limits
from tests.importers.making import package
from tests.imports.test_pages import page, sent
from tests.people import client_of
from tests.security.memory import grows_by_less_than

pytestmark = pytest.mark.django_db

MOST = 40  # megabytes that the process of the page may grow by


def endless_view(folder: Path) -> Path:
    path = package(folder / "endless.gpkg")
    endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)"
    with closing(sqlite3.connect(path)) as database:
        database.execute(f"CREATE VIEW v AS {endless} SELECT i AS fid FROM n")
        database.commit()
    return path


def far_cell(folder: Path) -> Path:
    book = openpyxl.Workbook()
    book.active.append(["name", "lon", "lat"])
    book.active["XFD1048576"] = 1
    book.save(path := folder / "far.xlsx")
    return path


def one_cell(folder: Path) -> Path:
    """Hundred times as large unpacked, which is not yet suspicious."""
    path = folder / "one_cell.zip"
    piece = random.Random(1).randbytes(5_000).hex() + "x" * 990_000
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.csv", "name,lon,lat\n" + piece * 120 + ",121.8,29.9\n")
    return path


def zeros(folder: Path) -> Path:
    path = folder / "zeros.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.csv", bytes(300 * 1024**2))
    return path


def deep(folder: Path) -> Path:
    path = folder / "deep.geojson"
    path.write_text('{"type":"FeatureCollection","features":' + "[" * 5_000_000)
    return path


SHORT, LONG = 6, 90
"""Seconds for what never ends, and for what ends by another limit however busy the machine is."""


@pytest.mark.parametrize(
    ("make", "seconds", "is_looked_into"),
    [
        (endless_view, SHORT, False),
        (far_cell, LONG, True),
        (one_cell, LONG, True),
        (zeros, LONG, False),
        (deep, LONG, False),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)
def test_it_is_refused_and_the_process_of_the_page_stays_as_it_was(
    make: Callable[[Path], Path],
    seconds: int,
    is_looked_into: bool,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    client = client_of("administrator")
    path = make(tmp_path)
    page(client, sent(client, "small.csv", b"name,lon,lat\na,121.8,29.9\n", "+"))  # what is read once is read
    limits = Limits(seconds=seconds, megabytes=600, written=400, answer=32)
    monkeypatch.setattr(examination, "LIMITS", limits)
    with grows_by_less_than(MOST):
        shown = page(client, sent(client, path.name, path.read_bytes(), "+"))
    assert ("inspected" in shown) == is_looked_into
    assert shown["inspected"]["problem"] if is_looked_into else shown["reason"]
