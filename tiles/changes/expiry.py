"""Removing the kept tiles that a change touched, and no others."""

import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path

from layers.registry.audience import Audience

from ..mapproxy import expiry as raster
from ..scheme import BUFFER, EXTENT, Box, tiles_touching
from .feed import Touched
from .folders import SUFFIX, present, tiles_folder


def expire(changes: Sequence[Touched]) -> None:
    """Remove what the changes touched from every cache of this machine."""
    for change in changes:
        for kept, audience in _folders_showing(change.layer):
            for box in change.boxes_for(audience):
                _remove(kept, box)
    raster.expire(changes)


def empty() -> None:
    """Remove everything."""
    for kept in tiles_folder().glob("*/*"):
        shutil.rmtree(kept, ignore_errors=True)
    raster.empty()


def _folders_showing(layer_name: str) -> Iterator[tuple[Path, Audience]]:
    for kept in tiles_folder().glob("*/*"):
        if layer_name in kept.name.split(","):
            yield kept, Audience[kept.parent.name.split("-")[0].upper()]


def _remove(kept: Path, box: Box) -> None:
    for zoom in present(kept, range(30), ""):
        columns, rows = tiles_touching(box, zoom, BUFFER / EXTENT)
        for column in present(kept / str(zoom), columns, ""):
            for row in present(kept / str(zoom) / str(column), rows, SUFFIX):
                (kept / str(zoom) / str(column) / f"{row}{SUFFIX}").unlink(missing_ok=True)
