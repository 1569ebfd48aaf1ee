"""What a tile address asks for, or a sentence that says what is wrong with it."""

from collections.abc import Sequence

from layers.registry.audience import Viewer
from layers.registry.layer import Layer
from layers.registry.registration import UnknownLayer, get_layer, get_layers
from tiles.scheme import Tile
from tiles.terrain import HeightsNotFound

MAX_LAYERS = 16


class BadRequest(ValueError):
    """An address that makes no sense, in words for whoever wrote it."""


def parse_layers(names: str, viewer: Viewer) -> Sequence[Layer]:
    """Layers by their comma-separated names, each once, in the order of their names."""
    wanted = sorted({name for name in names.split(",") if name})
    if not wanted:
        raise BadRequest("Name at least one layer.")
    if len(wanted) > MAX_LAYERS:
        raise BadRequest(f"A tile can hold at most {MAX_LAYERS} layers.")
    layers = get_layers(wanted, viewer)
    for layer in layers:
        if not layer.has_geometry:
            raise UnknownLayer(layer.name)
    return layers


def parse_heights_layer(name: str, viewer: Viewer) -> Layer:
    """The layer of that name, which has heights."""
    layer = get_layer(name, viewer)
    if layer.heights is None:
        raise HeightsNotFound(name)
    return layer


def parse_tile(z: str, x: str, y: str) -> Tile:
    try:
        numbers = [_number(part) for part in (z, x, y)]
    except ValueError:
        raise BadRequest("A tile address ends with three whole numbers: zoom, column and row.") from None
    return Tile(*numbers)


def _number(part: str) -> int:
    if not (part.isascii() and part.isdigit() and len(part) < 10):
        raise ValueError(part)
    return int(part)
