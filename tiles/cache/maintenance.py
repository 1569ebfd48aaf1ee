"""Bounding the caches, and finding files that are not whole.

The least useful tiles go first: those nobody asked for lately, of them the deeper zooms, which are quickly
drawn again.
"""

import os
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Event

from django.conf import settings

from tiles.invalidation import worker_status
from tiles.raster.configuration import folder as raster_folder

from .gzip_tile import TEMPORARY_PREFIX, read
from .paths import SUFFIX, tiles_folder

LOW_WATER = 0.9  # of the limit; what is removed at once, so that it need not be done again soon
ABANDONED = 3600.0  # seconds
DAY = 86_400.0


@dataclass(frozen=True)
class CachedFile:
    path: str
    bytes: int
    accessed: float
    zoom: int

    @property
    def usefulness(self) -> tuple[int, int]:
        return int(self.accessed / DAY), -self.zoom


def maintain(stopped: Event, *, thorough: bool = True) -> None:
    """Remove drafts of killed processes, what is above the limit, and if ``thorough`` files that are damaged."""
    files = []
    for file in _files():
        if stopped.is_set():
            return
        if Path(file.path).name.startswith(TEMPORARY_PREFIX):
            if time.time() - file.accessed > ABANDONED:
                Path(file.path).unlink(missing_ok=True)
        elif thorough and file.path.endswith(SUFFIX) and read(file.path) is None:
            Path(file.path).unlink(missing_ok=True)
        else:
            files.append(file)
    with suppress(OSError):
        worker_status.record_size(_enforce_limit(files))


def size() -> int:
    """Bytes of all kept tiles."""
    return sum(file.bytes for file in _files())


def _enforce_limit(files: list[CachedFile]) -> int:
    """Remove what is above the limit; returns the bytes that stay."""
    total = sum(file.bytes for file in files)
    if total <= settings.TILE_CACHE_BYTES:
        return total
    for file in sorted(files, key=lambda file: file.usefulness):
        Path(file.path).unlink(missing_ok=True)
        total -= file.bytes
        if total <= settings.TILE_CACHE_BYTES * LOW_WATER:
            break
    return total


def _files() -> Iterator[CachedFile]:
    for place in (tiles_folder(), raster_folder() / "tiles"):
        for folder, _, names in os.walk(place):
            for name in names:
                path = f"{folder}/{name}"
                try:
                    found = Path(path).stat()
                except OSError:
                    continue
                if name.endswith((SUFFIX, ".png")):
                    yield CachedFile(path, found.st_blocks * 512, found.st_atime, _zoom(folder))
                elif name.startswith(TEMPORARY_PREFIX):
                    yield CachedFile(path, found.st_blocks * 512, found.st_ctime, 0)


def _zoom(folder: str) -> int:
    level = Path(folder).parent.name
    return int(level) if level.isdigit() else 0
