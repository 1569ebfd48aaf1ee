"""The layers of this installation, by name."""

from collections.abc import Callable, Iterable
from typing import Protocol

from layers.errors import NotFound

from .audience import Audience, Viewer
from .declaration.layer import Layer
from .declaration.list_page import ListPage
from .text import Text


class Refresh(Protocol):
    def __call__(self, *, now: bool = False) -> None: ...


_layers: dict[str, Layer] = {}
_ordered: tuple[Layer, ...] = ()
_sources: list[tuple[Refresh, Callable[[str], None]]] = []
_version = 0


class DuplicateLayer(ValueError):
    """Two declarations claim one name."""


class UnknownLayer(NotFound):
    """No layer of that name, or none that this viewer may know of."""

    def __init__(self, name: str) -> None:
        super().__init__(Text(f"没有名为“{name}”的图层。", f"There is no layer named “{name}”."))
        self.name = name


def add_source(refresh: Refresh, find: Callable[[str], None]) -> None:
    """A source of layers that come and go: ``refresh`` is called each time that layers are asked for (with ``now`` where
    what is known was found to be outdated), ``find`` with a name that is not known yet, or not for who asks."""
    _sources.append((refresh, find))


def version() -> int:
    """Changes with every layer that comes or goes, for what is made of all of them."""
    return _version


def is_registered(name: str) -> bool:
    return name in _layers


def declared_attributes(name: str) -> frozenset[str]:
    """Of a layer that this process knows; asks no database."""
    return frozenset(attribute.name for attribute in _layers[name].attributes)


def register(layer: Layer) -> Layer:
    other = _layers.get(layer.name)
    if other is not None:
        raise DuplicateLayer(
            f"layer {layer.name!r} of {layer.model.__module__} is already declared for {other.model.__module__}"
        )
    _layers[layer.name] = layer
    _count_version()
    return layer


def unregister(name: str) -> None:
    del _layers[name]
    _count_version()


def _count_version() -> None:
    global _ordered, _version
    _ordered = tuple(sorted(_layers.values(), key=_draw_order))
    _version += 1


def _draw_order(layer: Layer) -> tuple[int, str, str]:
    """Of rooms in one group by name, so that the order of apps decides nothing; of one room as declared."""
    return -layer.group.order, layer.group.name, layer.model._meta.app_label


def all_layers() -> tuple[Layer, ...]:
    """From the ground up: the lowest group of the panel first."""
    refresh_layers()
    return _ordered


def list_pages() -> list[tuple[Layer, ListPage]]:
    """All of them are declared in code, so no database is asked."""
    return [(layer, layer.list_page) for layer in _ordered if layer.list_page]


def refresh_layers(*, now: bool = False) -> None:
    for refresh, _find in _sources:
        refresh(now=now)


def layers_for(viewer: Viewer) -> tuple[Layer, ...]:
    return tuple(layer for layer in all_layers() if layer.audience <= viewer.audience)


def public_layers() -> tuple[Layer, ...]:
    return tuple(layer for layer in all_layers() if layer.audience == Audience.PUBLIC)


def get_layer(name: str, viewer: Viewer) -> Layer:
    """The layer, or UnknownLayer: a layer that is not for this viewer does not exist for them."""
    refresh_layers()
    layer = _shown(name, viewer)
    if layer is None:
        for _refresh_all, find in _sources:
            find(name)
        layer = _shown(name, viewer)
    if layer is None:
        raise UnknownLayer(name)
    return layer


def _shown(name: str, viewer: Viewer) -> Layer | None:
    layer = _layers.get(name)
    return layer if layer and layer.audience <= viewer.audience else None


def get_layers(names: Iterable[str], viewer: Viewer) -> tuple[Layer, ...]:
    return tuple(get_layer(name, viewer) for name in names)
