"""Filling the caches ahead of the first visitor; what is current already is passed over."""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

from django.db import connections

from layers.coordinates import lonlat_to_web
from layers.errors import InvalidInput
from layers.jobs.progress import Progress, no_progress
from layers.registry.audience import PUBLIC_VIEWER
from layers.registry.declaration.layer import Layer
from layers.sentences.sentence import gettext as _

from .cache import heartbeat
from .cache.tile_files import is_cached
from .extents import extent
from .invalidation.worker import Worker
from .raster.app import proxy_configuration
from .raster.configuration import BASE_MAP_WEBP, GRID
from .scheme import MAX_ZOOM, Box, Tile, tiles_over
from .tile_service import get_tile
from .vector.mvt import shown_at

T = TypeVar("T")

META_SIZE = 4
LAST_ZOOM = 19


def box_of(layers: Sequence[Layer]) -> Box | None:
    """The box around the layers in EPSG:3857, None when they are empty."""
    found = extent(layers, PUBLIC_VIEWER)
    if found is None:
        return None
    west, south, east, north = found
    return *lonlat_to_web(west, south), *lonlat_to_web(east, north)


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


@dataclass(frozen=True, kw_only=True)
class SeedPlan:
    """What is drawn ahead for the public: MapProxy's maps over ``area`` and the vector tiles of layers over ``box``,
    by default each layer over its own extent. Boxes are in EPSG:3857."""

    layers: Sequence[Layer]
    zooms: range
    area: Box | None
    maps: Sequence[str] = (BASE_MAP_WEBP,)
    box: Box | None = None


def zoom_range(text: str) -> range:
    """One zoom or the first and last of several, such as 8-15."""
    first, _dash, last = text.partition("-")
    known = all(part.isascii() and part.isdigit() and len(part) < 3 for part in (first, last or first))
    if not known or not int(first) <= int(last or first) <= LAST_ZOOM:
        raise InvalidInput(
            _("“%(zooms)s”: give one zoom or a range such as 8-15, at most %(last)d.")
            % {"zooms": text[:40], "last": LAST_ZOOM}
        )
    return range(int(first), int(last or first) + 1)


def seed(plan: SeedPlan, progress: Progress = no_progress, pace: Pace = Pace()) -> int:
    """Draw what is missing; returns how many tiles and meta-tiles that were."""
    if plan.area is None:
        return 0
    with _kept_true():
        drawn = seed_raster(plan.maps, plan.zooms, plan.area, progress, pace)
        return drawn + seed_vector(plan.layers, plan.zooms, plan.box, progress, pace)


@contextmanager
def _kept_true() -> Iterator[None]:
    """What is drawn stays true meanwhile, by the portal's worker or by one of our own."""
    worker = Worker()
    working = threading.Thread(target=worker.run, daemon=True)
    working.start()
    while not heartbeat.is_worker_alive():
        time.sleep(0.05)
    try:
        yield
    finally:
        worker.stopped.set()
        working.join(timeout=10)


def seed_vector(
    layers: Sequence[Layer],
    zooms: range,
    box: Box | None,
    progress: Progress = no_progress,
    pace: Pace = Pace(),
) -> int:
    """Draw the vector tiles that are not kept; returns how many were drawn."""
    wanted = [
        (layer, tile)
        for layer, tile in vector_tiles(layers, zooms, box)
        if not is_cached([layer], tile, PUBLIC_VIEWER)
    ]
    with progress(_("Vector tiles"), len(wanted)) as tell:
        _run_parallel(wanted, lambda pair: get_tile([pair[0]], pair[1], PUBLIC_VIEWER), tell, pace)
    return len(wanted)


def seed_raster(
    names: Sequence[str], zooms: range, box: Box, progress: Progress = no_progress, pace: Pace = Pace()
) -> int:
    """Draw the missing tiles of MapProxy caches a meta-tile at a time; returns how many meta-tiles were drawn."""
    wanted = [(name, tile) for name in names for zoom in zooms for tile in _meta_tiles(name, box, zoom)]
    with progress(_("Raster meta-tiles"), len(wanted)) as tell:
        _run_parallel(wanted, lambda pair: _manager(pair[0]).load_tile_coords([pair[1]]), tell, pace)
    return len(wanted)


def _run_parallel(
    items: Sequence[T], draw: Callable[[T], object], tell: Callable[[int], None], pace: Pace
) -> None:
    def one(item: T) -> None:
        start = time.perf_counter()
        draw(item)
        time.sleep(pace.pause * (time.perf_counter() - start))

    with ThreadPoolExecutor(pace.workers) as pool:
        for _done in pool.map(one, items):
            tell(1)
        for _worker in range(pace.workers):
            pool.submit(connections.close_all)


def _meta_tiles(name: str, box: Box, zoom: int) -> Iterator[tuple[int, int, int]]:
    """One tile of each meta-tile that has a tile missing."""
    manager = _manager(name)
    _bbox, _size, tiles = manager.grid.get_affected_level_tiles(box, zoom)
    seen = set()
    for tile in tiles:
        if tile is None:
            continue
        meta = (tile[0] // META_SIZE, tile[1] // META_SIZE)
        if meta not in seen and not manager.is_cached(tile):
            seen.add(meta)
            yield tile


def _manager(name: str) -> Any:
    for grid, _extent, manager in proxy_configuration().caches[f"{name}_cache"].caches():
        if grid.name == GRID:
            return manager
    raise LookupError(f"no cache {name} in grid {GRID}")
