"""What a file unfolds to is bounded: values without measure are held or refused, and warnings are told."""

from pathlib import Path

import geopandas
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import shapely

from importers.errors import ImporterError
from importers.sources import files
from tests.importers.making import reasons
from tests.importers.publishing import published, table


def folded(path: Path, letters: int, rows: int) -> Path:
    """Parquet that holds one long text once, for every row."""
    frame = geopandas.GeoDataFrame(
        {"n": ["x"] * rows}, geometry=[shapely.Point(121.85, 29.9)] * rows, crs=4490
    )
    frame.to_parquet(path)
    content = pq.read_table(path)
    texts = pa.DictionaryArray.from_arrays(pa.array([0] * rows, pa.int32()), ["a" * letters])
    changed = content.set_column(0, "n", texts).replace_schema_metadata(content.schema.metadata)
    pq.write_table(changed, path, compression="zstd")
    return path


def test_a_text_that_unfolds_without_measure_is_refused(tmp_path: Path) -> None:
    path = folded(tmp_path / "a.parquet", 150_000, 10_000)
    assert path.stat().st_size < 200_000
    with files.open_source(path) as source, pytest.raises(ImporterError, match="unfolds to far more"):
        list(source.stream())


def test_texts_that_a_file_holds_once_for_many_rows_are_read(folder: Path) -> None:
    made = published(folded(folder / "a.parquet", 20, 50))
    assert made.column("n") == ["a" * 20] * len(made.rows)


def test_a_text_of_a_million_letters_is_held(folder: Path) -> None:
    made = published(table(folder / "a.csv", "note", "short", "a" * 1_000_000))
    assert made.report.counts()["added"] == 1
    assert "1000000 characters, 100000 fit" in reasons(made.report)[2]
