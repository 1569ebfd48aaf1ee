"""Cells of a sheet that are over several rows hold for each of them."""

from collections.abc import Iterator, Sequence
from typing import Any

Merged = Sequence[tuple[int, int, int]]
"""First and last row, from 1, and the place of the column."""


class Row(list[Any]):
    """The cells of a row with its number in the sheet, from 1."""

    def __init__(self, number: int, cells: Sequence[Any]) -> None:
        super().__init__(cells)
        self.number = number


def fill(rows: Iterator[Row], merged: Merged) -> Iterator[Row]:
    """What stands in the first row of a merged cell stands in its others, if the first is among the rows."""
    waiting = sorted(merged, reverse=True)
    over: dict[int, tuple[int, Any]] = {}
    for row in rows:
        while waiting and waiting[-1][0] <= row.number:
            first, last, column = waiting.pop()
            if first == row.number and column < len(row):
                over[column] = last, row[column]
        for column, (last, value) in [*over.items()]:
            if last < row.number:
                del over[column]
            elif column >= len(row) or row[column] is None:
                row += [None] * (column + 1 - len(row))
                row[column] = value
        yield row
