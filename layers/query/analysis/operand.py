"""What an analysis is made of: rows that a condition chooses of a layer, as its viewer sees it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from layers.query.errors import InvalidQuery
from layers.query.fragments import Type
from layers.query.scope import Scope, queryables, type_of
from layers.registry.access.layer_query import ROW, Condition, LayerQuery, relation
from layers.registry.declaration.layer import Attribute, Geometry, Layer
from layers.registry.text import Text


@dataclass(frozen=True)
class Sql:
    """``sql`` has a ``%s`` for each of ``params``."""

    sql: str
    params: tuple[Any, ...] = ()


@dataclass(frozen=True)
class Operand:
    reading: LayerQuery
    conditions: Sequence[Condition] = ()

    @property
    def layer(self) -> Layer:
        return self.reading.layer

    @property
    def title(self) -> str:
        return str(self.layer.title)

    def rows(self, by: Attribute | None = None, more: Sequence[Attribute] = ()) -> Sql:
        """Of ``id``, ``title``, ``geom``, where it is asked for the value ``category``, and ``more`` by their names; rows
        without a place are not among them."""
        if not self.layer.has_geometry:
            raise InvalidQuery(
                Text("图层“%(layer)s”没有位置。", "The layer “%(layer)s” has no places.")
                % {"layer": self.layer.title}
            )
        scope = Scope(self.reading)
        known = {attribute.name for attribute in queryables(self.reading)}
        name = self.layer.title_attribute
        title = f"{scope.column(name)}::text" if name in known else f"{scope.column('id')}::text"
        category = f", {scope.column(by.name)} AS category" if by else ""
        category += "".join(f", {scope.column(each.name)}" for each in more)
        where = " AND ".join(
            f"({each.sql})" for each in (*self.conditions, Condition(f"{ROW}.geom IS NOT NULL"))
        )
        source = f"{relation(self.layer, self.reading.viewer)} AS {ROW}"
        return Sql(
            f"(SELECT {ROW}.id, {title} AS title, {ROW}.geom{category} FROM {source} WHERE {where})",
            tuple(value for each in self.conditions for value in each.params),
        )

    def with_areas(self) -> "Operand":
        if self.layer.geometry != Geometry.POLYGON:
            raise InvalidQuery(
                Text("图层“%(layer)s”不是面图层。", "The layer “%(layer)s” has no areas.")
                % {"layer": self.layer.title}
            )
        return self


def storeys(reading: LayerQuery) -> Attribute | None:
    """How many a feature has, where the layer tells."""
    return next(
        (
            each
            for each in queryables(reading)
            if each.name == "storeys" and type_of(reading.layer, each) == Type.NUMBER
        ),
        None,
    )


MEASURES = {
    Geometry.POINT: ("", 1),
    Geometry.LINE: ("ST_Length({}::geography)", 2),
    Geometry.POLYGON: ("ST_Area({}::geography)", 3),
}
"""How much of a shape there is, in metres or square metres on the ellipsoid, and PostGIS's number of its kind."""


def measure(geometry: Geometry, shape: str) -> str:
    """SQL; a point counts one."""
    sql, _kind = MEASURES[geometry]
    return sql.format(shape) if sql else f"(CASE WHEN ST_IsEmpty({shape}) THEN 0 ELSE 1 END)"


def common(geometry: Geometry, first: str, second: str) -> str:
    """SQL of what two shapes share, of the kind of the first; whole where it lies within."""
    _sql, kind = MEASURES[geometry]
    return (
        f"CASE WHEN ST_CoveredBy({first}, {second}) THEN {first}"
        f" ELSE ST_CollectionExtract(ST_Intersection({first}, {second}), {kind}) END"
    )
