"""A feature that a form names by its layer and number, or by the address of its place, as the viewer may see it."""

import re
from typing import Any

from layers.registry.access.layer_query import LayerQuery
from layers.registry.audience import Viewer
from layers.registry.declaration.layer import Layer
from layers.registry.registration import UnknownLayer, get_layer

from .feature_text import title

LINK = re.compile(r"(?:sel=|/place/)([a-z][a-z0-9-]{1,39})/(\d{1,18})\b|^([a-z][a-z0-9-]{1,39})/(\d{1,18})$")


def linked_feature(text: str, viewer: Viewer) -> tuple[Layer, int, str] | None:
    """Layer, number and title; None of what is no address of a feature or not to be seen."""
    match = LINK.search(text.strip()[:2000])
    if match is None:
        return None
    name, pk = match[1] or match[3], int(match[2] or match[4])
    try:
        layer = get_layer(name, viewer)
    except UnknownLayer:
        return None
    row = next(iter(LayerQuery(layer, viewer).by_ids([pk])), None)
    return (layer, pk, title(layer, row)) if row else None


def feature_reference(text: str, viewer: Viewer) -> Any:
    """What a field keeps of a feature; the text itself if it names none."""
    found = linked_feature(text, viewer)
    if found is None:
        return text
    layer, pk, name = found
    return {"layer": layer.name, "feature": pk, "title": name}
