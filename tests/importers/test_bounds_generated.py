"""What a file may cost has an edge: within it every row is read, beyond it a sentence comes, and nothing stays behind."""

import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path

import geopandas
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import shapely
from django.db import models
from hypothesis import example, given, settings
from hypothesis import strategies as st

from importers.errors import ImporterError
from importers.safety import view_rows
from importers.safety.archives import Limits
from importers.safety.inspection import open_checked
from importers.schema.field_conversion import LONGEST_TEXT, validate
from importers.sources import files, parquet
from tests.effort import tries
from tests.importers.making import package
from tests.importers.safety.packing import tarred, zipped

BYTES, ROWS = 20_000, 400
LARGEST = Limits(max_bytes=100_000, max_members=6)
AROUND = st.integers(LONGEST_TEXT - 2, LONGEST_TEXT + 2) | st.integers(0, 3 * LONGEST_TEXT)
SIZES = st.lists(st.integers(20, 40_000), min_size=1, max_size=9)


def texts(path: Path) -> list[str]:
    with files.open_source(path) as source:
        return [text for batch in source.stream() for text in batch.columns["n"].to_pylist()]


@settings(max_examples=tries(100), deadline=None)
@given(AROUND)
@example(LONGEST_TEXT)
@example(LONGEST_TEXT + 1)
def test_letters_of_a_value(letters: int) -> None:
    field = models.TextField(name="note")
    if letters > LONGEST_TEXT:
        with pytest.raises(ValueError, match=f"note has {letters} characters, {LONGEST_TEXT} fit"):
            validate(field, "新" * letters)
    else:
        validate(field, "新" * letters)


@settings(max_examples=tries(120), deadline=None)
@given(st.integers(1, 200), st.integers(1, 500))
@example(BYTES // ROWS, ROWS)
@example(BYTES // ROWS + 1, ROWS)
@example(1, ROWS + 1)
def test_bytes_and_rows_that_parquet_unfolds_to(letters: int, rows: int) -> None:
    frame = geopandas.GeoDataFrame(
        {"n": ["x"] * rows}, geometry=[shapely.Point(121.85, 29.9)] * rows, crs=4490
    )
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        path = Path(folder) / "a.parquet"
        frame.to_parquet(path)
        content = pq.read_table(path)
        folded = pa.DictionaryArray.from_arrays(pa.array([0] * rows, pa.int32()), ["a" * letters])
        pq.write_table(
            content.set_column(0, "n", folded).replace_schema_metadata(content.schema.metadata), path
        )
        patch.setattr(parquet, "MOST_BYTES", BYTES)
        patch.setattr(parquet, "MOST_ROWS", ROWS)
        if rows > ROWS or letters * rows > BYTES:
            with pytest.raises(ImporterError, match="unfolds to far more than its size"):
                texts(path)
        else:
            assert texts(path) == ["a" * letters] * rows


@settings(max_examples=tries(160), deadline=None)
@given(SIZES, st.booleans())
@example([40_000, 40_000, 20_000], False)
@example([40_000, 40_000, 20_001], True)
@example([20] * 7, False)
def test_bytes_and_members_of_an_archive(sizes: list[int], as_tar: bool) -> None:
    members = [
        (f"{number}.csv", b"name,lon,lat\n" + b"a,121.8,29.9\n" * (size // 13) + b"x" * (size % 13))
        for number, size in enumerate(sizes)
    ]
    unpacked = sum(len(content) for _name, content in members)
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        inside = Path(folder) / "unpacked"
        inside.mkdir()
        pack = tarred if as_tar else zipped
        path = pack(Path(folder) / ("a.tar" if as_tar else "a.zip"), *members)
        patch.setattr(tempfile, "tempdir", str(inside))
        if unpacked > LARGEST.max_bytes or len(sizes) > LARGEST.max_members:
            with pytest.raises(ImporterError, match=r"bytes|members"), open_checked(path, LARGEST):
                pass
        else:
            with open_checked(path, LARGEST) as found:
                assert [each.read_bytes() for each in found] == [content for _name, content in members]
        assert not list(inside.iterdir())


@settings(max_examples=tries(16), deadline=None)
@given(st.integers(1, 2000), st.sampled_from([0, 3000, view_rows.LONGEST_VALUE + 1]))
@example(3, view_rows.LONGEST_VALUE + 1)
def test_bytes_of_the_rows_that_a_view_makes(rows: int, size: int) -> None:
    numbers = f"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {rows})"
    with tempfile.TemporaryDirectory() as folder:
        path = package(Path(folder) / "a.gpkg")
        with closing(sqlite3.connect(path)) as database:
            database.execute(f"CREATE VIEW v AS {numbers} SELECT i AS fid, zeroblob({size}) AS b FROM n")
            database.commit()
        if size > view_rows.LONGEST_VALUE:
            with pytest.raises(ImporterError, match="v is computed and does not come to an end"):
                files.list_parts(path)
        else:
            assert "v" in files.list_parts(path)
