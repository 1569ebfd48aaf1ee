"""Where areas are named: each once at a zoom, in the one tile in which its label point lies, whatever tiles it spans."""

from collections.abc import Sequence

from django.db import connection

from layers.registry.declaration.layer import Attribute, Geometry, Layer
from layers.registry.declaration.symbology import Label
from tiles.scheme import MAX_ZOOM, Tile


def label_layer(layer: Layer) -> str:
    """The layer of its tiles from which a layer's names are drawn."""
    return f"{layer.name}.labels" if layer.geometry == Geometry.POLYGON else layer.name


def first_zoom(layer: Layer, label: Label) -> int:
    """Of the tiles from which names are drawn: those of half the size are drawn twice as large."""
    return min(MAX_ZOOM, max(0, max(label.min_zoom, layer.min_zoom) - 1))


def label_columns(attributes: Sequence[Attribute], label: Label) -> list[str]:
    """Those of the tiles' attributes by which a feature is named, in either language, and told whether it is."""
    wanted = {label.attribute, f"{label.attribute}_en", label.by}
    return [attribute.name for attribute in attributes if attribute.name in wanted]


def inside(tile: Tile, point: str) -> str:
    """SQL for whether a point in EPSG:3857 lies in the tile; one on an edge lies in the tile east or south of it."""
    west, south, east, north = tile.box
    return f"ST_X({point}) >= {west!r} AND ST_X({point}) < {east!r} AND ST_Y({point}) > {south!r} AND ST_Y({point}) <= {north!r}"


def quoted(names: list[str]) -> str:
    return ", ".join(connection.ops.quote_name(name) for name in ("id", *names))
