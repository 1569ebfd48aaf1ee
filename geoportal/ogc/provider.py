"""pygeoapi's view of a layer: the public audience's rows, in longitude and latitude (CRS84)."""

import json
from typing import Any

from pygeoapi.provider.base import BaseProvider, ProviderInvalidQueryError, ProviderItemNotFoundError

from layers.registry.audience import PUBLIC_VIEWER
from layers.registry.layer import Kind
from layers.registry.reading import Condition, Reading, Row, within
from layers.registry.registration import get_layer

TYPES = {Kind.INTEGER: "integer", Kind.NUMBER: "number", Kind.BOOLEAN: "boolean"}


class LayerProvider(BaseProvider):  # type: ignore[misc]
    def __init__(self, provider_def: dict[str, Any]) -> None:
        super().__init__(provider_def)
        self.reading = Reading(get_layer(provider_def["data"], PUBLIC_VIEWER), PUBLIC_VIEWER)
        self.get_fields()

    def get_fields(self) -> dict[str, Any]:
        layer = self.reading.layer
        self._fields = {
            a.name: {"type": TYPES.get(layer.kind(a), "string"), "title": str(layer.label(a))}
            for a in self.reading.attributes
        }
        return self._fields

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
                *conditions, order=self._order(sortby or []), limit=limit, offset=min(offset, 2**31)
            )
        return {
            "type": "FeatureCollection",
            "features": [self._feature(row, select_properties or [], skip_geometry) for row in rows],
            "numberMatched": matched,
            "numberReturned": len(rows),
        }

    def get(self, identifier: str, **kwargs: Any) -> dict[str, Any]:
        row = (
            self.reading.by_id(int(identifier))
            if str(identifier).isascii() and str(identifier).isdigit()
            else None
        )
        if row is None:
            raise ProviderItemNotFoundError(f"no feature {identifier}")
        return self._feature(row, [], skip_geometry=False)

    def _conditions(self, bbox: list[float], properties: list[tuple[str, str]]) -> list[Condition]:
        found = []
        if bbox and self.reading.layer.has_geometry:
            west, south, east, north = bbox if len(bbox) == 4 else (*bbox[:2], *bbox[3:5])
            found.append(within(float(west), float(south), float(east), float(north)))
        for name, value in properties:
            if name not in self.fields or "\x00" in value:
                raise ProviderInvalidQueryError(f"no property {name}")
            found.append(Condition(f'"{name}"::text = %s', (value,)))
        return found

    def _order(self, sortby: list[dict[str, str]]) -> str:
        parts = []
        for wanted in sortby:
            if wanted["property"] not in self.fields:
                raise ProviderInvalidQueryError(f"no property {wanted['property']}")
            parts.append(f'"{wanted["property"]}" {"DESC" if wanted["order"] == "-" else "ASC"}')
        return ", ".join([*parts, "id"])

    def _feature(self, row: Row, chosen: list[str], skip_geometry: bool) -> dict[str, Any]:
        geometry = row.get("geometry")
        names = [name for name in self.fields if not chosen or name in chosen]
        properties = {name: _plain(row[name]) for name in names}
        return {
            "type": "Feature",
            "id": row["id"],
            "geometry": json.loads(geometry) if geometry and not skip_geometry else None,
            "properties": {**properties, "source": row["source"], "is_generated": row["is_generated"]},
        }


def _plain(value: Any) -> Any:
    return value if value is None or isinstance(value, bool | int | float | str) else str(value)
