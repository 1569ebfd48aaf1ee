"""Where the maps of pages begin."""

from layers.registry.access.layer_query import LayerQuery
from layers.registry.audience import Viewer
from layers.registry.registration import get_layer


def district_extent(viewer: Viewer) -> tuple[float, float, float, float] | None:
    """West, south, east, north in degrees; None of an empty portal."""
    return LayerQuery(get_layer("divisions", viewer), viewer).extent()
