"""Excel sheets, a batch of rows at a time; positions lie in columns."""

import re
import zipfile
from collections.abc import Iterator, Sequence
from datetime import datetime, time
from functools import partial
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from django.utils.translation import gettext as _
from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum

from importers.errors import ImporterError
from importers.options import label_of

from .source import Batch, Source
from .tables import batches_of, headings_of, without_title
from .vector import first_line

NO_RESULT = re.compile(rb"<c\b[^>]*>\s*<f\b(?:[^>]*/>|[^>]*>[^<]*</f>)\s*(?:<v\s*/>|<v>\s*</v>)?\s*</c>")
"""A cell with a formula and without the result that a spreadsheet keeps beside it."""


def read(path: Path, sheet: str | None) -> Source:
    names = sheets(path)
    if sheet is not None and sheet not in names:
        raise ImporterError(
            _("{path} has no sheet “{sheet}”; it has {names}.").format(
                path=path.name, sheet=sheet, names=", ".join(names)
            )
        )
    if sheet is None and len(names) > 1:
        raise ImporterError(
            _("{path} holds several sheets; choose one under {option}: {names}.").format(
                option=label_of("file_layer"), path=path.name, names=", ".join(names)
            )
        )
    name = sheet or names[0]
    _refuse_formulas(path, name)
    rows, notes = without_title(_sheet(path, name))
    headings = headings_of(path, next(rows, []))
    return Source(headings, partial(_sheet_rows, path, name, headings), notes=notes)


def sheets(path: Path) -> list[str]:
    """Those with cells; a chart that fills a sheet has none."""
    with_cells = [
        str(sheet.name)
        for sheet in _open(path).sheets_metadata
        if sheet.typ in (SheetTypeEnum.WorkSheet, SheetTypeEnum.MacroSheet)
    ]
    if not with_cells:
        raise ImporterError(_("{path} holds no rows.").format(path=path.name))
    return with_cells


def _open(path: Path) -> CalamineWorkbook:
    try:
        return CalamineWorkbook.from_path(str(path))
    except (CalamineError, OSError, ValueError) as problem:
        raise _unreadable(path, problem) from None


def _unreadable(path: Path, problem: Exception) -> ImporterError:
    return ImporterError(
        _("{path} is no Excel workbook (.xlsx): {reason}.").format(path=path.name, reason=first_line(problem))
    )


def _sheet(path: Path, name: str) -> Iterator[Sequence[Any]]:
    """All rows that there are, whatever size the sheet states."""
    try:
        for row in _open(path).get_sheet_by_name(name).iter_rows():
            yield [_cell(cell) for cell in row]
    except (CalamineError, ValueError) as problem:
        raise _unreadable(path, problem) from None


def _cell(cell: Any) -> Any:
    """Whole numbers lose the point that every number of a workbook has, midnight the time of a day."""
    if isinstance(cell, float):
        return int(cell) if cell.is_integer() and abs(cell) < 1e15 else cell
    if isinstance(cell, datetime) and cell.time() == time():
        return cell.date()
    return None if cell == "" else cell


def _sheet_rows(path: Path, name: str, headings: list[str]) -> Iterator[Batch]:
    rows, _notes = without_title(_sheet(path, name))
    next(rows, None)
    filled = (row for row in rows if any(cell is not None for cell in row))
    yield from batches_of(path, filled, headings)


def _refuse_formulas(path: Path, name: str) -> None:
    """What is computed only when a spreadsheet opens the file would be read as empty."""
    with zipfile.ZipFile(path) as book:
        part = _part(book, name)
        found = NO_RESULT.search(book.read(part)) if part in book.namelist() else None
    if found:
        raise ImporterError(
            _(
                "{path} holds formulas without their results; open it in a spreadsheet, save it and deliver it again."
            ).format(path=path.name)
        )


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
