"""Headings below titles and over several lines of merged cells are read, and every row below them."""

import csv
import io
from pathlib import Path
from tempfile import TemporaryDirectory

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from importers.errors import ImporterError
from importers.sources import files
from importers.sources.source import Source
from tests.effort import tries

GROUPS = st.lists(
    st.sampled_from([("面积",), ("产值", "上", "下"), ("联系", "电话", "邮箱"), ("备注",), ("等级",)]),
    unique=True,
    min_size=1,
)
TITLES = st.lists(
    st.sampled_from(["北仑区学校", "填报单位：教育局,单位：所", "2020年,,第一季度", ""]), max_size=3
)
ROWS = st.lists(st.text("新碶AB01 ", min_size=1, max_size=5).filter(str.strip), min_size=2, max_size=6)


def read(source: Source) -> list[list[str]]:
    batches = [batch.columns.values() for batch in source.stream()]
    return [
        list(map(str, row))
        for columns in batches
        for row in zip(*(c.to_pylist() for c in columns), strict=True)
    ]


def tabled(text: str) -> tuple[list[str], list[list[str]], list[str]]:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "a.csv"
        path.write_text(text, encoding="utf-8")
        with files.open_source(path) as source:
            return source.headings, read(source), source.notes


@pytest.mark.parametrize(
    ("above", "headings"),
    [
        ("单位,位置,,面积,\n,经度,纬度,占地,建筑", ["单位", "经度", "纬度", "占地", "建筑"]),
        ("年度,经度,纬度,产值,\n,,,上,下", ["年度", "经度", "纬度", "上", "下"]),
        ("基本信息,,位置,,\n名称,面积,经度,纬度,备注", ["名称", "面积", "经度", "纬度", "备注"]),
        (",位置,位置,面积,面积\n名称,经度,纬度,占地,建筑", ["名称", "经度", "纬度", "占地", "建筑"]),
        ("北仑区,,,,2020年\n填报：局,,单位：所,,\nname,lon,lat,a,b", ["name", "lon", "lat", "a", "b"]),
        ("一览\n\n单位,位置,,面积,\n,经度,纬度,占地,建筑", ["单位", "经度", "纬度", "占地", "建筑"]),
        (
            "经度,纬度,产值,,\n,,2019,2020,\n,,,上,下",
            ["经度", "纬度", "2019", "上", "下"],
        ),
    ],
)
def test_headings_are_found_and_no_row_is_lost(above: str, headings: list[str]) -> None:
    rows = [["甲", "121.85", "29.9", "1", "2"], ["乙", "121.86", "29.9", "3", "4"]]
    found = tabled("\n".join([above, *map(",".join, rows)]))
    assert (found[0], found[1]) == (headings, rows)


def test_columns_of_one_name_below_several_are_told_apart_by_what_is_above() -> None:
    text = "单位,产值,,,,经度,纬度\n,2019,,2020,,,\n,上,下,上,下,,\n甲,1,2,3,4,121.85,29.9\n"
    headings, rows, notes = tabled(text)
    assert headings[1:5] == ["产值 2019 上", "产值 2019 下", "产值 2020 上", "产值 2020 下"]
    assert rows == [["甲", "1", "2", "3", "4", "121.85", "29.9"]]
    assert notes[-1] == "the headings fill 3 lines"


@pytest.mark.parametrize("row", ["甲,乙,,", "合计,3,,", ",上半年,下半年,121.85"])
def test_a_row_with_empty_cells_is_no_line_of_headings(row: str) -> None:
    _headings, rows, _notes = tabled(f"name,,lon,lat\n{row}\n丙,丁,121.85,29.9\n")
    assert rows == [row.split(","), ["丙", "丁", "121.85", "29.9"]]


def test_a_column_without_heading_behind_the_last_is_told() -> None:
    with pytest.raises(
        ImporterError, match=r"row 1 has 4 cells under 3 headings. Write one heading above every"
    ):
        tabled("name,lon,lat\na,121.85,29.9,x\nb,121.86,29.9,y\n")


def test_a_title_with_the_separator_of_other_tables_hides_no_headings() -> None:
    _headings, rows, _notes = tabled("填报单位：甲,乙,,\n名称;经度;纬度\n甲;121.85;29.9\n")
    assert rows == [["甲", "121.85", "29.9"]]


@settings(max_examples=tries(200), deadline=None)
@given(TITLES, GROUPS, ROWS)
def test_whatever_stands_above(titles: list[str], groups: list[tuple[str, ...]], names: list[str]) -> None:
    upper, lower = ["单位", "位置", ""], ["", "经度", "纬度"]
    for first, *under in groups:
        upper += [first, *[""] * (len(under) - 1)] if under else [first]
        lower += under or [""]
    body = [
        [name.strip(), "121.85", "29.9", *(f"{number}x{at}" for at in range(len(upper) - 3))]
        for number, name in enumerate(names)
    ]
    text = io.StringIO()
    csv.writer(text).writerows([*(title.split(",") for title in titles), upper, lower, *body])
    headings, rows, _notes = tabled(text.getvalue())
    assert headings == [below or above for above, below in zip(upper, lower, strict=True)]
    assert rows == body


def test_merged_cells_of_a_sheet(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    for line in [["北仑区学校", None, None, "2020年"], ["单位", "位置"], [None, "经度", "纬度", "备注"]]:
        sheet.append(line)
    sheet["D2"] = "其他"
    for cells in ("A2:A3", "B2:C2"):
        sheet.merge_cells(cells)
    sheet.append(["甲", 121.85, 29.9, "x"])
    book.save(tmp_path / "a.xlsx")
    with files.open_source(tmp_path / "a.xlsx") as source:
        assert source.headings == ["单位", "经度", "纬度", "备注"]
        assert read(source) == [["甲", "121.85", "29.9", "x"]]
