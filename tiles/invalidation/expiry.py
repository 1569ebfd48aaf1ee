"""Removing the kept tiles that a change touched, and no others."""

import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path

from layers.registry.audience import Audience
from tiles.cache.paths import HEIGHTS_SUFFIX, SUFFIX, existing_numbers, tiles_folder
from tiles.raster import expiry as raster
from tiles.scheme import BUFFER, EXTENT, MAX_ZOOM, WORLD, Box, tiles_touching
from tiles.vector.blocks import BLOCKS_SUFFIX, block_zooms

from .change_feed import ChangedArea


def expire(changes: Sequence[ChangedArea]) -> None:
    """Remove what the changes touched from every cache of this machine."""
    for change in changes:
        name, low = change.layer.removesuffix(BLOCKS_SUFFIX), change.layer.endswith(BLOCKS_SUFFIX)
        for kept, audience in _folders_showing(name):
            # Heights are filled in far around a model that ends.
            box = WORLD if kept.name.endswith(HEIGHTS_SUFFIX) else change.box
            if box and change.audience <= audience:
                _remove(kept, box, block_zooms(name) if low else range(MAX_ZOOM + 1))
        if change.box and change.audience == Audience.PUBLIC:
            raster.expire(change.layer, change.box)


def clear() -> None:
    """Remove everything."""
    for kept in tiles_folder().glob("*/*"):
        shutil.rmtree(kept, ignore_errors=True)
    raster.clear()


def _folders_showing(layer_name: str) -> Iterator[tuple[Path, Audience]]:
    for kept in tiles_folder().glob("*/*"):
        if layer_name in kept.name.removesuffix(HEIGHTS_SUFFIX).split(","):
            yield kept, Audience[kept.parent.name.split("-")[0].upper()]


def _remove(kept: Path, box: Box, zooms: range) -> None:
    for zoom in existing_numbers(kept, zooms, ""):
        columns, rows = tiles_touching(box, zoom, BUFFER / EXTENT)
        for column in existing_numbers(kept / str(zoom), columns, ""):
            for row in existing_numbers(kept / str(zoom) / str(column), rows, SUFFIX):
                (kept / str(zoom) / str(column) / f"{row}{SUFFIX}").unlink(missing_ok=True)
