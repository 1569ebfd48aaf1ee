"""Rows of cells under headings, as batches of texts."""

from collections.abc import Iterator, Sequence
from itertools import chain, islice
from pathlib import Path
from typing import Any

import pyarrow as pa
from django.utils.translation import gettext as _

from importers.encoding import legible
from importers.errors import ImporterError

from .source import ROWS_AT_ONCE, Batch, Problem
from .values import unread_letter

MOST_TITLES = 5


def without_title(rows: Iterator[Sequence[Any]]) -> tuple[Iterator[Sequence[Any]], list[str]]:
    """The rows from their headings on, and what is to be said where a title stood above them.

    Titles are first lines with one cell or none, above a line of several under which several are filled too.
    """
    first = list(islice(rows, MOST_TITLES + 2))
    filled = [[cell for cell in row if cell not in (None, "")] for row in first]
    titles = next((number for number, cells in enumerate(filled) if len(cells) > 1), 0)
    if any(len(cells) == 1 for cells in filled[titles + 1 : titles + 2]):
        titles = 0
    said = ", ".join(f"“{legible(str(cells[0]).strip()[:80])}”" for cells in filled[:titles] if cells)
    notes = [_("above the headings stands {titles}, a title").format(titles=said)] if said else []
    return chain(first[titles:], rows), notes


def batches_of(path: Path, rows: Iterator[Sequence[Any]], headings: list[str]) -> Iterator[Batch]:
    start = 0
    while chunk := list(islice(rows, ROWS_AT_ONCE)):
        long = _longer_row(chunk, len(headings))
        if long is not None:
            raise ImporterError(
                _(
                    "{path}: row {row:,} has {longest} cells under {count} headings. Headings fill one line above the rows; in a text file, cells with a separator stand in quotation marks."
                ).format(path=path.name, row=start + long + 1, longest=len(chunk[long]), count=len(headings))
            )
        faults: dict[int, list[Problem]] = {}
        columns = {
            heading: _column(
                heading, [_text(row[place]) if place < len(row) else None for row in chunk], faults
            )
            for place, heading in enumerate(headings)
        }
        yield Batch(start, columns, faults=faults)
        start += len(chunk)


def _longer_row(rows: list[Sequence[Any]], count: int) -> int | None:
    """Where the first lies that fills cells beyond the headings."""
    longer = (index for index, row in enumerate(rows) if len(row) > count)
    return next(
        (index for index in longer if any(cell not in (None, "") for cell in rows[index][count:])), None
    )


def _text(cell: Any) -> str | None:
    return None if cell is None else str(cell)


def _column(heading: str, cells: list[str | None], faults: dict[int, list[Problem]]) -> pa.Array:
    """Bytes that are no letter, which stand in texts as surrogates, make their row a fault."""
    try:
        return pa.array(cells, pa.string())
    except UnicodeEncodeError:
        plain = [cell and legible(cell) for cell in cells]
    for index, (cell, text) in enumerate(zip(cells, plain, strict=True)):
        if cell is not None and cell != text:
            faults.setdefault(index, []).append(unread_letter(heading, text or ""))
    return pa.array(plain, pa.string())


def headings_of(path: Path, cells: Sequence[Any]) -> list[str]:
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
