"""Numbers stay exact, and a column is one of numbers only if each is written as a number is."""

import json
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from importers.schema.inference import _column_type
from importers.sources import files
from layers.registry.declaration.values import number, whole
from tests.importers.making import package
from tests.importers.publishing import published, table


@pytest.mark.parametrize(
    ("name", "heading"),
    [
        ("numbers-codes-enotation.csv", "building"),
        ("numbers-phone-plus.csv", "phone"),
        ("numbers-zero-dot.csv", "landclass"),
        ("numbers-section.csv", "section"),
    ],
)
def test_what_a_number_would_not_write_back_stays_text(name: str, heading: str, found: Path) -> None:
    made = published(found / name)
    assert made.kinds[heading] == "text"
    assert set(made.column(heading)) == set(pd.read_csv(found / name, dtype=str)[heading])


@pytest.mark.parametrize("digits", [18, 19])
def test_identifiers_of_many_digits_stay_apart(digits: int, found: Path) -> None:
    path = found / f"numbers-{digits}-digit-ids.csv"
    made = published(path)
    assert made.report.counts()["added"] == 3
    assert sorted(map(str, made.column("id"))) == sorted(pd.read_csv(path, dtype=str)["id"])


def test_whole_numbers_of_json_are_kept_to_the_last_digit(found: Path) -> None:
    path = found / "numbers-int64.gpkg-like.geojson"
    delivered = [each["properties"]["bsm"] for each in json.loads(path.read_text())["features"]]
    assert sorted(published(path).column("bsm")) == sorted(delivered)


def test_whole_numbers_of_json_beyond_64_bits_are_kept_as_they_are_written(found: Path) -> None:
    path = found / "numbers-int64.gpkg-like.geojson"
    delivered = [str(each["properties"]["f"]) for each in json.loads(path.read_text())["features"]]
    assert sorted(published(path).column("f")) == sorted(delivered)


def test_fractions_of_json_among_texts_stay_as_they_are_written(folder: Path) -> None:
    cells = ("1.1", "301.10", '"3.10a"', "true", "12", "null")
    rows = [
        f'{{"type": "Feature", "properties": {{"code": "{place}", "section": {cell}}},'
        f' "geometry": {{"type": "Point", "coordinates": [121.8{place}, 29.9]}}}}'
        for place, cell in enumerate(cells)
    ]
    path = folder / "a.geojson"
    path.write_text(f'{{"type": "FeatureCollection", "features": [{",".join(rows)}]}}')
    assert published(path).column("section") == ["1.1", "301.10", "3.10a", "true", "12", ""]


def test_texts_of_json_of_arcgis_that_look_like_fractions_stay(tmp_path: Path) -> None:
    texts = ["121.84123456789012", "甲"]
    field = {"name": "code", "type": "esriFieldTypeString", "alias": "code", "length": 50}
    rows = [{"attributes": {"code": text}, "geometry": {"x": 121.85, "y": 29.9}} for text in texts]
    said = {"geometryType": "esriGeometryPoint", "spatialReference": {"wkid": 4490}, "fields": [field]}
    (tmp_path / "a.json").write_text(json.dumps({**said, "features": rows}))
    with files.open_source(tmp_path / "a.json") as source:
        assert source.sample.columns["code"].to_pylist() == texts


def test_whole_numbers_of_a_geopackage_are_kept_to_the_last_digit(folder: Path) -> None:
    path = package(folder / "a.gpkg", number=[2**63 - 1, 2**63 - 2])
    assert published(path).column("number") == [2**63 - 1, 2**63 - 2]


def test_numbers_that_no_whole_number_holds_are_text(folder: Path) -> None:
    made = published(table(folder / "a.csv", "n", "9223372036854775808", "1"))
    assert made.column("n") == ["9223372036854775808", "1"]


def test_large_whole_numbers_among_fractions_are_text(folder: Path) -> None:
    made = published(table(folder / "a.csv", "n", "9007199254740993", "0.5"))
    assert made.column("n") == ["9007199254740993", "0.5"]


def test_a_publisher_s_kind_wins(folder: Path) -> None:
    path = table(folder / "a.csv", "price", "12.50", "3")
    assert published(path, kinds={"price": "number"}).column("price") == [12.5, 3.0]


@given(st.integers(-(2**63) + 1, 2**63 - 1))
def test_whole_numbers_are_exact_however_they_come(value: int) -> None:
    assert whole(value) == whole(str(value)) == whole(f" {value} ") == value


@given(st.lists(st.text("0123456789.-+eE_", min_size=1, max_size=22), min_size=1, max_size=5))
def test_numbers_write_back_what_was_written(cells: list[str]) -> None:
    kind = _column_type(pa.array(cells), "")
    if kind in {"integer", "long"}:
        assert [str(whole(cell)) for cell in cells] == cells
    elif kind == "number":
        assert [number(cell) for cell in cells] == list(map(float, cells))
        assert all(
            repr(float(cell)) == cell or "e" in repr(float(cell)) or float(cell).is_integer()
            for cell in cells
        )


@pytest.mark.parametrize("text", ["1_000", "nan", "inf", "1e400"])
def test_what_only_programmers_call_numbers_are_none(text: str) -> None:
    with pytest.raises(ValueError, match="no number"):
        number(text)
    with pytest.raises(ValueError, match="no whole number"):
        whole(text)
