"""Features as GeoJSON text, their geometry as the database writes it."""

import json
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from layers.registry.access.layer_query import LayerQuery, Row
from layers.registry.access.unreadable import Unreadable, unreadable_member

ORIGIN = ("source", "is_generated")


def feature_text(reading: LayerQuery, row: Row, properties: Sequence[str] | None, **members: Any) -> str:
    names = (
        [attribute.name for attribute in reading.attributes] + list(ORIGIN)
        if properties is None
        else properties
    )
    rest = {
        "properties": {name: _plain(row[name]) for name in names},
        **unreadable_member(row),
        **members,
    }
    head = f'{{"type": "Feature", "id": {row["id"]}, "geometry": {row.get("geometry") or "null"}, '
    return head + json.dumps(rest, ensure_ascii=False)[1:]


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, Unreadable):
        return None
    return value if value is None or isinstance(value, bool | int | float | str) else value.isoformat()
