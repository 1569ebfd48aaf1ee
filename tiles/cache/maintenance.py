"""Bounding the caches, and finding files that are not whole.

The least useful tiles go first: those nobody asked for lately, of them the deeper zooms, which are quickly
drawn again.
"""

import os
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Event

from django.conf import settings

from . import tile_files
from .gzip_tile import TEMPORARY_PREFIX, read
from .paths import SUFFIX

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


def maintain(folders: Sequence[Path], stopped: Event, *, thorough: bool = True) -> int | None:
    """Remove drafts of killed processes, what is above the limit, and if ``thorough`` files that are damaged.

    Returns the bytes that stay, None if it was stopped.
    """
    files = []
    for file in _files(folders):
        if stopped.is_set():
            return None
        if Path(file.path).name.startswith(TEMPORARY_PREFIX):
            if time.time() - file.accessed > ABANDONED:
                Path(file.path).unlink(missing_ok=True)
        elif thorough and file.path.endswith(SUFFIX) and read(file.path) is None:
            Path(file.path).unlink(missing_ok=True)
        else:
            files.append(file)
    return _enforce_limit(files)


def size(folders: Sequence[Path]) -> int:
    """Bytes of all kept tiles."""
    return sum(file.bytes for file in _files(folders))


def _enforce_limit(files: list[CachedFile]) -> int:
    """Remove what is above the limit, or what the disk has no room for; returns the bytes that stay."""
    total = sum(file.bytes for file in files)
    limit = min(settings.TILE_CACHE_BYTES, total - tile_files.missing_room())
    if total <= limit:
        return total
    for file in sorted(files, key=lambda file: file.usefulness):
        if total <= limit * LOW_WATER:
            break
        Path(file.path).unlink(missing_ok=True)
        total -= file.bytes
    return total


def _files(folders: Sequence[Path]) -> Iterator[CachedFile]:
    for place in folders:
        for folder, _, names in os.walk(place):
            for name in names:
                path = f"{folder}/{name}"
                try:
                    found = Path(path).stat()
                except OSError:
                    continue
                if name.endswith((SUFFIX, ".png", ".webp")):
                    yield CachedFile(path, found.st_blocks * 512, found.st_atime, _zoom(folder))
                elif name.startswith(TEMPORARY_PREFIX):
                    yield CachedFile(path, found.st_blocks * 512, found.st_ctime, 0)


def _zoom(folder: str) -> int:
    level = Path(folder).parent.name
    return int(level) if level.isdigit() else 0
