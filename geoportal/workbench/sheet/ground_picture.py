"""The public base map turned from Web Mercator into the plane of the CGCS2000 zone, as the ground of a printed map."""

from io import BytesIO
from math import ceil
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from pyproj import Transformer
from rasterio.crs import CRS
from rasterio.transform import from_bounds
from rasterio.warp import Resampling, reproject

from layers.coordinates import METRIC_SRID, WEB_SRID
from tiles.static_map import base_map

from .paper import Box, Sheet

Pixels = NDArray[np.uint8]
DOTS = 150
"""To the inch, of A4 and A3; larger sheets have fewer, to be looked at from further away."""
MOST = 2600
"""Pixels of the longer side."""
AT_ONCE = 1300
"""Pixels that the base map is asked for at once, each way."""


def ground_picture(sheet: Sheet) -> bytes:
    """A JPEG that fills the map's frame; raises MapUnavailable."""
    width, height = _pixels(sheet)
    box = Transformer.from_crs(METRIC_SRID, WEB_SRID, always_xy=True).transform_bounds(
        *sheet.box, densify_pts=21
    )
    west, south, east, north = (float(edge) for edge in box)
    given = _mercator((west, south, east, north), width, height)
    turned = np.full((3, height, width), 255, np.uint8)
    reproject(
        given,
        turned,
        src_transform=from_bounds(west, south, east, north, given.shape[2], given.shape[1]),
        src_crs=CRS.from_epsg(WEB_SRID),
        dst_transform=from_bounds(*sheet.box, width, height),
        dst_crs=CRS.from_epsg(METRIC_SRID),
        resampling=Resampling.cubic,
    )
    written = BytesIO()
    Image.fromarray(np.moveaxis(turned, 0, 2)).save(written, "JPEG", quality=88)
    return written.getvalue()


def _pixels(sheet: Sheet) -> tuple[int, int]:
    dots = min(DOTS / 25.4, MOST / max(sheet.frame))
    width, height = (round(side * dots) for side in sheet.frame)
    return width, height


def _mercator(box: Box, width: int, height: int) -> Pixels:
    """In pieces, so that none is larger than the map server draws."""
    west, south, east, north = box
    found = np.zeros((3, height, width), np.uint8)
    across, along = (east - west) / width, (north - south) / height
    for row in range(ceil(height / AT_ONCE)):
        for column in range(ceil(width / AT_ONCE)):
            left, top = column * AT_ONCE, row * AT_ONCE
            right, low = min(width, left + AT_ONCE), min(height, top + AT_ONCE)
            piece = (west + left * across, north - low * along, west + right * across, north - top * along)
            picture: Any = Image.open(BytesIO(base_map(piece, right - left, low - top))).convert("RGB")
            found[:, top:low, left:right] = np.moveaxis(np.asarray(picture), 2, 0)
    return found
