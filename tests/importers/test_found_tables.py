"""All rows of a table are read, whatever program wrote it, or the file is refused with where it breaks."""

import zipfile
from datetime import timedelta
from pathlib import Path

import openpyxl
import pytest

from importers.errors import ImporterError
from importers.sources.tables import workbook
from importers.sources.tables.delimited_text import read
from tests.importers.making import reasons
from tests.importers.publishing import published
from tests.imports.datasets import take_back_datasets


@pytest.mark.parametrize(
    ("name", "columns"),
    [
        ("dimension-a1", {"name", "v"}),
        ("dimension-short", {"name", "v"}),
        ("dimension-narrow", {"name", "v", "note"}),
        ("empty-fill", {"name", "v"}),
        ("strict", {"name", "v"}),
        ("sheetjs", {"name", "v"}),
    ],
)
def test_all_rows_and_columns_of_a_sheet_are_read(name: str, columns: set[str], found: Path) -> None:
    made = published(found / f"xlsx-{name}.xlsx")
    assert made.report.counts()["added"] == 30
    assert set(made.rows[0]) >= columns
    assert sorted(int(str(row["v"])) for row in made.rows) == list(range(30))


@pytest.mark.parametrize(
    ("name", "sentence"),
    [("formula-uncached", "formulas without their results"), ("cut-sheet", "is no Excel workbook")],
)
def test_a_sheet_that_cannot_be_read_whole_is_refused(name: str, sentence: str, found: Path) -> None:
    with pytest.raises(ImporterError, match=sentence):
        published(found / f"xlsx-{name}.xlsx")


def test_a_sheet_that_is_a_chart_is_not_offered(found: Path) -> None:
    assert workbook.sheets(found / "xlsx-chart-sheet.xlsx") == ["Sheet"]


def test_a_quotation_mark_that_is_never_closed_is_told_with_its_line(found: Path) -> None:
    with pytest.raises(ImporterError, match=r"line 52 is never closed"):
        published(found / "csv-open-quote.csv")


@pytest.mark.parametrize("name", ["csv-sep-line", "csv-title-row"])
def test_lines_above_the_headings_are_understood(name: str, found: Path) -> None:
    made = published(found / f"{name}.csv")
    assert made.report.counts()["added"] == made.report.counts()["read"] >= 20


def rows(path: Path, text: str) -> list[list[str]]:
    path.write_bytes(text.encode())
    source = read(path, None)
    return [
        list(row)
        for batch in source.stream()
        for row in zip(*(c.to_pylist() for c in batch.columns.values()), strict=True)
    ]


def test_quotation_marks_within_cells_stay(tmp_path: Path) -> None:
    text = 'a,b\n5" pipe,x\n"say ""yes""","two\nlines"\nlast 3",y'
    assert rows(tmp_path / "a.csv", text) == [
        ['5" pipe', "x"],
        ['say "yes"', "two\nlines"],
        ['last 3"', "y"],
    ]


@pytest.mark.parametrize("end", ["", "\n", "\r\n"])
def test_the_last_row_is_read_however_the_file_ends(end: str, tmp_path: Path) -> None:
    assert rows(tmp_path / "a.csv", f"a,b\n1,2\n3,4{end}") == [["1", "2"], ["3", "4"]]


def test_a_title_stands_above_headings_and_one_column_is_no_title(tmp_path: Path) -> None:
    assert rows(tmp_path / "a.csv", "北仑区学校一览\n名称;类别\n甲;小学\n") == [["甲", "小学"]]
    assert rows(tmp_path / "b.csv", "名称\n甲\n乙\n") == [["甲"], ["乙"]]


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_several_lines_may_stand_above_the_headings(end: str, tmp_path: Path) -> None:
    text = end.join(["北仑区学校一览", "单位：所", "", "名称;类别", "甲;小学", ""])
    assert rows(tmp_path / "a.csv", text) == [["甲", "小学"]]
    assert "“北仑区学校一览”, “单位：所”" in read(tmp_path / "a.csv", None).notes[-1]


@pytest.mark.parametrize("cell", ['"a"b', '"say \\"yes\\""'])
def test_text_after_a_closing_quotation_mark_is_told_with_its_line(cell: str, tmp_path: Path) -> None:
    with pytest.raises(ImporterError, match="in line 3 text goes on after a closing quotation mark"):
        rows(tmp_path / "a.csv", f"a,b\nx,y\n{cell},z\n")


def test_a_row_longer_than_the_headings_is_told_with_its_number(tmp_path: Path) -> None:
    with pytest.raises(ImporterError, match="row 2 has 3 cells under 2 headings"):
        rows(tmp_path / "a.csv", "a,b\n1,2\n1,2,3\n")


def test_long_numbers_and_lengths_of_time_of_a_sheet_keep_their_digits(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active["B3"], book.active["C3"], book.active["D3"] = "name", "number", "length"
    book.active["B4"], book.active["C4"], book.active["D4"] = "a", 77, timedelta(hours=30, minutes=5)
    book.save(tmp_path / "b.xlsx")
    with (
        zipfile.ZipFile(tmp_path / "b.xlsx") as found,
        zipfile.ZipFile(path := tmp_path / "a.xlsx", "w") as made,
    ):
        for part in found.namelist():
            made.writestr(part, found.read(part).replace(b"<v>77</v>", b"<v>1234567890123456789</v>"))
    [batch] = workbook.read(path, None).stream()
    assert batch.values(0) == {"name": "a", "number": "1234567890123456789", "length": "30:05:00"}


def test_errors_that_a_sheet_computed_are_told_and_not_read_as_empty(folder: Path) -> None:
    book = openpyxl.Workbook()
    for row in (["name", "v", "lon", "lat"], ["a", 1, 121.85, 29.9], ["b", 2, 121.86, 29.9]):
        book.active.append(row)
    book.active["B2"] = "#DIV/0!"
    book.active["B2"].data_type = "e"
    book.save(path := folder / "a.xlsx")
    assert published(path).column("v") == ["#DIV/0!", "2"]
    take_back_datasets()
    made = published(path, kinds={"v": "integer"})
    assert made.column("v") == [2]
    assert "#DIV/0!" in reasons(made.report)[1]


def test_rows_of_blanks_are_passed_over_and_so_is_a_sheet_that_nobody_sees(folder: Path) -> None:
    book = openpyxl.Workbook()
    lists = book.create_sheet("选项")
    lists.append(["公办", "民办"])
    lists.sheet_state = "veryHidden"
    for row in (["name", "lon", "lat"], ["a", 121.85, 29.9], [" ", None, None], ["b", 121.86, 29.9]):
        book.active.append(row)
    book.save(folder / "a.xlsx")
    (folder / "a.csv").write_text("name,lon,lat\na,121.85,29.9\n ,,\nb,121.86,29.9\n,,\n")
    for name in ("a.xlsx", "a.csv"):
        made = published(folder / name)
        assert made.column("name") == ["a", "b"]
        assert made.report.held == 0
        assert ("hidden sheets that were not read: 选项" in made.report.notes) == (name == "a.xlsx")
        take_back_datasets()
    assert published(folder / "a.xlsx", file_layer="Sheet").column("name") == ["a", "b"]


def test_cells_of_a_sheet_are_what_is_shown_over_all_rows_that_they_are_over(folder: Path) -> None:
    book = openpyxl.Workbook()
    for row in (
        ["学校一览", None, None, None, None],
        ["name", "subdistrict", "code", "lon", "lat"],
        ["a", "新碶", 12, 121.85, 29.9],
        ["b", None, 107, 121.86, 29.9],
        ["c", None, 12345, 121.87, 29.9],
        ["d", "小港", 1, 121.88, 29.9],
    ):
        book.active.append(row)
    book.active.merge_cells("A1:E1")
    book.active.merge_cells("B3:B5")
    for number in range(3, 7):
        book.active.cell(number, 3).number_format = "0000"
    book.save(path := folder / "a.xlsx")
    made = published(path)
    assert made.column("subdistrict") == ["新碶", "新碶", "新碶", "小港"]
    assert made.column("code") == ["0012", "0107", "12345", "0001"]
    assert "1 merged cells are over several rows; what they say was taken for each" in made.report.notes
