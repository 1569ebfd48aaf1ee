"""Rows of a question as batches of Arrow, so that memory stays flat however many there are."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa
import shapely

from layers.query.fragments import Type
from layers.query.scope import type_of
from layers.registry.access.layer_query import Condition, LayerQuery, Row
from layers.registry.access.unreadable import Unreadable
from layers.registry.declaration.layer import Geometry, Kind
from layers.registry.declaration.symbology import ByCategory

from .systems import Shapes, System

BATCH = 2000
SHAPE = "wkb"
NOWHERE = Condition(
    "geom IS NULL OR ST_IsEmpty(geom) OR greatest(abs(ST_XMin(geom)), abs(ST_XMax(geom)), abs(ST_YMin(geom)),"
    " abs(ST_YMax(geom))) > 360"
)
Advance = Callable[[int], object]
"""Told of rows that were read."""
TYPES = {
    Kind.INTEGER: pa.int64(),
    Kind.NUMBER: pa.float64(),
    Kind.BOOLEAN: pa.bool_(),
    Kind.DATE: pa.date32(),
    Kind.TIME: pa.timestamp("ms", tz="UTC"),
}


class Table(ABC):
    """Rows to be written, their shapes in ``system``. ``categories`` are the column by whose values they are coloured,
    empty where there is none, and those values."""

    name: str
    geometry: Geometry
    system: System
    categories: tuple[str, list[str]]

    @property
    def has_shapes(self) -> bool:
        return self.geometry != Geometry.NONE

    @property
    @abstractmethod
    def columns(self) -> dict[str, pa.DataType]:
        """Their types by name, in their order."""

    @abstractmethod
    def batches(self) -> Iterator[tuple[dict[str, list[Any]], Shapes]]:
        """Columns and shapes."""

    @abstractmethod
    def lacks_places(self) -> bool:
        """Whether some rows have none."""

    def arrow(self, names: dict[str, str] | None = None) -> pa.RecordBatchReader:
        """``names`` are those of the columns where they are called otherwise in the file."""
        schema = arrow_schema(self.columns, self.has_shapes, names or {})
        return pa.RecordBatchReader.from_batches(
            schema, (record_batch(schema, columns, shapes) for columns, shapes in self.batches())
        )


class LayerTable(Table):
    """What a viewer sees of the rows that conditions choose."""

    def __init__(
        self, reading: LayerQuery, conditions: Sequence[Condition], system: System, advance: Advance
    ) -> None:
        self.reading, self.conditions, self.system, self.advance = reading, conditions, system, advance
        self.name, self.geometry = reading.layer.name, reading.layer.geometry
        chosen = reading.layer.symbology.color if reading.layer.symbology else None
        coloured = isinstance(chosen, ByCategory) and chosen.attribute in self.columns
        if isinstance(chosen, ByCategory) and coloured:
            self.categories = (chosen.attribute, [str(each.value) for each in chosen.categories])
        else:
            self.categories = ("", [self.name])

    @property
    def columns(self) -> dict[str, pa.DataType]:
        layer = self.reading.layer
        found = {"id": pa.int64()}
        for attribute in self.reading.attributes:
            is_number = type_of(layer, attribute) == Type.NUMBER
            plain = pa.int64() if is_number else pa.string()
            found[attribute.name] = TYPES.get(layer.kind(attribute), plain)
        return {**found, "source": pa.string(), "is_generated": pa.bool_()}

    def batches(self) -> Iterator[tuple[dict[str, list[Any]], Shapes]]:
        """By key."""
        last, columns = -(2**63), self.columns
        shape = f"ST_AsBinary(geom) AS {SHAPE}" if self.has_shapes else ""
        while rows := self.reading.rows(
            Condition("id > %s", (last,)),
            *self.conditions,
            order="id",
            limit=BATCH,
            geometry=False,
            extra=shape,
        ):
            last = rows[-1]["id"]
            yield (
                {name: [_plain(row[name], kind) for row in rows] for name, kind in columns.items()},
                self._shapes(rows),
            )
            self.advance(len(rows))

    def _shapes(self, rows: list[Row]) -> Shapes:
        if not self.has_shapes:
            return np.full(len(rows), None, dtype=object)
        found = np.array([None if row[SHAPE] is None else bytes(row[SHAPE]) for row in rows], dtype=object)
        return self.system.placed(shapely.from_wkb(found))

    def lacks_places(self) -> bool:
        return bool(self.reading.count(*self.conditions, NOWHERE))


def arrow_schema(columns: dict[str, pa.DataType], has_shapes: bool, names: dict[str, str]) -> pa.Schema:
    fields = [pa.field(names.get(name, name), kind) for name, kind in columns.items()]
    if has_shapes:
        fields.append(pa.field(SHAPE, pa.binary(), metadata={"ARROW:extension:name": "geoarrow.wkb"}))
    return pa.schema(fields)


def record_batch(schema: pa.Schema, columns: dict[str, list[Any]], shapes: Shapes) -> pa.RecordBatch:
    """Of columns in the order of the schema."""
    arrays = [pa.array(values, schema.field(place).type) for place, values in enumerate(columns.values())]
    if schema.names[-1] == SHAPE:
        arrays.append(pa.array(shapely.to_wkb(shapes).tolist(), pa.binary()))
    return pa.record_batch(arrays, schema=schema)


def _plain(value: Any, kind: pa.DataType) -> Any:
    """Nothing where Python has no word for the value."""
    if value is None or isinstance(value, Unreadable):
        return None
    if isinstance(value, Decimal):
        return float(value)
    if pa.types.is_string(kind):
        return str(value)
    return value
