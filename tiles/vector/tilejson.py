"""TileJSON 3.0 for one or several layers."""

from collections.abc import Iterator, Sequence
from typing import Any

from layers.registry.audience import Viewer
from layers.registry.declaration.layer import Kind, Layer
from tiles.extents import extent
from tiles.scheme import MAX_ZOOM

from .label_points import first_zoom, label_columns, label_layer
from .mvt import tile_attributes

FIELDS = {Kind.INTEGER: "Number", Kind.NUMBER: "Number", Kind.BOOLEAN: "Boolean"}


def describe(layers: Sequence[Layer], viewer: Viewer, root: str, version: int) -> dict[str, Any]:
    """``root`` is the absolute address of the portal, with a closing slash; bounds are west, south, east, north."""
    names = ",".join(layer.name for layer in layers)
    described: dict[str, Any] = {
        "tilejson": "3.0.0",
        "name": ", ".join(str(layer.title) for layer in layers),
        "version": f"1.0.{version}",
        "tiles": [f"{root}tiles/{names}/{{z}}/{{x}}/{{y}}.pbf"],
        "minzoom": min(max(0, layer.min_zoom - 1) for layer in layers),
        "maxzoom": MAX_ZOOM,
        "vector_layers": [each for layer in layers for each in _vector_layers(layer, viewer)],
    }
    if bounds := extent(layers, viewer):
        described["bounds"] = list(bounds)
    return described


def _vector_layers(layer: Layer, viewer: Viewer) -> Iterator[dict[str, Any]]:
    fields = {a.name: FIELDS.get(layer.kind(a), "String") for a in tile_attributes(layer, viewer)}
    described = {"description": str(layer.title), "maxzoom": MAX_ZOOM}
    yield described | {"id": layer.name, "minzoom": max(0, layer.min_zoom - 1), "fields": fields}
    label = layer.symbology.label if layer.symbology else None
    if label and label_layer(layer) != layer.name:
        named = {name: fields[name] for name in label_columns(tile_attributes(layer, viewer), label)}
        yield described | {"id": label_layer(layer), "minzoom": first_zoom(layer, label), "fields": named}
