"""Removing the raster tiles that a change touched, whole meta-tiles at a time.

A meta-tile is drawn as one picture with a buffer around it, and where its labels go depends on all of it.
"""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from mapproxy.cache.redis import RedisCache
from redis.exceptions import RedisError

from tiles.cache.paths import existing_numbers
from tiles.scheme import Box, tiles_touching

from .app import proxy_configuration
from .configuration import META_SIZE, caches_of
from .mapfile import META_BUFFER

TILE_PIXELS = 256


def expire(layer_name: str, box: Box) -> None:
    """Remove what a change in a box touched from the caches that show the layer."""
    for name in caches_of(layer_name):
        for grid, _extent, manager in proxy_configuration().caches[name].caches():
            for level in range(grid.levels):
                _expire_level(manager.cache, level, box)


def clear() -> None:
    """Remove all tiles of all caches."""
    for name in proxy_configuration().caches:
        for _grid, _extent, manager in proxy_configuration().caches[name].caches():
            if isinstance(manager.cache, RedisCache):
                with _redis_errors_as_os_errors():
                    for key in manager.cache.r.scan_iter(f"{manager.cache.prefix}-*", count=1000):
                        manager.cache.r.unlink(key)
            else:
                shutil.rmtree(manager.cache.cache_dir, ignore_errors=True)


def _expire_level(cache: Any, level: int, box: Box) -> None:
    columns, rows = (
        _whole_meta_tiles(numbers, META_SIZE[0], level)
        for numbers in tiles_touching(box, level, META_BUFFER / TILE_PIXELS)
    )
    if isinstance(cache, RedisCache):
        with _redis_errors_as_os_errors():
            for column in columns:
                cache.r.unlink(*(f"{cache.prefix}-{level}-{column}-{row}" for row in rows))
        return
    kept, suffix = Path(cache.level_location(level)), f".{cache.file_ext}"
    for column in existing_numbers(kept, columns, ""):
        for row in existing_numbers(kept / str(column), rows, suffix):
            (kept / str(column) / f"{row}{suffix}").unlink(missing_ok=True)


@contextmanager
def _redis_errors_as_os_errors() -> Iterator[None]:
    try:
        yield
    except RedisError as problem:
        raise OSError(f"Redis: {problem}") from problem


def _whole_meta_tiles(numbers: range, size: int, level: int) -> range:
    """The numbers widened to whole meta-tiles."""
    return range(numbers.start // size * size, min(2**level, -(-numbers.stop // size) * size))
