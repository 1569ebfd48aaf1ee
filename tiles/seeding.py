"""Filling the caches ahead of the first visitor; what is current already is passed over."""

import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, TypeVar

from django.db import connections

from layers.coordinates import lonlat_to_web
from layers.registry.audience import PUBLIC_VIEWER
from layers.registry.layer import Layer
from layers.registry.layer_query import Reading

from .cache.tile_files import is_cached
from .raster.app import proxy_configuration
from .raster.configuration import GRID
from .scheme import MAX_ZOOM, Box, Tile, tiles_over
from .tile_service import get_tile
from .vector.mvt import shown_at

Progress = Callable[[int, int], None]
"""Told the tiles done and the tiles in all."""

T = TypeVar("T")

META_SIZE = 4


def box_of(layers: Sequence[Layer]) -> Box | None:
    """The box around the layers in EPSG:3857, None when they are empty."""
    extents = [extent for layer in layers if (extent := Reading(layer, PUBLIC_VIEWER).extent())]
    if not extents:
        return None
    west, south = lonlat_to_web(min(e[0] for e in extents), min(e[1] for e in extents))
    east, north = lonlat_to_web(max(e[2] for e in extents), max(e[3] for e in extents))
    return west, south, east, north


def vector_tiles(layers: Sequence[Layer], zooms: range, box: Box | None) -> Iterator[tuple[Layer, Tile]]:
    """The tiles to seed, each layer over its own extent or the given box."""
    for layer in layers:
        area = box or box_of([layer])
        if area is None:
            continue
        for zoom in zooms:
            if zoom <= MAX_ZOOM and shown_at(layer, zoom):
                yield from ((layer, tile) for tile in tiles_over(area, zoom))


@dataclass(frozen=True)
class Pace:
    """How hard to work: so many at once, each pausing for a share of the time that a tile took."""

    workers: int = 2
    pause: float = 0.0


def seed_vector(
    layers: Sequence[Layer], zooms: range, box: Box | None, report: Progress, pace: Pace = Pace()
) -> int:
    """Draw the vector tiles that are not kept; returns how many were drawn."""
    wanted = [
        (layer, tile)
        for layer, tile in vector_tiles(layers, zooms, box)
        if not is_cached([layer], tile, PUBLIC_VIEWER)
    ]
    _run_parallel(wanted, lambda pair: get_tile([pair[0]], pair[1], PUBLIC_VIEWER), report, pace)
    return len(wanted)


def seed_raster(names: Sequence[str], zooms: range, box: Box, report: Progress, pace: Pace = Pace()) -> int:
    """Draw the missing tiles of MapProxy caches a meta-tile at a time; returns how many meta-tiles were drawn."""
    wanted = [(name, tile) for name in names for zoom in zooms for tile in _meta_tiles(name, box, zoom)]
    _run_parallel(wanted, lambda pair: _manager(pair[0]).load_tile_coords([pair[1]]), report, pace)
    return len(wanted)


def _run_parallel(items: Sequence[T], draw: Callable[[T], object], report: Progress, pace: Pace) -> None:
    def one(item: T) -> None:
        start = time.perf_counter()
        draw(item)
        time.sleep(pace.pause * (time.perf_counter() - start))

    with ThreadPoolExecutor(pace.workers) as pool:
        for done, _ in enumerate(pool.map(one, items), 1):
            report(done, len(items))
        for _ in range(pace.workers):
            pool.submit(connections.close_all)


def _meta_tiles(name: str, box: Box, zoom: int) -> Iterator[tuple[int, int, int]]:
    """One tile of each meta-tile that has a tile missing."""
    manager = _manager(name)
    _, _, tiles = manager.grid.get_affected_level_tiles(box, zoom)
    seen = set()
    for tile in tiles:
        if tile is None:
            continue
        meta = (tile[0] // META_SIZE, tile[1] // META_SIZE)
        if meta not in seen and not manager.is_cached(tile):
            seen.add(meta)
            yield tile


def _manager(name: str) -> Any:
    for grid, _, manager in proxy_configuration().caches[f"{name}_cache"].caches():
        if grid.name == GRID:
            return manager
    raise LookupError(f"no cache {name} in grid {GRID}")
