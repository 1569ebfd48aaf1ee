"""What of a layer lies in the area of a project, by the values of one attribute; lengths and areas on the ellipsoid."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry

from geoportal.workbench.rows import condition, narrowed
from layers.coordinates import STORE_SRID
from layers.query.analysis.operand import Operand, common, measure, storeys
from layers.query.compiler import compile_condition
from layers.query.nodes import Node, Scalar
from layers.query.scope import queryables
from layers.registry.access.layer_query import LayerQuery, ask
from layers.registry.declaration.layer import Attribute


@dataclass(frozen=True)
class Content:
    """``measure`` is what lies in the area: metres of lines, square metres of areas, the number of points; ``floors``
    is that times the storeys, where the layer has storeys."""

    value: Any
    count: int
    measure: float
    floors: float | None


def meeting(node: Node | None, shape: BaseGeometry) -> Node:
    """A condition, and that the feature meets the shape."""
    return narrowed(node, condition(shape, Scalar(0)))


def contents(
    reading: LayerQuery, shape: BaseGeometry, node: Node | None = None, by: Attribute | None = None
) -> list[Content]:
    """The largest first; what only touches the area is not in it."""
    kind = reading.layer.geometry
    known = storeys(reading)
    operand = Operand(reading, [compile_condition(meeting(node, shape), reading)])
    rows = operand.rows(by, [known] if known else [])
    piece = measure(kind, common(kind, "a.geom", "p.shape"))
    value, floors = "a.category" if by else "NULL", "a.storeys" if known else "NULL::numeric"
    sql = (
        "SELECT value, count(*), sum(piece), sum(piece * floors) FROM"
        f" (SELECT {value} AS value, {floors} AS floors, {piece} AS piece FROM {rows.sql} AS a"
        f" CROSS JOIN (SELECT ST_GeomFromWKB(%s, {STORE_SRID}) AS shape) AS p OFFSET 0) AS part"
        " WHERE piece > 0 GROUP BY value ORDER BY 3 DESC, 1"
    )
    _names, found = ask(reading.viewer, sql, [*rows.params, shapely.to_wkb(shape)])
    return [Content(row[0], int(row[1]), float(row[2]), _number(row[3])) for row in found]


def coded(reading: LayerQuery) -> Attribute | None:
    """The first attribute whose values have words."""
    return next((each for each in queryables(reading) if reading.layer.choices(each)), None)


def titles(reading: LayerQuery, shape: BaseGeometry, most: int) -> list[tuple[int, str]]:
    """Numbers and titles of the first features that meet the area."""
    rows = Operand(reading, [compile_condition(meeting(None, shape), reading)]).rows()
    _names, found = ask(
        reading.viewer, f"SELECT a.id, a.title FROM {rows.sql} AS a ORDER BY a.id LIMIT {most}", rows.params
    )
    return [(int(row[0]), str(row[1] or row[0])) for row in found]


def total(found: Sequence[Content]) -> tuple[int, float]:
    return sum(each.count for each in found), sum(each.measure for each in found)


def _number(value: Decimal | float | None) -> float | None:
    return None if value is None else float(value)
