"""The pixels of the tile scheme: squares of 256 by 256, counted from the north-west corner of the world.

A pixel's number is that of its middle: column 0 at zoom z lies half a pixel east of the western edge.
"""

import math

import numpy as np
import numpy.typing as npt

from ..coordinates import WEB_HALF

Numbers = npt.NDArray[np.float64]

SIDE = 256
DEEPEST = 16
COARSER = 0.3
"""How much of a zoom a pixel may be coarser than the model before a deeper one is taken."""


def pixel(z: int) -> float:
    """Metres of EPSG:3857."""
    return 2 * WEB_HALF / (SIDE << z)


def place(lon: float, lat: float, z: int) -> tuple[float, float]:
    """Column and row of a position in degrees."""
    x = math.radians(lon) / math.pi * WEB_HALF
    y = math.asinh(math.tan(math.radians(lat))) / math.pi * WEB_HALF
    return (x + WEB_HALF) / pixel(z) - 0.5, (WEB_HALF - y) / pixel(z) - 0.5


def degrees(columns: Numbers, rows: Numbers, z: int) -> Numbers:
    """(longitude, latitude) of pixels, shape (n, 2)."""
    x = (columns + 0.5) * pixel(z) - WEB_HALF
    y = WEB_HALF - (rows + 0.5) * pixel(z)
    return np.column_stack((x / WEB_HALF * 180.0, np.degrees(np.arctan(np.sinh(y / WEB_HALF * math.pi)))))


def zoom_for(resolution: float, lat: float) -> int:
    """The zoom whose pixels are about as fine as ``resolution`` metres on the ground at a latitude."""
    across = pixel(0) * math.cos(math.radians(lat))
    return max(0, min(DEEPEST, math.ceil(math.log2(across / resolution) - COARSER)))
