"""Days and times beyond the years that a calendar of Python has, as columns of numbers may hold."""

from collections.abc import Mapping
from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from .source import Problem
from .values import absent_day

EPOCH = date(1970, 1, 1)
FIRST, LAST = (date.min - EPOCH).days, (date.max - EPOCH).days
UNITS = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}
DAY = 86_400


def within_calendar(columns: Mapping[str, pa.Array], faults: dict[int, list[Problem]]) -> dict[str, pa.Array]:
    """Empty where a value lies beyond, which is told of its row."""
    return {name: _within(name, column, faults) for name, column in columns.items()}


def _within(name: str, column: pa.Array, faults: dict[int, list[Problem]]) -> pa.Array:
    if pa.types.is_date32(column.type):
        kind, numbers, day = "D", column.cast(pa.int32()), 1
    elif pa.types.is_date64(column.type):
        kind, numbers, day = "ms", column.cast(pa.int64()), 1000 * DAY
    elif pa.types.is_timestamp(column.type):
        kind, numbers, day = column.type.unit, column.cast(pa.int64()), UNITS[column.type.unit] * DAY
    else:
        return column
    limits = pc.min_max(numbers).as_py()
    low, high = FIRST * day, (LAST + 1) * day - 1
    if limits["min"] is None or (limits["min"] >= low and limits["max"] <= high):
        return column
    beyond = pc.or_(pc.less(numbers, low), pc.greater(numbers, high)).fill_null(False)
    for index in np.flatnonzero(beyond.to_numpy(zero_copy_only=False)).tolist():
        written = str(np.array(numbers[index].as_py(), f"M8[{kind}]"))
        faults.setdefault(index, []).append(absent_day(name, written))
    return pc.if_else(beyond, pa.scalar(None, column.type), column)
