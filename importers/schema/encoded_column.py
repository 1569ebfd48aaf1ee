"""A column by its distinct values, so that each is converted and checked once."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from importers.sources.source import text_of

Codes = npt.NDArray[np.int64]


@dataclass(frozen=True)
class InvalidValue:
    """Stands for a value that cannot be taken."""

    why: str
    value: str = ""
    field: str = ""


@dataclass
class EncodedColumn:
    """A column by its distinct values: ``codes`` are places in ``values``, -1 where the row has none."""

    codes: Codes
    values: list[Any]

    def map(self, convert_all: Callable[[list[Any]], list[Any]]) -> "EncodedColumn":
        return EncodedColumn(self.codes, convert_all(self.values))

    def fill_blanks(self, default: Any) -> "EncodedColumn":
        if default is None or not (self.codes < 0).any():
            return self
        return EncodedColumn(np.where(self.codes < 0, len(self.values), self.codes), [*self.values, default])

    def invalid(self) -> Iterable[tuple[int, InvalidValue]]:
        """The rows with a value that cannot be taken."""
        if InvalidValue in set(map(type, self.values)):
            flags = np.array([*(isinstance(value, InvalidValue) for value in self.values), False])
            for index in np.flatnonzero(flags[self.codes]).tolist():
                yield index, self.values[self.codes[index]]

    def array(self, kind: pa.DataType) -> pa.Array:
        """Without what cannot be taken; where text is wanted, every value as text."""
        try:
            distinct = pa.array(self.values, kind)
        except (pa.ArrowException, TypeError, ValueError):
            distinct = pa.array([_without_invalid(value, kind) for value in self.values], kind)
        return distinct.take(pa.array(self.codes, mask=self.codes < 0))


def _without_invalid(value: Any, kind: pa.DataType) -> Any:
    if value is None or isinstance(value, InvalidValue):
        return None
    return str(value) if pa.types.is_string(kind) else value


def encode(array: pa.Array) -> EncodedColumn:
    """What a file writes for nothing (no value, blanks, NaN) has no code."""
    if isinstance(array, pa.DictionaryArray):
        array = array.dictionary_decode()
    if isinstance(array, pa.ExtensionArray):  # such as JSON
        array = array.storage
    if pa.types.is_float32(array.type):  # as it is written, not with the digits that a wider number adds
        array = array.cast(pa.string()).cast(pa.float64())
    if pa.types.is_nested(array.type) or pa.types.is_binary(array.type):
        array = pa.array([text_of(cell) for cell in array.to_pylist()], pa.string())
    encoded = array.dictionary_encode()
    values = encoded.dictionary.to_pylist()
    codes = encoded.indices.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int64)
    if set(map(type, values)) == {str}:
        kept = [place for place, value in enumerate(values) if value.strip()]
    else:
        kept = [place for place, value in enumerate(values) if not is_blank(value)]
    if len(kept) < len(values):
        renumbered = np.full(len(values) + 1, -1, dtype=np.int64)
        renumbered[kept] = np.arange(len(kept))
        codes, values = renumbered[codes], [values[place] for place in kept]
    return EncodedColumn(codes, values)


def coalesce(columns: list[EncodedColumn]) -> EncodedColumn:
    """Of several columns the first that a row fills."""
    codes, values = columns[0].codes.copy(), list(columns[0].values)
    for column in columns[1:]:
        taken = (codes < 0) & (column.codes >= 0)
        codes[taken] = column.codes[taken] + len(values)
        values += column.values
    return EncodedColumn(codes, values)


def constant(value: Any, rows: int) -> EncodedColumn:
    return EncodedColumn(np.zeros(rows, dtype=np.int64), [value])


def combine(columns: Mapping[str, EncodedColumn], rows: int) -> tuple[Codes, list[dict[str, Any]]]:
    """The distinct combinations of several columns, each as a row of what is filled, and which each row has."""
    codes = np.zeros(rows, dtype=np.int64)
    for column in columns.values():
        _, codes = np.unique(codes * (len(column.values) + 1) + column.codes + 1, return_inverse=True)
    _, firsts = np.unique(codes, return_index=True)
    combinations = [
        {name: column.values[at] for name, column in columns.items() if (at := column.codes[index]) >= 0}
        for index in firsts.tolist()
    ]
    return codes, combinations


def is_blank(value: Any) -> bool:
    if type(value) is str:
        return not value or value.isspace()
    return value is None or value != value
