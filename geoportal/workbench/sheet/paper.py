"""A sheet of paper and the part of the district on it at a true scale, in the plane of the CGCS2000 zone."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from pyproj import Proj, Transformer

from layers.coordinates import LONLAT_SRID, METRIC_SRID, STORE_SRID

Box = tuple[float, float, float, float]
SIZES = {"A4": (210, 297), "A3": (297, 420), "A2": (420, 594), "A1": (594, 841)}
"""Millimetres upright."""
SCALES = (500, 1000, 2000, 2500, 5000, 10000, 20000, 25000, 50000, 100000)
MARGIN, HEAD, FOOT = 10.0, 16.0, 42.0
"""Millimetres: around, above the map and below it."""
BARS = (10, 20, 50, 100, 200, 500, 1000, 2000, 5000)
LONGEST_BAR = 60.0
"""Millimetres."""
ROUND = 1.05
"""How much more than what it shows a map reaches."""


@dataclass(frozen=True)
class Sheet:
    """``centre`` is easting and northing in metres of the zone; the map's corner on paper is at margin and head."""

    size: str
    is_wide: bool
    scale: int
    centre: tuple[float, float]

    @property
    def paper(self) -> tuple[float, float]:
        """Width and height in millimetres."""
        short, long = SIZES[self.size]
        return (long, short) if self.is_wide else (short, long)

    @property
    def frame(self) -> tuple[float, float]:
        """Of the map on the paper, in millimetres."""
        width, height = self.paper
        return width - 2 * MARGIN, height - 2 * MARGIN - HEAD - FOOT

    @property
    def box(self) -> Box:
        """West, south, east, north of the map in metres of the zone."""
        (width, height), (x, y) = self.frame, self.centre
        across, along = width / 2000 * self.scale, height / 2000 * self.scale
        return x - across, y - along, x + across, y + along

    def on_paper(self, easting: float, northing: float) -> tuple[float, float]:
        """Millimetres from the upper left corner of the map."""
        west, _south, _east, north = self.box
        return (easting - west) * 1000 / self.scale, (north - northing) * 1000 / self.scale

    @property
    def bar(self) -> int:
        """Metres of the scale bar: at most a quarter of the map, and no longer than its place below the map."""
        widest = min(self.frame[0] / 4, LONGEST_BAR) * self.scale / 1000
        return max((length for length in BARS if length <= widest), default=BARS[0])

    @property
    def convergence(self) -> float:
        """Degrees by which the north of the grid points east of true north, in the middle of the map."""
        lon, lat = to_degrees().transform(*self.centre)
        return float(Proj(METRIC_SRID).get_factors(lon, lat).meridian_convergence)

    def grid(self) -> tuple[list[tuple[float, int]], list[tuple[float, int]]]:
        """Lines of equal easting and of equal northing, each with its millimetres and metres."""
        west, south, east, north = self.box
        step = next(each for each in (*BARS, 10000, 20000) if each * 1000 / self.scale >= 40)
        eastings = range(math.ceil(west / step) * step, math.floor(east) + 1, step)
        northings = range(math.ceil(south / step) * step, math.floor(north) + 1, step)
        return (
            [(self.on_paper(each, north)[0], each) for each in eastings],
            [(self.on_paper(west, each)[1], each) for each in northings],
        )


def fitting(size: str, is_wide: bool, bounds: Box, scale: int = 0) -> Sheet:
    """Around ``bounds`` in metres of the zone; without a scale at the largest that shows all of them."""
    west, south, east, north = bounds
    centre = ((west + east) / 2, (south + north) / 2)
    sheets = [Sheet(size, is_wide, each, centre) for each in ((scale,) if scale else SCALES)]
    return next((each for each in sheets if _shows(each, bounds)), sheets[-1])


def _shows(sheet: Sheet, bounds: Sequence[float]) -> bool:
    west, south, east, north = bounds
    width, height = (side * sheet.scale / 1000 for side in sheet.frame)
    return (east - west) * ROUND <= width and (north - south) * ROUND <= height


@lru_cache
def to_plane() -> Transformer:
    return Transformer.from_crs(STORE_SRID, METRIC_SRID, always_xy=True)


@lru_cache
def to_degrees() -> Transformer:
    return Transformer.from_crs(METRIC_SRID, LONLAT_SRID, always_xy=True)
