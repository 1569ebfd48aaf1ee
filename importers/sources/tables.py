"""CSV and Excel tables, a batch of rows at a time; positions lie in columns."""

import csv
import zipfile
from collections.abc import Iterator, Sequence
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow as pa
from django.utils.translation import gettext as _
from openpyxl.utils.exceptions import InvalidFileException

from importers import encoding as text
from importers.errors import ImporterError

from .source import ROWS_AT_ONCE, Batch, Source
from .vector import first_line

SEPARATORS = ",;\t|"
csv.field_size_limit(16 * 1024 * 1024)  # a polygon as WKT


def read_text(path: Path, encoding: str | None) -> Source:
    chosen = text.resolve(encoding) if encoding else text.detect_file(path)
    lines = _lines(path, chosen)
    headings = _headings(path, next(lines, []))
    return Source(
        headings,
        partial(_text_rows, path, chosen, headings),
        notes=[_("text read as {chosen}").format(chosen=chosen)],
    )


def read_excel(path: Path, sheet: str | None) -> Source:
    names = sheets(path)
    if sheet is not None and sheet not in names:
        raise ImporterError(
            _("{path} has no sheet {sheet!r}; it has {names}.").format(
                path=path.name, sheet=sheet, names=", ".join(names)
            )
        )
    if sheet is None and len(names) > 1:
        raise ImporterError(
            _("{path} holds several sheets; name one with --file-layer: {names}.").format(
                path=path.name, names=", ".join(names)
            )
        )
    headings = _headings(path, next(_sheet(path, sheet or names[0]), []))
    return Source(headings, partial(_sheet_rows, path, sheet or names[0], headings))


def sheets(path: Path) -> list[str]:
    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    except (ValueError, OSError, KeyError, zipfile.BadZipFile, InvalidFileException) as problem:
        raise ImporterError(
            _("{path} is no Excel workbook (.xlsx): {reason}.").format(
                path=path.name, reason=first_line(problem)
            )
        ) from None
    try:
        return [str(name) for name in book.sheetnames]
    finally:
        book.close()


def _lines(path: Path, encoding: str) -> Iterator[list[str]]:
    try:
        with path.open(encoding=encoding, newline="") as file:
            first = file.readline()
            file.seek(0)
            separator = max(SEPARATORS, key=first.count)
            yield from csv.reader(file, delimiter=separator)
    except UnicodeError:
        raise ImporterError(
            _("{path} is not written in {encoding}; name its encoding with --encoding.").format(
                path=path.name, encoding=encoding
            )
        ) from None
    except csv.Error as problem:
        raise ImporterError(
            _("{path} is no table: {reason}.").format(path=path.name, reason=first_line(problem))
        ) from None


def _text_rows(path: Path, encoding: str, headings: list[str]) -> Iterator[Batch]:
    lines = _lines(path, encoding)
    next(lines, None)
    yield from _batches(path, (line for line in lines if line), headings)


def _sheet(path: Path, name: str) -> Iterator[Sequence[Any]]:
    book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    try:
        yield from book[name].iter_rows(values_only=True)
    finally:
        book.close()


def _sheet_rows(path: Path, name: str, headings: list[str]) -> Iterator[Batch]:
    rows = _sheet(path, name)
    next(rows, None)
    filled = (row for row in rows if any(cell is not None for cell in row))
    yield from _batches(path, filled, headings)


def _batches(path: Path, rows: Iterator[Sequence[Any]], headings: list[str]) -> Iterator[Batch]:
    start = 0
    while chunk := list(islice(rows, ROWS_AT_ONCE)):
        longest = max(map(len, chunk))
        if longest > len(headings) and any(
            cell not in (None, "") for row in chunk for cell in row[len(headings) :]
        ):
            raise ImporterError(
                _(
                    "{path} has a row with {longest} cells under {count} headings, between row {value:,} and {value2:,}; put texts with a separator in quotation marks."
                ).format(
                    path=path.name,
                    longest=longest,
                    count=len(headings),
                    value=start + 1,
                    value2=start + len(chunk),
                )
            )
        columns = {
            heading: pa.array([_text(row[place]) if place < len(row) else None for row in chunk], pa.string())
            for place, heading in enumerate(headings)
        }
        yield Batch(start, columns)
        start += len(chunk)


def _text(cell: Any) -> str | None:
    return None if cell is None else str(cell)


def _headings(path: Path, cells: Sequence[Any]) -> list[str]:
    headings = ["" if cell is None else str(cell).strip() for cell in cells]
    while headings and not headings[-1]:
        headings.pop()
    if not headings:
        raise ImporterError(_("{path} holds no rows.").format(path=path.name))
    named = [heading or f"column {place}" for place, heading in enumerate(headings, 1)]
    if len(set(named)) < len(named):
        raise ImporterError(
            _("{path} has two columns of the same name; rename one of them.").format(path=path.name)
        )
    return named
