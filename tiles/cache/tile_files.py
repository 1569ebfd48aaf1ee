"""Rendered tiles as files: ``tiles/<partition>/<layers>/<z>/<x>/<y>.pbf.gz`` in the data folder.

Viewers who see the same share a partition. A file is there only while it is true: it is kept only if nothing
changed since the data were read (:mod:`.cache_guard`), and the worker removes what changes touch.
"""

import errno
import fcntl
import logging
import os
import shutil
import time
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from layers.registry.access.audience_views import same_for_all
from layers.registry.audience import PUBLIC_VIEWER, Viewer
from layers.registry.declaration.layer import Layer
from tiles.scheme import Box, Tile

from . import gzip_tile
from .cache_guard import ConnectionLost, Snapshot, guarded_write
from .combinations import is_one_too_many
from .gzip_tile import GzipTile
from .paths import HEIGHTS_SUFFIX, SUFFIX
from .paths import tiles_folder as folder

ATTEMPTS = 3
LOCK_FILES = 1024
LEAST_FREE, LEAST_SHARE = 512 * 1024**2, 0.02
"""Bytes, and share of a disk that is small, which are left to the database and everybody else."""

log = logging.getLogger(__name__)


def partition(layers: Sequence[Layer], viewer: Viewer) -> str:
    """The name of the part of the cache that this viewer shares with all who see the same of these layers."""
    return PUBLIC_VIEWER.key if all(map(same_for_all, layers)) else viewer.key


def tile_path(layers: Sequence[Layer], tile: Tile, viewer: Viewer) -> Path:
    names = ",".join(layer.name for layer in layers)
    return folder() / partition(layers, viewer) / names / str(tile.z) / str(tile.x) / f"{tile.y}{SUFFIX}"


def heights_path(layer: Layer, tile: Tile, viewer: Viewer) -> Path:
    name = f"{layer.name}{HEIGHTS_SUFFIX}"
    return folder() / partition([layer], viewer) / name / str(tile.z) / str(tile.x) / f"{tile.y}{SUFFIX}"


def is_cached(layers: Sequence[Layer], tile: Tile, viewer: Viewer) -> bool:
    return gzip_tile.read(tile_path(layers, tile, viewer)) is not None


@dataclass(frozen=True)
class RenderedTile:
    """An uncompressed tile, empty when nothing is there, and the state of the data that it shows."""

    content: bytes
    snapshot: Snapshot


@dataclass(frozen=True)
class CacheEntry:
    """A tile: where it is kept, the changes that touch it (whose, and where in EPSG:3857), and how it is drawn."""

    path: Path
    layer_names: Sequence[str]
    box: Box
    render: Callable[[], RenderedTile]


def read_or_render(entry: CacheEntry) -> GzipTile:
    """Requests at once for one missing tile, in whatever process, wait for one drawing."""
    if kept := gzip_tile.read(entry.path):
        return kept
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
    if is_one_too_many(path.parents[2]):
        return
    try:
        if not has_room():
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        gzip_tile.write(path, tile, readable=path.is_relative_to(folder() / PUBLIC_VIEWER.key))
    except OSError as problem:
        _log_write_failure(problem)


def has_room() -> bool:
    return missing_room() == 0


def missing_room() -> int:
    """Bytes that the disk of the cache has less free than caches leave to others."""
    disk = shutil.disk_usage(_existing_folder())
    return max(0, round(min(LEAST_FREE, disk.total * LEAST_SHARE)) - disk.free)


def _existing_folder() -> Path:
    return next(each for each in (folder(), *folder().parents) if each.exists())


def problem() -> str:
    """Why tiles cannot be kept, empty if they can; nothing is written to find it out."""
    place = _existing_folder()
    if not os.access(place, os.W_OK | os.X_OK):
        return f"{place}: {os.strerror(errno.EACCES)}"
    if not has_room():
        return f"{place}: {os.strerror(errno.ENOSPC)}"
    return ""


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
