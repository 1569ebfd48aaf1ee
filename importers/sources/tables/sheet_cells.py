"""The cells of an Excel sheet as texts, for a process of its own: they are all in memory at once."""

import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, time, timedelta
from itertools import chain
from typing import Any
from xml.etree import ElementTree

from python_calamine import CalamineSheet, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from . import cell_formats

NO_RESULT = re.compile(rb"<c\b[^>]*>\s*<f\b(?:[^>]*/>|[^>]*>[^<]*</f>)\s*(?:<v\s*/>|<v>\s*</v>)?\s*</c>")
"""A cell with a formula and without the result that a spreadsheet keeps beside it."""

CHANGED = re.compile(
    rb'<c\b(?=[^>]*\br="([A-Z]{1,3})(\d{1,7})")[^>]*>\s*(?:<f\b[^>]*/>|<f\b[^>]*>[^<]*</f>)?\s*'
    rb"<v>(-?\d{16,}|#[A-Z0-9/?!_]+)</v>"
)
"""Of what else is read: long numbers, whose digits are lost as a fraction, and errors, which are read as empty."""

AsWritten = Mapping[int, Sequence[tuple[int, str]]]
"""By the number of their row, the place of the column and what stands there."""

PIECE, LONGEST_FORMULA = 1 << 20, 1 << 16
ROWS, LETTERS = 1000, 1_000_000
"""At once, whichever is reached first."""


def values(path: str, name: str = "") -> Iterator[Any]:
    """The names of the sheets with cells and whether they are seen; of a named one whether formulas lack results, then
    its merged cells, then its rows, many at a time."""
    book = CalamineWorkbook.from_path(path)
    if name:
        lacks_results, as_written = _scan(path, name)
        yield lacks_results
        sheet = book.get_sheet_by_name(name)
        yield _merged(sheet)
        yield from _rows(sheet, as_written)
        return
    for described in book.sheets_metadata:
        if described.typ in (SheetTypeEnum.WorkSheet, SheetTypeEnum.MacroSheet):
            yield [str(described.name), described.visible == SheetVisibleEnum.Visible]


def _left(sheet: CalamineSheet) -> int:
    """Columns before the first that is read."""
    return sheet.start[1] if sheet.start else 0


def _merged(sheet: CalamineSheet) -> list[tuple[int, int, int]]:
    """First and last row, from 1, and the place of the column of cells that are over several rows."""
    left = _left(sheet)
    return [
        (top + 1, bottom + 1, column - left)
        for (top, column), (bottom, _right) in sheet.merged_cell_ranges or ()
        if bottom > top and column >= left
    ]


def _rows(sheet: CalamineSheet, as_written: AsWritten) -> Iterator[list[list[str | None]]]:
    """All that there are, whatever size the sheet states."""
    rows: list[list[str | None]] = []
    letters, left = 0, _left(sheet)
    for number, cells in enumerate(sheet.iter_rows(), 1):
        rows.append(row := [_text(cell) for cell in cells])
        for column, text in as_written.get(number, ()):
            row[column - left] = text
        letters += sum(map(len, filter(None, row)))
        if len(rows) == ROWS or letters > LETTERS:
            yield rows
            rows, letters = [], 0
    yield rows


def _text(cell: Any) -> str | None:
    """Whole numbers lose the point that every number of a workbook has, midnight the time of a day."""
    if isinstance(cell, float):
        return str(int(cell) if cell.is_integer() and abs(cell) < 1e15 else cell)
    if isinstance(cell, datetime) and cell.time() == time():
        return str(cell.date())
    if isinstance(cell, timedelta):
        minutes, seconds = divmod(int(cell.total_seconds()), 60)
        return f"{minutes // 60}:{minutes % 60:02}:{seconds:02}"
    return None if cell == "" else str(cell)


def _scan(path: str, name: str) -> tuple[bool, AsWritten]:
    """Whether something is computed only when a spreadsheet opens the file, and would be read as empty; cells of which
    something else would be read than is written."""
    found: dict[int, list[tuple[int, str]]] = {}
    with zipfile.ZipFile(path) as book:
        part = _part(book, name)
        if part not in book.namelist():
            return False, found
        before, filled = b"", cell_formats.widths(book)
        with book.open(part) as file:
            while piece := file.read(PIECE):
                if NO_RESULT.search(before + piece):
                    return True, found
                content = before + piece
                for letters, row, written in chain(
                    CHANGED.findall(content), cell_formats.shown(content, filled)
                ):
                    found.setdefault(int(row), []).append((_column(letters), written.decode()))
                before = piece[-LONGEST_FORMULA:]
    return False, found


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - ord("A") + 1
    return number - 1


def _part(book: zipfile.ZipFile, name: str) -> str:
    """The part of the file that holds a sheet, "" where it is not found."""
    try:
        listed = ElementTree.fromstring(book.read("xl/workbook.xml"))  # noqa: S314  was looked into before
        ties = ElementTree.fromstring(book.read("xl/_rels/workbook.xml.rels"))  # noqa: S314
    except (KeyError, ElementTree.ParseError):
        return ""
    keys = [
        value
        for each in listed.iter()
        if each.tag.endswith("}sheet") and each.get("name") == name
        for key, value in each.attrib.items()
        if key.endswith("}id")
    ]
    targets = {each.get("Id"): each.get("Target", "") for each in ties}
    target = next((targets.get(key) or "" for key in keys), "")
    return target.removeprefix("/") if target.startswith("/") else f"xl/{target}"
