"""Rows by their numbers, of which there may be millions: as spans from the first to the last."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

SHOWN = 6


@dataclass
class RowRanges:
    """In rising order; rows that follow one another share a span."""

    ranges: list[tuple[int, int]] = field(default_factory=list)

    @classmethod
    def of(cls, rows: npt.NDArray[np.int64]) -> "RowRanges":
        """Of numbers in rising order."""
        parts = np.split(rows, np.flatnonzero(np.diff(rows) > 1) + 1) if len(rows) else []
        return cls([(int(part[0]), int(part[-1])) for part in parts])

    def extend(self, others: "RowRanges") -> None:
        """Take in what lies beyond the last row."""
        for first, last in others.ranges:
            if self.ranges and self.ranges[-1][1] + 1 == first:
                self.ranges[-1] = self.ranges[-1][0], last
            else:
                self.ranges.append((first, last))

    def __len__(self) -> int:
        return sum(last - first + 1 for first, last in self.ranges)

    def __str__(self) -> str:
        return format_ranges(self.ranges)

    def abbreviated(self) -> str:
        return format_ranges(self.ranges[:SHOWN]) + (", …" if len(self.ranges) > SHOWN else "")


def format_ranges(ranges: Iterable[tuple[int, int]]) -> str:
    return ", ".join(f"{first}" if first == last else f"{first}-{last}" for first, last in ranges)


def parse_ranges(text: str) -> Iterator[int]:
    """Every row of what :class:`RowRanges` wrote."""
    for span in filter(None, text.split(", ")):
        first, _dash, last = span.partition("-")
        yield from range(int(first), int(last or first) + 1)
