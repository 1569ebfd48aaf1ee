"""Rendered tiles as files: ``tiles/<share>/<layers>/<z>/<x>/<y>.pbf.gz`` in the data folder.

A share is what viewers have in common who see the same. A file is there only while it is true: it is kept only
if nothing changed since the data were read (:mod:`.changes.publishing`), and the worker removes what changes
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
from tiles.invalidation.catch_up import ensure_watched
from tiles.invalidation.expiry import BLOCKS
from tiles.scheme import WORLD, Box, Tile
from tiles.vector.mvt import Drawing, render

from . import gzip_tile
from .cache_guard import ConnectionLost, publishing
from .gzip_tile import PackedTile
from .paths import HEIGHTS, SUFFIX
from .paths import tiles_folder as folder

ATTEMPTS = 3
STRIPES = 1024

log = logging.getLogger(__name__)


def share(layers: Sequence[Layer], viewer: Viewer) -> str:
    """The name of what this viewer has in common with all who see the same of these layers."""
    return PUBLIC_VIEWER.key if all(map(same_for_all, layers)) else viewer.key


def path_of(layers: Sequence[Layer], tile: Tile, viewer: Viewer) -> Path:
    names = ",".join(layer.name for layer in layers)
    return folder() / share(layers, viewer) / names / str(tile.z) / str(tile.x) / f"{tile.y}{SUFFIX}"


def get(layers: Sequence[Layer], tile: Tile, viewer: Viewer) -> PackedTile:
    """The kept tile if it is true, else a new one that is then kept.

    Without a database a kept tile is returned as it is; without one DatabaseError is raised.
    """
    names = [name for layer in layers for name in (layer.name, f"{layer.name}{BLOCKS}")]
    return _kept(
        Wanted(path_of(layers, tile, viewer), names, tile.buffered, lambda: render(layers, tile, viewer))
    )


def get_heights(layer: Layer, tile: Tile, viewer: Viewer) -> PackedTile:
    """As :func:`get`, of a layer's heights; every change of the layer may touch any of them."""
    return _kept(
        Wanted(
            folder()
            / share([layer], viewer)
            / f"{layer.name}{HEIGHTS}"
            / str(tile.z)
            / str(tile.x)
            / f"{tile.y}{SUFFIX}",
            [layer.name],
            WORLD,
            lambda: terrain.render(layer, tile, viewer),
        )
    )


def is_kept(layers: Sequence[Layer], tile: Tile, viewer: Viewer) -> bool:
    return gzip_tile.read(path_of(layers, tile, viewer)) is not None


@dataclass(frozen=True)
class Wanted:
    """A tile: where it is kept, the changes that touch it (whose, and where in EPSG:3857), and how it is drawn."""

    path: Path
    names: Sequence[str]
    box: Box
    draw: Callable[[], Drawing]


def _kept(wanted: Wanted) -> PackedTile:
    if not ensure_watched():
        return gzip_tile.pack(wanted.draw().content)
    return gzip_tile.read(wanted.path) or _drawn_once(wanted)


def _drawn_once(wanted: Wanted) -> PackedTile:
    """Requests at once for one missing tile, in whatever process, wait for one drawing."""
    with _alone(wanted.path):
        return gzip_tile.read(wanted.path) or _drawn(wanted)


def _drawn(wanted: Wanted) -> PackedTile:
    for _ in range(ATTEMPTS):
        drawing = wanted.draw()
        drawn = gzip_tile.pack(drawing.content)
        try:
            with publishing(drawing.seen, wanted.names, wanted.box) as true:
                if true:
                    _keep(wanted.path, drawn)
        except ConnectionLost:
            wanted.path.unlink(missing_ok=True)
        if true:
            break
    return drawn


def _keep(path: Path, drawn: PackedTile) -> None:
    try:
        gzip_tile.write(path, drawn, readable=path.is_relative_to(folder() / PUBLIC_VIEWER.key))
    except OSError as problem:
        _complain(problem)


_complained = 0.0


def _complain(problem: OSError) -> None:
    """Tiles are served all the same; one line a minute says that they are not kept."""
    global _complained
    if time.monotonic() - _complained > 60:
        _complained = time.monotonic()
        log.error("Tiles cannot be kept in %s and are drawn anew each time: %s", folder(), problem)


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    locks = Path(settings.DATA) / "locks" / "tiles"
    try:
        locks.mkdir(parents=True, exist_ok=True)
        handle = os.open(locks / str(zlib.crc32(str(path).encode()) % STRIPES), os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as problem:
        _complain(problem)
        yield
        return
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
