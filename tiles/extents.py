"""Where layers lie, in degrees."""

from collections.abc import Sequence
from contextlib import suppress

from django.db import connection

from layers.registry.access.layer_query import LayerQuery
from layers.registry.audience import Viewer
from layers.registry.declaration.layer import Layer
from tiles.layer_state import states

Box = tuple[float, float, float, float]
"""(west, south, east, north) in degrees."""


MOST_REMEMBERED = 500

_remembered: dict[tuple[object, ...], Box | None] = {}
"""By layer, its version and viewer: each is read of all rows."""


def extent(layers: Sequence[Layer], viewer: Viewer) -> Box | None:
    """Of what the viewer sees of them; None when they are empty."""
    return box_around(list(boxes_of(layers, viewer).values()))


def boxes_of(layers: Sequence[Layer], viewer: Viewer) -> dict[str, Box]:
    """By name, of those that are not empty."""
    # Inside a transaction there may be changes that no version counts yet.
    if connection.in_atomic_block:
        boxes = {layer.name: LayerQuery(layer, viewer).extent() for layer in layers}
    else:
        # Versions are read before the rows: a box may be newer than its version says but never older.
        versions = states(layers, viewer)
        boxes = {layer.name: _extent(layer, versions[layer.name].version, viewer) for layer in layers}
    return {name: box for name, box in boxes.items() if box}


def _extent(layer: Layer, version: int, viewer: Viewer) -> Box | None:
    # A layer that is declared anew under its name is another object.
    key = (connection.settings_dict["NAME"], layer.name, id(layer), version, viewer.key)
    with suppress(KeyError):  # another thread may clear it meanwhile
        return _remembered[key]
    if len(_remembered) >= MOST_REMEMBERED:
        _remembered.clear()
    box = _remembered[key] = LayerQuery(layer, viewer).extent()
    return box


def box_around(boxes: Sequence[Box]) -> Box | None:
    if not boxes:
        return None
    west, south, east, north = zip(*boxes, strict=True)
    return min(west), min(south), max(east), max(north)
