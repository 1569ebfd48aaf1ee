"""The result of an analysis as rows to be written."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pyarrow as pa
import shapely

from geoportal.take_away.systems import Shapes, System
from geoportal.take_away.table import BATCH, Table
from layers.query.analysis.result import Result
from layers.registry.access.unreadable import Unreadable

TYPES = {"text": pa.string(), "number": pa.int64()}


class ResultTable(Table):
    def __init__(self, name: str, result: Result, system: System) -> None:
        self.name, self.result, self.system = name, result, system
        self.geometry = result.analysis.geometry
        self.categories = ("", [name])

    @property
    def columns(self) -> dict[str, pa.DataType]:
        return {each.name: TYPES.get(each.kind, pa.float64()) for each in self.result.analysis.columns}

    def batches(self) -> Iterator[tuple[dict[str, list[Any]], Shapes]]:
        kinds = list(self.columns.items())
        for first in range(0, len(self.result.rows), BATCH):
            rows = self.result.rows[first : first + BATCH]
            shapes = np.array(self.result.shapes[first : first + BATCH], dtype=object)
            found = {
                name: [_plain(row[place], kind) for row in rows] for place, (name, kind) in enumerate(kinds)
            }
            yield found, self.system.placed(shapely.from_wkb(shapes))

    def lacks_places(self) -> bool:
        return any(
            bool((shapely.is_missing(shapes) | shapely.is_empty(shapes)).any())
            for _columns, shapes in self.batches()
        )


def _plain(value: Any, kind: pa.DataType) -> Any:
    if value is None or isinstance(value, Unreadable):
        return None
    if pa.types.is_string(kind):
        return str(value)
    return int(value) if pa.types.is_integer(kind) else float(value)
