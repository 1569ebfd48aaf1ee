"""Each column of a file fills its own field, whatever the headings are."""

import csv
import io
import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from importers.errors import ImporterError
from importers.schema.inference import RESERVED, _names
from importers.schema.mapping import find_headings
from importers.sources.source import Source
from layers.registry.declaration.mapping import Column
from tests.importers.publishing import published


@pytest.mark.parametrize(
    "name", ["headings-case", "headings-pinyin", "headings-space", "headings-xmin", "headings-objects"]
)
def test_every_column_keeps_its_own_values(name: str, found: Path) -> None:
    path = found / f"{name}.csv"
    delivered = list(csv.DictReader(io.StringIO(path.read_text("utf-8-sig"))))
    made = published(path)
    kept = [heading for heading in delivered[0] if heading not in {"lon", "lat"}]
    assert sorted([str(row[heading]) for heading in kept] for row in made.rows) == sorted(
        [row[heading] for heading in kept] for row in delivered
    )


def test_headings_of_json_that_differ_in_case_keep_their_values(found: Path) -> None:
    made = published(found / "headings-case.geojson")
    assert {(row["Name"][:-1], row["name"][:-1], row["NAME"][:-1]) for row in made.rows} == {
        ("Upper", "lower", "ALL")
    }


def test_objects_and_lists_are_kept_as_json(found: Path) -> None:
    made = published(found / "json-nested-object.geojson")
    assert made.report.counts()["added"] == 6
    assert all("street" in row["addr"] and "医疗" in row["tags"] for row in made.rows)


def test_a_later_file_tells_its_new_columns_and_fills_what_differs_in_case(folder: Path) -> None:
    path = folder / "a.csv"
    path.write_text("Name,lon,lat\na,121.85,29.9\n")
    published(path)
    path.write_text("NAME,roof,lon,lat\nb,red,121.85,29.9\n")
    made = published(path)
    assert "columns that were not taken: roof" in made.report.notes
    assert "b" in made.column("Name")


def test_more_columns_than_a_table_has_are_refused(folder: Path) -> None:
    path = folder / "a.csv"
    names = ",".join(f"c{n}" for n in range(1600))
    path.write_text(f"{names},lon,lat\n{'x,' * 1600}121.85,29.9\n")
    with pytest.raises(ImporterError, match="1,600 columns"):
        published(path)


@given(
    st.lists(st.text(min_size=1, max_size=8) | st.sampled_from(sorted(RESERVED)), unique=True, max_size=12)
)
def test_fields_have_names_of_their_own(headings: list[str]) -> None:
    names = _names(headings)
    assert len(set(names.values())) == len(headings)
    assert not RESERVED & set(names.values())


@given(
    st.lists(
        st.sampled_from(["Name", "name", "NAME", " name", "名称", "mingcheng", "Start Date", "Start_Date"]),
        unique=True,
        min_size=1,
    )
)
def test_no_column_takes_another_s_heading(headings: list[str]) -> None:
    columns = [Column(name, (heading,), is_exact=True) for heading, name in _names(headings).items()]
    source = Source(headings, lambda: iter(()))
    assert [find_headings(column, source, None, headings) for column in columns] == [[h] for h in headings]


def test_objects_and_bytes_of_parquet_are_text(folder: Path) -> None:
    place = shapely.to_wkb(shapely.Point(121.85, 29.9))
    described = {
        "version": "1.0.0",
        "primary_column": "g",
        "columns": {"g": {"encoding": "WKB", "geometry_types": []}},
    }
    content = pa.table(
        {
            "name": pa.array([b"\xe6\x96\xb0", b"\xff"], pa.binary()),
            "part": pa.array([{"a": [1]}, {"a": [2]}]),
            "g": pa.array([place, place], pa.binary()),
        }
    )
    pq.write_table(
        content.replace_schema_metadata({"geo": json.dumps(described)}), path := folder / "a.parquet"
    )
    made = published(path)
    assert made.column("name") == ["ff", "新"]
    assert made.column("part") == ['{"a": [2]}', '{"a": [1]}']
