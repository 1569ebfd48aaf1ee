"""A feature that a form names by its layer and number, or by the address of its place, as the viewer may see it."""

import re
from collections.abc import Iterable
from typing import Any

from django.utils.translation import override

from layers.registry.access.layer_query import LayerQuery, Row
from layers.registry.audience import Viewer
from layers.registry.declaration.layer import Layer
from layers.registry.registration import UnknownLayer, get_layer

from .feature_text import title

LINK = re.compile(r"(?:sel=|/place/)([a-z][a-z0-9-]{1,39})/(\d{1,18})\b|^([a-z][a-z0-9-]{1,39})/(\d{1,18})$")


def linked_feature(text: str, viewer: Viewer) -> tuple[Layer, int, str] | None:
    """Layer, number and title; None of what is no address of a feature or not to be seen."""
    found = _linked_row(text, viewer)
    return (found[0], found[1]["id"], title(*found)) if found else None


def _linked_row(text: str, viewer: Viewer) -> tuple[Layer, Row] | None:
    match = LINK.search(text.strip()[:2000])
    if match is None:
        return None
    name, pk = match[1] or match[3], int(match[2] or match[4])
    try:
        layer = get_layer(name, viewer)
    except UnknownLayer:
        return None
    row = next(iter(LayerQuery(layer, viewer).by_ids([pk])), None)
    return (layer, row) if row else None


def feature_reference(text: str, viewer: Viewer, keeps: Iterable[str] = ()) -> Any:
    """What a field keeps of a feature, with the attributes ``keeps`` as texts; the text itself if it names none.

    Its title is kept in Chinese, as documents are written, whoever chose it. An attribute that the viewer may not see,
    or that is not filled, is not kept.
    """
    found = _linked_row(text, viewer)
    if found is None:
        return text
    layer, row = found
    kept = {name: str(row[name]) for name in keeps if row.get(name) is not None}
    with override("zh-hans"):
        name = title(layer, row)
    return {"layer": layer.name, "feature": row["id"], "title": name, **kept}
