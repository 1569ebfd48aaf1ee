"""The layers of this installation, by name."""

from collections.abc import Iterable

from .audience import Audience, Viewer
from .layer import Layer

_layers: dict[str, Layer] = {}


class DuplicateLayer(ValueError):
    """Two declarations claim one name."""


class UnknownLayer(KeyError):
    """No layer of that name, or none that this viewer may know of."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name

    def __str__(self) -> str:
        return f"There is no layer named “{self.name}”."


def register(layer: Layer) -> Layer:
    other = _layers.get(layer.name)
    if other is not None:
        raise DuplicateLayer(
            f"layer {layer.name!r} of {layer.model.__module__} is already declared for {other.model.__module__}"
        )
    _layers[layer.name] = layer
    return layer


def unregister(name: str) -> None:
    del _layers[name]


def all_layers() -> tuple[Layer, ...]:
    return tuple(_layers.values())


def layers_for(viewer: Viewer) -> tuple[Layer, ...]:
    return tuple(layer for layer in _layers.values() if layer.audience <= viewer.audience)


def public_layers() -> tuple[Layer, ...]:
    return tuple(layer for layer in _layers.values() if layer.audience == Audience.PUBLIC)


def get_layer(name: str, viewer: Viewer) -> Layer:
    """The layer, or UnknownLayer: a layer that is not for this viewer does not exist for them."""
    layer = _layers.get(name)
    if layer is None or layer.audience > viewer.audience:
        raise UnknownLayer(name)
    return layer


def get_layers(names: Iterable[str], viewer: Viewer) -> tuple[Layer, ...]:
    return tuple(get_layer(name, viewer) for name in names)
