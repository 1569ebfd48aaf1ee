"""Where layers lie, in degrees."""

from collections.abc import Sequence

from layers.registry.access.layer_query import LayerQuery
from layers.registry.audience import Viewer
from layers.registry.declaration.layer import Layer

Box = tuple[float, float, float, float]
"""(west, south, east, north) in degrees."""


def extent(layers: Sequence[Layer], viewer: Viewer) -> Box | None:
    """Of what the viewer sees of them; None when they are empty."""
    return box_around([box for layer in layers if (box := LayerQuery(layer, viewer).extent())])


def box_around(boxes: Sequence[Box]) -> Box | None:
    if not boxes:
        return None
    west, south, east, north = zip(*boxes, strict=True)
    return min(west), min(south), max(east), max(north)
