"""Rows of cells under headings, as batches of texts."""

from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow as pa

from importers.encoding import legible
from importers.errors import ImporterError
from importers.sources.legibility import utf_8_told
from importers.sources.source import ROWS_AT_ONCE, Batch, Problem
from importers.sources.values import unread_letter
from layers.sentences.sentence import gettext as _


def batches_of(
    path: Path, rows: Iterator[Sequence[Any]], headings: list[str], encoding: str = "utf-8"
) -> Iterator[Batch]:
    """``encoding`` is that in which their texts were read."""
    start = 0
    while chunk := list(islice(rows, ROWS_AT_ONCE)):
        long = _longer_row(chunk, len(headings))
        if long is not None:
            raise ImporterError(
                _(
                    "{path}: row {row:,} has {longest} cells under {count} headings. Write one heading above every column, in one line; in a text file, cells with a separator stand in quotation marks."
                ).format(path=path.name, row=start + long + 1, longest=len(chunk[long]), count=len(headings))
            )
        faults: dict[int, list[Problem]] = {}
        columns = {
            heading: _column(
                heading, [_text(row[place]) if place < len(row) else None for row in chunk], encoding, faults
            )
            for place, heading in enumerate(headings)
        }
        yield Batch(start, columns, faults=faults)
        start += len(chunk)


def says_something(row: Sequence[str | None]) -> bool:
    """Rows of nothing but blanks stand at the end of what spreadsheets write."""
    return any(cell and not cell.isspace() for cell in row)


def _longer_row(rows: list[Sequence[Any]], count: int) -> int | None:
    """Where the first lies that fills cells beyond the headings."""
    longer = (index for index, row in enumerate(rows) if len(row) > count)
    return next(
        (index for index in longer if any(cell not in (None, "") for cell in rows[index][count:])), None
    )


def _text(cell: Any) -> str | None:
    return None if cell is None else str(cell)


def _column(
    heading: str, cells: Sequence[str | None], encoding: str, faults: dict[int, list[Problem]]
) -> pa.Array:
    """Bytes that are no letter, which stand in texts as surrogates, and letters of UTF-8 among others make their row a
    fault."""
    cells = utf_8_told(heading, cells, encoding, faults)
    try:
        return pa.array(cells, pa.string())
    except UnicodeEncodeError:
        plain = [cell and legible(cell) for cell in cells]
    for index, (cell, text) in enumerate(zip(cells, plain, strict=True)):
        if cell is not None and cell != text:
            faults.setdefault(index, []).append(unread_letter(heading, text or ""))
    return pa.array(plain, pa.string())
