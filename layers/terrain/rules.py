"""Heights in squares of pixels, in metres; NaN where nothing is known."""

import warnings
import zlib

import numpy as np
import numpy.typing as npt

from .grid import SIDE, Numbers

Heights = npt.NDArray[np.float32]

NONE = np.int32(-(2**31))
LOWEST, HIGHEST = -500.0, 9000.0
"""Metres between which the ground of the earth lies; the deep sea is no ground that a map stands on."""


def encode(heights: Heights) -> bytes:
    """Whole centimetres, row by row from the north-west, deflated."""
    whole = np.where(np.isfinite(heights), np.round(heights * 100.0), NONE).astype("<i4")
    return zlib.compress(whole.tobytes(), level=1)


def decode(content: bytes) -> Heights:
    whole = np.frombuffer(zlib.decompress(content), "<i4").reshape(SIDE, SIDE)
    return np.where(whole == NONE, np.nan, whole / 100.0).astype(np.float32)


def halve(heights: Heights) -> Heights:
    """Half as many pixels each way: the mean of those of four that are known."""
    high, wide = heights.shape
    fours = heights.reshape(high // 2, 2, wide // 2, 2)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # four that are all unknown
        found: Heights = np.nanmean(fours, axis=(1, 3)).astype(np.float32)
    return found


def interpolate(heights: Heights, columns: Numbers, rows: Numbers) -> Heights:
    """Heights at pixel positions, bilinear among those of four that are known.

    Unknown where the nearest is: what is known grows by no more than half a pixel.
    """
    high, wide = heights.shape
    left, top = np.floor(columns).astype(np.int64), np.floor(rows).astype(np.int64)
    right_share, low_share = (columns - left).astype(np.float32), (rows - top).astype(np.float32)
    total = np.zeros(columns.shape, np.float32)
    weights = np.zeros(columns.shape, np.float32)
    nearest = np.zeros(columns.shape, bool)
    for down in (0, 1):
        for right in (0, 1):
            column, row = left + right, top + down
            inside = (column >= 0) & (column < wide) & (row >= 0) & (row < high)
            value = heights[np.clip(row, 0, high - 1), np.clip(column, 0, wide - 1)]
            known = inside & np.isfinite(value)
            across = right_share if right else 1 - right_share
            along = low_share if down else 1 - low_share
            weight = np.where(known, across * along, 0.0)
            total += weight * np.where(known, value, 0.0)
            weights += weight
            nearest |= known & (across >= 0.5) & (along >= 0.5)
    return np.where(nearest, total / np.where(weights > 0, weights, 1.0), np.nan).astype(np.float32)


def is_implausible(heights: Heights) -> bool:
    """Whether any height is one that no ground has, such as a number that stands for missing."""
    known = heights[np.isfinite(heights)]
    return bool(known.size and (known.min() < LOWEST or known.max() > HIGHEST))
