"""Versions of layers: which data a cached tile was made from."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from layers.registry.layer import Layer

from ..models import LayerState


@dataclass(frozen=True)
class State:
    version: int
    changed: datetime | None


def states(layers: Sequence[Layer]) -> dict[str, State]:
    """The state of each layer by name; version 0 and no time for one never changed."""
    known = {
        name: State(version, changed)
        for name, version, changed in LayerState.objects.filter(
            layer__in=[layer.name for layer in layers]
        ).values_list("layer", "version", "changed")
    }
    return {layer.name: known.get(layer.name, State(0, None)) for layer in layers}


def state(layer: Layer) -> State:
    return states([layer])[layer.name]


def versions(layers: Sequence[Layer]) -> str:
    """One text that differs whenever any of the layers changed."""
    found = states(layers)
    return ".".join(str(found[layer.name].version) for layer in layers)
