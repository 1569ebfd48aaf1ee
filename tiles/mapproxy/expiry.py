"""Removing the raster tiles that a change touched, in this process, in milliseconds."""

import shutil
from typing import Any

from layers.coordinates import WEB_HALF

from ..scheme import Box
from .app import loaded
from .configuration import META_BUFFER, caches_of

MOST_TILES = 20_000
"""Above this many tiles a whole level goes; looking for each would take longer than drawing what is needed."""

WORLD = (-WEB_HALF, -WEB_HALF, WEB_HALF, WEB_HALF)


def expire(layer_name: str, box: Box | None) -> int:
    """Remove the cached tiles a box (EPSG:3857; None is the world) touches at every zoom; returns how many.

    The box grows by the render buffer of each zoom, within which a label may reach over.
    """
    removed = 0
    for name in caches_of(layer_name):
        for grid, _extent, manager in loaded().caches[name].caches():
            for level in range(grid.levels):
                removed += _expire_level(grid, manager, level, box or WORLD)
    return removed


def _expire_level(grid: Any, manager: Any, level: int, box: Box) -> int:
    margin = grid.resolution(level) * META_BUFFER
    west, south, east, north = box
    grown = (west - margin, south - margin, east + margin, north + margin)
    _, (columns, rows), tiles = grid.get_affected_level_tiles(grown, level)
    if columns * rows > MOST_TILES:
        shutil.rmtree(manager.cache.level_location(level), ignore_errors=True)
        return int(columns * rows)
    coords = [tile for tile in tiles if tile]
    manager.remove_tile_coords(coords)
    return len(coords)
