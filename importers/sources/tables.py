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


def without_title(rows: Iterator[Sequence[Any]]) -> tuple[Iterator[Sequence[Any]], list[str]]:
    """The rows from their headings on, and what is to be said where a title stood above them.

    A title is a first line with one cell, above a line of several under which at least as many cells are filled.
    """
    first = list(islice(rows, 3))
    filled = [sum(cell not in (None, "") for cell in row) for row in first]
    if len(first) > 1 and filled[0] == 1 and filled[1] > 1 and (len(first) < 3 or filled[2] > 1):
        title = next(str(cell).strip() for cell in first[0] if cell not in (None, ""))
        return chain(first[1:], rows), [
            _("the first line, “{title}”, is a title").format(title=legible(title[:80]))
        ]
    return chain(first, rows), []


def batches_of(path: Path, rows: Iterator[Sequence[Any]], headings: list[str]) -> Iterator[Batch]:
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
        faults: dict[int, list[Problem]] = {}
        columns = {
            heading: _column(
                heading, [_text(row[place]) if place < len(row) else None for row in chunk], faults
            )
            for place, heading in enumerate(headings)
        }
        yield Batch(start, columns, faults=faults)
        start += len(chunk)


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


def unread_letter(heading: str, text: str) -> Problem:
    wrong = _("{name}: a letter of “{value}” cannot be read").format(name=heading, value=text[:80])
    return Problem(wrong, heading, text[:200])


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
