"""pygeoapi's view of a layer: the public audience's rows, in longitude and latitude (CRS84)."""

import json
from decimal import Decimal
from math import isfinite
from typing import Any

from pygeoapi.provider.base import BaseProvider, ProviderInvalidQueryError, ProviderItemNotFoundError
from pygeoapi.util import crs_transform

from layers.registry.access.layer_query import Condition, LayerQuery, Row, intersects_box
from layers.registry.access.unreadable import Unreadable, unreadable_member
from layers.registry.audience import PUBLIC_VIEWER
from layers.registry.declaration.layer import Kind
from layers.registry.registration import get_layer

from .property_filters import NoSuchValue, equals

TYPES = {Kind.INTEGER: "integer", Kind.NUMBER: "number", Kind.BOOLEAN: "boolean"}
FORMATS = {Kind.DATE: "date", Kind.TIME: "date-time"}
MOST_SKIPPED = 2**31


class LayerProvider(BaseProvider):  # type: ignore[misc]
    def __init__(self, provider_def: dict[str, Any]) -> None:
        super().__init__(provider_def)
        self.reading = LayerQuery(get_layer(provider_def["data"], PUBLIC_VIEWER), PUBLIC_VIEWER)
        self.get_fields()

    def get_fields(self) -> dict[str, Any]:
        layer = self.reading.layer
        self._fields = {}
        for attribute in self.reading.attributes:
            kind = layer.kind(attribute)
            described: dict[str, Any] = {
                "type": TYPES.get(kind, "string"),
                "title": str(layer.label(attribute)),
            }
            if kind in FORMATS:
                described["format"] = FORMATS[kind]
            if choices := layer.choices(attribute):
                described["enum"] = list(choices)
            self._fields[attribute.name] = described
        return self._fields

    @crs_transform  # type: ignore[untyped-decorator]
    def query(
        self,
        offset: int = 0,
        limit: int = 10,
        resulttype: str = "results",
        bbox: list[float] | None = None,
        properties: list[tuple[str, str]] | None = None,
        sortby: list[dict[str, str]] | None = None,
        select_properties: list[str] | None = None,
        skip_geometry: bool = False,
        **kwargs: Any,
    ) -> dict[str, Any]:
        conditions = self._conditions(bbox or [], properties or [])
        matched = self.reading.count(*conditions)
        rows: list[Row] = []
        if resulttype != "hits":
            rows = self.reading.rows(
                *conditions,
                order=self._order(sortby or []),
                limit=limit,
                offset=min(offset, MOST_SKIPPED),
                geometry=not skip_geometry,
            )
        return {
            "type": "FeatureCollection",
            "features": [self._feature(row, select_properties or []) for row in rows],
            "numberMatched": matched,
            "numberReturned": len(rows),
        }

    @crs_transform  # type: ignore[untyped-decorator]
    def get(self, identifier: str, **kwargs: Any) -> dict[str, Any]:
        number = str(identifier)
        row = self.reading.by_id(int(number)) if number.isascii() and number.isdigit() else None
        if row is None:
            raise ProviderItemNotFoundError(user_msg=f"There is no feature {number[:30]} in this collection.")
        return self._feature(row, [])

    def _conditions(self, bbox: list[float], properties: list[tuple[str, str]]) -> list[Condition]:
        found = []
        if bbox and self.reading.layer.has_geometry:
            west, south, east, north = bbox if len(bbox) == 4 else (*bbox[:2], *bbox[3:5])
            if not all(isfinite(float(side)) for side in (west, south, east, north)):
                raise ProviderInvalidQueryError(user_msg="“bbox” is made of finite numbers.")
            found.append(_in_box(float(west), float(south), float(east), float(north)))
        for name, text in properties:
            try:
                found.append(equals(self.reading.layer, self.reading.layer.attribute(name), text))
            except NoSuchValue as problem:
                raise ProviderInvalidQueryError(user_msg=str(problem)) from problem
        return found

    def _order(self, sortby: list[dict[str, str]]) -> str:
        """pygeoapi has checked that the properties are among the fields."""
        parts = [f'"{wanted["property"]}" {"DESC" if wanted["order"] == "-" else "ASC"}' for wanted in sortby]
        return ", ".join([*parts, "id"])

    def _feature(self, row: Row, chosen: list[str]) -> dict[str, Any]:
        geometry = row.get("geometry")
        properties = {name: _plain(row[name]) for name in self.fields if not chosen or name in chosen}
        origin = {} if chosen else {"source": row["source"], "is_generated": row["is_generated"]}
        return {
            "type": "Feature",
            "id": row["id"],
            "geometry": json.loads(geometry) if geometry else None,
            "properties": {**properties, **origin},
            **unreadable_member(row),
        }


def _in_box(west: float, south: float, east: float, north: float) -> Condition:
    """A box whose west lies east of its east crosses the antimeridian."""
    if west <= east:
        return intersects_box(west, south, east, north)
    left, right = intersects_box(west, south, 180.0, north), intersects_box(-180.0, south, east, north)
    return Condition(f"({left.sql} OR {right.sql})", (*left.params, *right.params))


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, Unreadable):
        return None
    return value if value is None or isinstance(value, bool | int | float | str) else value.isoformat()
