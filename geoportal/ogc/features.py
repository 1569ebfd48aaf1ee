"""Features as GeoJSON text, their geometry as the database writes it."""

import json
from collections.abc import Collection, Sequence
from decimal import Decimal
from typing import Any

from layers.registry.access.layer_query import Condition, LayerQuery, Row
from layers.registry.access.unreadable import Unreadable, unreadable_member

from .query import FeatureQuery

ORIGIN = ("source", "is_generated")


def rows(reading: LayerQuery, query: FeatureQuery, attributes: Collection[str] | None = None) -> list[Row]:
    if query.counts_only:
        return []
    shaped = reading.layer.has_geometry and not query.without_geometry
    return reading.rows(
        *query.conditions,
        order=query.order,
        limit=query.limit,
        offset=query.offset,
        geometry=False,
        extra=f"{query.system.outline()} AS geometry" if shaped else "",
        attributes=query.properties if attributes is None else attributes,
    )


def row(reading: LayerQuery, query: FeatureQuery, pk: str) -> Row | None:
    """The row of this key; None where there is none or the text is no key."""
    if not (pk.isascii() and pk.isdigit()) or int(pk) >= 2**63:
        return None
    shaped = f"{query.system.outline()} AS geometry" if reading.layer.has_geometry else ""
    found = reading.rows(Condition("id = %s", (int(pk),)), limit=1, geometry=False, extra=shaped)
    return found[0] if found else None


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


def collection_text(features: Sequence[str], **members: Any) -> str:
    head = '{"type": "FeatureCollection", "features": [' + ",\n".join(features) + "], "
    return head + json.dumps(members, ensure_ascii=False)[1:]


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, Unreadable):
        return None
    return value if value is None or isinstance(value, bool | int | float | str) else value.isoformat()
