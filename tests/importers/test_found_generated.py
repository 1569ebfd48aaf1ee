"""Difficult files made at random: every row is read as it was written, or told."""

import csv
import io
import json
import sqlite3
import struct
from contextlib import closing, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import geopandas
import pandas
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import shapely
from hypothesis import example, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from importers.errors import ImporterError
from importers.sources import files
from tests.effort import tries

LETTERS = "新碶街道大榭图书馆路号村ABab019 ,;\t\"'-.!?（）"
CELLS = st.text(LETTERS, max_size=12).map(str.strip)
TABLES = st.lists(st.tuples(CELLS, CELLS).filter(any), min_size=2, max_size=8)
"""Without rows of blanks, which are passed over."""
NAMES = st.sampled_from(["a", "!a", "学校", "a b", "a'b", "x!y;z"])
ENCODINGS = st.sampled_from(["utf-8", "utf-8-sig", "gb18030", "utf-16"])
NUMBERS = st.integers(-(10**21), 10**21)


def rows(path: Path, encoding: str | None = None) -> tuple[list[tuple[Any, ...]], set[int]]:
    """All that is read, and which rows are told."""
    found: list[tuple[Any, ...]] = []
    told: set[int] = set()
    with files.open_source(path, encoding=encoding) as source:
        for batch in source.stream():
            told |= {batch.start + index for index in batch.faults}
            found += zip(*(column.to_pylist() for column in batch.columns.values()), strict=True)
    return found, told


def text_of(table: list[tuple[str, str]], separator: str) -> str:
    written = io.StringIO()
    writer = csv.writer(written, delimiter=separator, quoting=csv.QUOTE_ALL)
    writer.writerows([("名称", "备注"), *table])
    return written.getvalue()


@settings(max_examples=tries(200), deadline=None)
@given(TABLES, st.sampled_from(",;\t"), ENCODINGS, NAMES)
def test_tables_of_text(table: list[tuple[str, str]], separator: str, encoding: str, name: str) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"{name}.csv"
        path.write_bytes(text_of(table, separator).encode(encoding))
        assert rows(path, encoding) == (table, set())


@settings(max_examples=tries(200), deadline=None)
@given(TABLES, st.sampled_from(["utf-8", "gb18030"]), st.data())
def test_tables_of_text_with_a_bad_byte(
    table: list[tuple[str, str]], encoding: str, data: st.DataObject
) -> None:
    lines = text_of(table, ",").encode(encoding).split(b"\r\n")
    number = data.draw(st.integers(1, len(table)))
    lines[number] = lines[number][:1] + b"\xff" + lines[number][1:]
    with TemporaryDirectory() as folder:
        path = Path(folder) / "a.csv"
        path.write_bytes(b"\r\n".join(lines))
        found, told = rows(path, encoding)
    assert told == {number - 1}
    assert [row for index, row in enumerate(found) if index not in told] == [
        row for index, row in enumerate(table) if index not in told
    ]


@settings(max_examples=tries(200), deadline=None)
@given(TABLES, NAMES)
def test_workbooks(table: list[tuple[str, str]], name: str) -> None:
    book = Workbook()
    for row in [("名称", "备注"), *table]:
        book.active.append(row)
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"{name}.xlsx"
        book.save(path)
        assert rows(path)[0] == [tuple(cell or None for cell in row) for row in table]


@settings(max_examples=tries(200), deadline=None)
@given(st.lists(st.tuples(CELLS, NUMBERS), min_size=1, max_size=8), NAMES)
@example([("a", -(10**18) - 1)], "a")
@example([("a", 10**18 + 1), ("b", 10**18 - 1)], "a")
def test_geojson_keeps_every_digit(table: list[tuple[str, int]], name: str) -> None:
    features = [
        {
            "type": "Feature",
            "properties": {"名称": text, "number": number},
            "geometry": {"type": "Point", "coordinates": [121.85, 29.9]},
        }
        for text, number in table
    ]
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"{name}.geojson"
        path.write_text(json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False))
        found, _told = rows(path)
    assert [(text, int(number)) for text, number in found] == table


def shapefile(folder: Path, cells: list[bytes], days: list[str], width: int) -> Path:
    """Points with a text and a day each, byte by byte."""
    count, row = len(cells), 1 + width + 8
    head = struct.pack("<BBBBIHH20x", 3, 126, 1, 1, count, 32 + 64 + 1, row)
    fields = struct.pack("<11sc4xBB14x", b"NAME", b"C", width, 0) + struct.pack(
        "<11sc4xBB14x", b"DAY", b"D", 8, 0
    )
    body = b"".join(
        b" " + cell.ljust(width) + day.ljust(8).encode() for cell, day in zip(cells, days, strict=True)
    )
    (folder / "a.dbf").write_bytes(head + fields + b"\r" + body + b"\x1a")
    box = struct.pack("<8d", 121.85, 29.9, 121.85, 29.9, 0, 0, 0, 0)
    point = struct.pack("<idd", 1, 121.85, 29.9)
    shapes = b"".join(struct.pack(">ii", n + 1, 10) + point for n in range(count))
    index = b"".join(struct.pack(">ii", 50 + 14 * n, 10) for n in range(count))
    for ending, content in ((".shp", shapes), (".shx", index)):
        size = (100 + len(content)) // 2
        (folder / f"a{ending}").write_bytes(
            struct.pack(">i20xi", 9994, size) + struct.pack("<ii", 1000, 1) + box + content
        )
    return folder / "a.shp"


DAYS = st.dates().map(lambda day: day.isoformat().replace("-", "")) | st.sampled_from(
    ["", "00000000", "20200231", "20201301", "2020 1 5"]
)


GPKG_DAYS = st.sampled_from(["2020-02-28T00:00:00Z", "2020-02-30T00:00:00Z", "2021-13-01T00:00:00Z"])


@settings(max_examples=tries(200), deadline=None)
@given(
    st.lists(st.tuples(st.text("新碶街道大榭AB1", max_size=9), DAYS), min_size=1, max_size=8),
    st.sampled_from(["utf-8", "gb18030"]),
    st.integers(8, 27),
)
def test_shapefiles(table: list[tuple[str, str]], encoding: str, width: int) -> None:
    cells = [text.encode(encoding)[:width] for text, _day in table]
    with TemporaryDirectory() as folder:
        found, told = rows(shapefile(Path(folder), cells, [day for _text, day in table], width), encoding)
    for index, ((text, day), (read, seen)) in enumerate(zip(table, found, strict=True)):
        whole = len(text.encode(encoding)) <= width
        assert (read or "") == text if whole else text.startswith(read or "")
        if day in {"20200231", "20201301", "2020 1 5"}:
            assert index in told
            assert seen is None
        else:
            assert (seen.isoformat().replace("-", "") if seen else "") == day.replace("00000000", "")


@settings(max_examples=tries(100), deadline=None)
@given(
    st.lists(st.tuples(NUMBERS.filter(lambda number: abs(number) < 2**63), GPKG_DAYS), min_size=1, max_size=6)
)
def test_geopackages(table: list[tuple[int, str]]) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "a.gpkg"
        frame = geopandas.GeoDataFrame(
            {"number": [0] * len(table), "day": ["2020-01-01"] * len(table)},
            geometry=[shapely.Point(121.85, 29.9)] * len(table),
            crs="EPSG:4490",
        )
        frame.assign(day=pandas.to_datetime(frame.day)).to_file(path, driver="GPKG", SPATIAL_INDEX="NO")
        with closing(sqlite3.connect(path)) as database:
            for key, row in enumerate(table, 1):
                database.execute("UPDATE a SET number = ?, day = ? WHERE fid = ?", [*row, key])
            database.commit()
        found, told = rows(path)
    assert [number for number, _day in found] == [number for number, _day in table]
    assert told == {
        index for index, (_number, day) in enumerate(table) if day[:10] in {"2020-02-30", "2021-13-01"}
    }
    assert [str(day)[:10] for _number, day in found if day] == [
        day[:10] for index, (_n, day) in enumerate(table) if index not in told
    ]


@settings(max_examples=tries(200), deadline=None)
@given(st.lists(st.tuples(CELLS, st.integers(-(2**63), 2**63 - 1)), min_size=1, max_size=8))
def test_parquet(table: list[tuple[str, int]]) -> None:
    columns = {
        "名称": [text for text, _number in table],
        "number": [number for _text, number in table],
        "geometry": [shapely.to_wkb(shapely.Point(121.85, 29.9))] * len(table),
    }
    said = {"version": "1.0.0", "primary_column": "geometry", "columns": {"geometry": {"encoding": "WKB"}}}
    with TemporaryDirectory() as folder:
        path = Path(folder) / "a.parquet"
        pq.write_table(pa.table(columns).replace_schema_metadata({"geo": json.dumps(said)}), path)
        assert rows(path)[0] == table


@pytest.mark.parametrize(
    "ending", [".csv", ".geojson", ".xlsx", ".parquet", ".gpkg", ".gml", ".kml", ".dxf", ".mif"]
)
@settings(max_examples=tries(200), deadline=None)
@given(st.binary(min_size=1, max_size=200))
def test_whatever_a_file_holds_a_sentence_comes_of_it(ending: str, content: bytes) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"a{ending}"
        path.write_bytes(content)
        with suppress(ImporterError):
            rows(path)
