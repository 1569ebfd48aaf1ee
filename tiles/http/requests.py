"""What a tile address asks for, or an error that says what is wrong with it."""

from collections.abc import Sequence

from layers.errors import InvalidInput
from layers.registry.audience import Viewer
from layers.registry.declaration.layer import Layer
from layers.registry.registration import UnknownLayer, get_layer, get_layers
from layers.registry.text import Text
from tiles.scheme import Tile
from tiles.terrain import HeightsNotFound

MAX_LAYERS = 16


def parse_layers(names: str, viewer: Viewer) -> Sequence[Layer]:
    """Layers by their comma-separated names, each once, in the order of their names."""
    wanted = sorted({name for name in names.split(",") if name})
    if not wanted:
        raise InvalidInput(Text("请至少指定一个图层。", "Name at least one layer."))
    if len(wanted) > MAX_LAYERS:
        raise InvalidInput(
            Text(f"一个瓦片最多包含 {MAX_LAYERS} 个图层。", f"A tile can hold at most {MAX_LAYERS} layers.")
        )
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
        raise InvalidInput(
            Text(
                "瓦片地址应以三个整数结尾：级别、列号和行号。",
                "A tile address ends with three whole numbers: zoom, column and row.",
            )
        ) from None
    return Tile(*numbers)


def _number(part: str) -> int:
    if not (part.isascii() and part.isdigit() and len(part) < 10):
        raise ValueError(part)
    return int(part)
