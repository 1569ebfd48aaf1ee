"""From the pixels of a file to squares of the tile scheme: resampled, and each coarser level made of the finer."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from math import ceil, floor

import numpy as np

from importers.crs.candidates import Box
from importers.crs.china_offsets import Points
from layers.terrain import grid
from layers.terrain.grid import SIDE, Numbers
from layers.terrain.rules import Heights, halve, interpolate

from .geotiff import Raster

LATTICE = 17
"""Positions across a square that are moved exactly; those between are interpolated, centimetres off at most."""


@dataclass(frozen=True)
class SquareRange:
    """Squares of a zoom: from the first column and row to the last."""

    z: int
    columns: tuple[int, int]
    rows: tuple[int, int]

    @classmethod
    def of(cls, box: Box, z: int) -> "SquareRange":
        """Those that a box in degrees touches."""
        west, south, east, north = box
        left, top = grid.place(west, north, z)
        right, bottom = grid.place(east, south, z)
        last = 2**z - 1

        def within(number: float) -> int:
            return int(max(0, min(last, floor((number + 0.5) / SIDE))))

        return cls(z, (within(left), within(right)), (within(top), within(bottom)))

    @property
    def box(self) -> Box:
        """In degrees."""
        columns = np.array((self.columns[0], self.columns[1] + 1)) * SIDE - 0.5
        rows = np.array((self.rows[1] + 1, self.rows[0])) * SIDE - 0.5
        (west, south), (east, north) = grid.degrees(columns, rows, self.z).tolist()
        return west, south, east, north

    def __len__(self) -> int:
        return (self.columns[1] - self.columns[0] + 1) * (self.rows[1] - self.rows[0] + 1)

    def meets(self, z: int, x: int, y: int) -> bool:
        """Whether a square of a coarser zoom holds any of them."""
        down = self.z - z
        return (
            self.columns[0] >> down <= x <= self.columns[1] >> down
            and self.rows[0] >> down <= y <= self.rows[1] >> down
        )


@dataclass(frozen=True)
class SquareHeights:
    z: int
    x: int
    y: int
    heights: Heights


def squares(
    raster: Raster, back: Callable[[Points], Points] | None, wanted: SquareRange, done: Callable[[int], None]
) -> Iterator[SquareHeights]:
    """Every square with heights of the wanted ones, and those of all coarser zooms above them.

    At any time four of each zoom are held. ``back`` leads from degrees to the file's positions.
    """

    def build(z: int, x: int, y: int) -> Iterator[SquareHeights]:
        if not wanted.meets(z, x, y):
            return
        if z == wanted.z:
            heights = resample(raster, back, z, x, y)
            done(1)
            if np.isfinite(heights).any():
                yield SquareHeights(z, x, y, heights)
            return
        whole = np.full((2 * SIDE, 2 * SIDE), np.nan, np.float32)
        for down in (0, 1):
            for right in (0, 1):
                for found in build(z + 1, 2 * x + right, 2 * y + down):
                    yield found
                    if found.z == z + 1:
                        whole[down * SIDE :, right * SIDE :][:SIDE, :SIDE] = found.heights
        if np.isfinite(whole).any():
            yield SquareHeights(z, x, y, halve(whole))

    yield from build(0, 0, 0)


def resample(raster: Raster, back: Callable[[Points], Points] | None, z: int, x: int, y: int) -> Heights:
    """The heights of a square: bilinear between the file's pixels, or between means where it is much finer."""
    columns, rows = _pixels_of(raster, back, z, x, y)
    left, top = max(0, floor(columns.min()) - 2), max(0, floor(rows.min()) - 2)
    right = min(raster.width, ceil(columns.max()) + 3)
    bottom = min(raster.height, ceil(rows.max()) + 3)
    if left >= right or top >= bottom:
        return np.full((SIDE, SIDE), np.nan, np.float32)
    step = max(1, floor(max(np.ptp(columns), np.ptp(rows)) / SIDE + 0.01))
    left, top = left // step * step, top // step * step
    right = min(raster.width, left + ceil((right - left) / step) * step)
    bottom = min(raster.height, top + ceil((bottom - top) / step) * step)
    near = raster.read(left, top, right - left, bottom - top, step)
    across = (right - left) / near.shape[1]
    along = (bottom - top) / near.shape[0]
    return interpolate(near, (columns - left) / across - 0.5, (rows - top) / along - 0.5)


def _pixels_of(
    raster: Raster, back: Callable[[Points], Points] | None, z: int, x: int, y: int
) -> tuple[Numbers, Numbers]:
    """Columns and rows of the file, from the corner of its first pixel, of every pixel of a square."""
    steps = np.linspace(0, SIDE - 1, LATTICE)
    across, along = np.meshgrid(x * SIDE + steps, y * SIDE + steps)
    lonlat = grid.degrees(across.ravel(), along.ravel(), z)
    found = raster.pixels(back(lonlat) if back else lonlat).reshape(LATTICE, LATTICE, 2)
    found = np.where(np.isfinite(found), found, -1e9)  # where the reference system ends
    spread = np.array([np.interp(np.arange(SIDE), steps, unit) for unit in np.eye(LATTICE)])
    return spread.T @ found[:, :, 0] @ spread, spread.T @ found[:, :, 1] @ spread
