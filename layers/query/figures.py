"""How a question's rows are spread over the values of one attribute, counted by the database."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from layers.registry.access.layer_query import ROW, Condition, LayerQuery, ask, relation
from layers.registry.declaration.layer import Attribute

from .fragments import Type
from .scope import Scope, type_of

MOST_BARS = 12


@dataclass(frozen=True)
class Bar:
    """``low`` is the value itself, or with ``high`` where a range begins that ends before that; None for rows without
    a value."""

    low: Any
    high: Any
    count: int


def bars(reading: LayerQuery, attribute: Attribute, conditions: Sequence[Condition]) -> list[Bar]:
    """The most frequent values, or ranges of equal width of a number that has no code list."""
    layer = reading.layer
    if type_of(layer, attribute) == Type.NUMBER and not layer.choices(attribute):
        return _ranges(reading, attribute, conditions)
    column = Scope(reading).column(attribute.name)
    sql = f"SELECT {column}, count(*) FROM {{source}} GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT {MOST_BARS}"
    return [Bar(value, None, count) for value, count in _ask(reading, sql, conditions)]


def _ranges(reading: LayerQuery, attribute: Attribute, conditions: Sequence[Condition]) -> list[Bar]:
    column = f"NULLIF(NULLIF({Scope(reading).column(attribute.name)}::float8, 'Infinity'), '-Infinity')"
    ends = _ask(reading, f"SELECT min({column}), max({column}) FROM {{source}}", conditions)
    low, high = ends[0]
    if low is None or not math.isfinite(high - low):
        return []
    width = (high - low) / MOST_BARS or 1.0
    end = math.nextafter(max(high, low + MOST_BARS * width), math.inf)
    edges = [*(low + step * width for step in range(MOST_BARS)), end]
    place = f"width_bucket({column}, ARRAY{edges!r}::float8[])"
    counted = _ask(
        reading, f"SELECT {place}, count(*) FROM {{source}} GROUP BY 1 ORDER BY 1 NULLS LAST", conditions
    )
    return [
        Bar(None, None, count) if step is None else Bar(edges[step - 1], edges[step], count)
        for step, count in counted
    ]


def _ask(reading: LayerQuery, sql: str, conditions: Sequence[Condition]) -> list[tuple[Any, ...]]:
    where = " AND ".join(f"({each.sql})" for each in conditions) or "true"
    source = f"{relation(reading.layer, reading.viewer)} AS {ROW} WHERE {where}"
    values = [value for each in conditions for value in each.params]
    return ask(reading.viewer, sql.replace("{source}", source), values)[1]
