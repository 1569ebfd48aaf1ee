"""Rows of a collection as an address asks for them."""

import json
from collections.abc import Collection, Sequence
from typing import Any

from layers.registry.access.layer_query import Condition, LayerQuery, Row

from .query import FeatureQuery


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
    if not (pk.isascii() and pk.isdigit() and len(pk) < 19):
        return None
    shaped = f"{query.system.outline()} AS geometry" if reading.layer.has_geometry else ""
    key = Condition("id = %s", (int(pk),))
    found = reading.rows(key, *query.conditions, limit=1, geometry=False, extra=shaped)
    return found[0] if found else None


def collection_text(features: Sequence[str], **members: Any) -> str:
    head = '{"type": "FeatureCollection", "features": [' + ",\n".join(features) + "], "
    return head + json.dumps(members, ensure_ascii=False)[1:]
