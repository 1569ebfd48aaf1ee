"""Rendered tiles as files: ``tiles/<share>/<layers>/<z>/<x>/<y>.pbf.gz`` in the data folder.

A share is what viewers have in common who see the same. A file is there only while it is true: it is kept only
if nothing changed since the data were read (:mod:`.cache_guard`), and the worker removes what changes
touch. While no worker gives a sign of life, who serves a tile does the worker's work first.
"""

import fcntl
import logging
import os
import time
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from layers.registry.audience import PUBLIC_VIEWER, Viewer
from layers.registry.audience_views import same_for_all
from layers.registry.layer import Layer
from tiles import terrain
from tiles.invalidation.expiry import BLOCKS_SUFFIX
from tiles.invalidation.synchronization import ensure_synchronized
from tiles.scheme import WORLD, Box, Tile
from tiles.vector.mvt import RenderedTile, render

from . import gzip_tile
from .cache_guard import ConnectionLost, guarded_write
from .gzip_tile import GzipTile
from .paths import HEIGHTS_SUFFIX, SUFFIX
from .paths import tiles_folder as folder

ATTEMPTS = 3
LOCK_FILES = 1024

log = logging.getLogger(__name__)


def partition(layers: Sequence[Layer], viewer: Viewer) -> str:
    """The name of what this viewer has in common with all who see the same of these layers."""
    return PUBLIC_VIEWER.key if all(map(same_for_all, layers)) else viewer.key


def tile_path(layers: Sequence[Layer], tile: Tile, viewer: Viewer) -> Path:
    names = ",".join(layer.name for layer in layers)
    return folder() / partition(layers, viewer) / names / str(tile.z) / str(tile.x) / f"{tile.y}{SUFFIX}"


def get_tile(layers: Sequence[Layer], tile: Tile, viewer: Viewer) -> GzipTile:
    """The kept tile if it is true, else a new one that is then kept.

    Without a database a kept tile is returned as it is; without one DatabaseError is raised.
    """
    names = [name for layer in layers for name in (layer.name, f"{layer.name}{BLOCKS_SUFFIX}")]
    return _get(
        CacheEntry(
            tile_path(layers, tile, viewer), names, tile.buffered, lambda: render(layers, tile, viewer)
        )
    )


def get_heights_tile(layer: Layer, tile: Tile, viewer: Viewer) -> GzipTile:
    """As :func:`get_tile`, of a layer's heights; every change of the layer may touch any of them."""
    return _get(
        CacheEntry(
            folder()
            / partition([layer], viewer)
            / f"{layer.name}{HEIGHTS_SUFFIX}"
            / str(tile.z)
            / str(tile.x)
            / f"{tile.y}{SUFFIX}",
            [layer.name],
            WORLD,
            lambda: terrain.render(layer, tile, viewer),
        )
    )


def is_cached(layers: Sequence[Layer], tile: Tile, viewer: Viewer) -> bool:
    return gzip_tile.read(tile_path(layers, tile, viewer)) is not None


@dataclass(frozen=True)
class CacheEntry:
    """A tile: where it is kept, the changes that touch it (whose, and where in EPSG:3857), and how it is drawn."""

    path: Path
    layer_names: Sequence[str]
    box: Box
    render: Callable[[], RenderedTile]


def _get(entry: CacheEntry) -> GzipTile:
    if not ensure_synchronized():
        return gzip_tile.compress(entry.render().content)
    return gzip_tile.read(entry.path) or _render_once(entry)


def _render_once(entry: CacheEntry) -> GzipTile:
    """Requests at once for one missing tile, in whatever process, wait for one drawing."""
    with _render_lock(entry.path):
        return gzip_tile.read(entry.path) or _render(entry)


def _render(entry: CacheEntry) -> GzipTile:
    for _ in range(ATTEMPTS):
        rendered = entry.render()
        tile = gzip_tile.compress(rendered.content)
        try:
            with guarded_write(rendered.snapshot, entry.layer_names, entry.box) as current:
                if current:
                    _write(entry.path, tile)
        except ConnectionLost:
            entry.path.unlink(missing_ok=True)
        if current:
            break
    return tile


def _write(path: Path, tile: GzipTile) -> None:
    try:
        gzip_tile.write(path, tile, readable=path.is_relative_to(folder() / PUBLIC_VIEWER.key))
    except OSError as problem:
        _log_write_failure(problem)


_logged_at = 0.0


def _log_write_failure(problem: OSError) -> None:
    """Tiles are served all the same; one line a minute says that they are not kept."""
    global _logged_at
    if time.monotonic() - _logged_at > 60:
        _logged_at = time.monotonic()
        log.error("Tiles cannot be kept in %s and are drawn anew each time: %s", folder(), problem)


@contextmanager
def _render_lock(path: Path) -> Iterator[None]:
    locks = Path(settings.DATA) / "locks" / "tiles"
    try:
        locks.mkdir(parents=True, exist_ok=True)
        handle = os.open(
            locks / str(zlib.crc32(str(path).encode()) % LOCK_FILES), os.O_RDWR | os.O_CREAT, 0o600
        )
    except OSError as problem:
        _log_write_failure(problem)
        yield
        return
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
