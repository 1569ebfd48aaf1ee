"""Excel sheets, a batch of rows at a time; positions lie in columns."""

import zipfile
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import openpyxl
from django.utils.translation import gettext as _
from openpyxl.utils.exceptions import InvalidFileException

from importers.errors import ImporterError

from .source import Batch, Source
from .tables import batches_of, headings_of
from .vector import first_line


def read(path: Path, sheet: str | None) -> Source:
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
    headings = headings_of(path, next(_sheet(path, sheet or names[0]), []))
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
    yield from batches_of(path, filled, headings)
