"""What a file delivers, before anything is decided about it: batches of rows, so that memory stays flat."""

import json
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import pyarrow as pa

from importers.errors import ImporterError
from layers.sentences.sentence import gettext as _

ROWS_AT_ONCE = 10_000


@dataclass(frozen=True)
class Batch:
    """Consecutive rows; ``start`` is the number of rows before them.

    ``shapes`` is WKB in (x, y) order whatever the authority states, or None where the file has no geometry.
    ``labels`` name the rows where they have names of their own, such as ``way/123``.
    ``faults`` are what the reader found wrong, by index; where nothing was done about it the row must not be loaded.
    """

    start: int
    columns: Mapping[str, pa.Array]
    shapes: pa.Array | None = None
    labels: Sequence[str] = ()
    faults: "Mapping[int, Sequence[Problem]]" = field(default_factory=dict)

    def slice(self, first: int, length: int) -> "Batch":
        """At most so many of its rows, from the one with that index on."""
        return Batch(
            self.start + first,
            {heading: column.slice(first, length) for heading, column in self.columns.items()},
            None if self.shapes is None else self.shapes.slice(first, length),
            self.labels[first : first + length],
            {index - first: each for index, each in self.faults.items() if 0 <= index - first < length},
        )

    def __len__(self) -> int:
        return len(self.shapes if self.shapes is not None else next(iter(self.columns.values()), ()))

    def values(self, index: int) -> dict[str, Any]:
        """The row as delivered, in what JSON can hold."""
        row = {name: _json_value(column[index].as_py()) for name, column in self.columns.items()}
        unread = {
            fault.field: fault.value for fault in self.faults.get(index, ()) if row.get(fault.field) is None
        }
        return row | {name: value for name, value in unread.items() if name in row}


@dataclass
class Source:
    """One table of a file. ``crs`` is None when the file does not say; ``count`` when it is only known at the end."""

    headings: list[str]
    stream: Callable[[], Iterator[Batch]]
    has_geometry: bool = False
    crs: str | None = None
    count: int | None = None
    notes: list[str] = field(default_factory=list)
    name: str = ""
    """Of the file, as it was sent or lies in its archive."""
    midnights_as_days: bool = False
    """A time at midnight cannot be told from a day."""

    def heading(self, name: str) -> str | None:
        """The file's own spelling of a heading: the same, else the first that differs in case or space."""
        if name in self.headings:
            return name
        wanted = name.strip().lower()
        return next((heading for heading in self.headings if heading.strip().lower() == wanted), None)

    @cached_property
    def sample(self) -> Batch:
        """The first rows; raises ImporterError where there are none."""
        found = next(self.stream(), None)
        if found is None or not len(found):
            raise ImporterError(_("The file holds no rows."))
        return found


@dataclass(frozen=True)
class Problem:
    """What is wrong with a row, in which field and value where one can be named, and what was done about it."""

    wrong: str
    field: str = ""
    value: str = ""
    done: str = ""


@dataclass(frozen=True)
class ProblemRow:
    """A row that is not stored as delivered; rows count from 1. ``held`` rows were not loaded."""

    row: int
    problems: tuple[Problem, ...]
    held: bool
    label: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)
    shape: bytes | None = None
    """As delivered, WKB in the file's reference system."""
    place: bytes | None = None
    """WKB in longitude and latitude, where the row has a place on the map."""

    @property
    def name(self) -> str:
        return self.label or f"row {self.row}"

    @property
    def reason(self) -> str:
        return _("; ").join(problem.wrong for problem in self.problems)


def batch_of_rows(rows: Sequence[Mapping[str, Any]], headings: Sequence[str], start: int = 0) -> Batch:
    """A batch of rows that are in memory, every value as text."""
    texts = {
        name: pa.array([None if row.get(name) is None else str(row[name]) for row in rows], pa.string())
        for name in headings
    }
    return Batch(start, texts)


def _json_value(value: Any) -> Any:
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    return value if isinstance(value, str | int | float | bool | None) else text_of(value)


def text_of(cell: Any) -> str | None:
    """A list or an object as JSON, bytes as the text that they are or in hexadecimal digits."""
    if isinstance(cell, bytes):
        try:
            return cell.decode()
        except UnicodeDecodeError:
            return cell.hex()
    if isinstance(cell, list | dict):
        return json.dumps(cell, ensure_ascii=False, default=str)
    return None if cell is None else str(cell)
