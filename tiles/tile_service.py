"""Tiles as a viewer sees them, kept or drawn. While no worker gives a sign of life, who serves does its work first.

Without a database a kept tile is returned as it is; where none is kept, DatabaseError is raised.
"""

from collections.abc import Sequence

from layers.registry.audience import Viewer
from layers.registry.declaration.layer import Layer

from . import terrain
from .cache.gzip_tile import GzipTile, compress
from .cache.tile_files import CacheEntry, heights_path, read_or_render, tile_path
from .invalidation.synchronization import ensure_synchronized
from .scheme import WORLD, Tile
from .vector.blocks import change_names
from .vector.mvt import render


def get_tile(layers: Sequence[Layer], tile: Tile, viewer: Viewer) -> GzipTile:
    return _get(
        CacheEntry(
            tile_path(layers, tile, viewer),
            change_names(layers),
            tile.buffered,
            lambda: render(layers, tile, viewer),
        )
    )


def get_heights_tile(layer: Layer, tile: Tile, viewer: Viewer) -> GzipTile:
    """Every change of the layer may touch any of its tiles."""
    return _get(
        CacheEntry(
            heights_path(layer, tile, viewer),
            [layer.name],
            WORLD,
            lambda: terrain.render(layer, tile, viewer),
        )
    )


def _get(entry: CacheEntry) -> GzipTile:
    if not ensure_synchronized():
        return compress(entry.render().content)
    return read_or_render(entry)
