"""China's offset coordinates for many points at once; the same figures as :mod:`layers.coordinates`.

Points are of shape (n, 2), (longitude, latitude) in degrees.
"""

import math
from collections.abc import Callable

import numpy as np
import numpy.typing as npt

Points = npt.NDArray[np.float64]

AXIS, ECCENTRICITY = 6378245.0, 0.00669342162296594323
BD_ANGLE = math.pi * 3000.0 / 180.0
STEPS, ENOUGH = 20, 1e-11


def gcj02_to_wgs84(points: Points) -> Points:
    return _inverse(wgs84_to_gcj02, points)


def bd09_to_wgs84(points: Points) -> Points:
    return gcj02_to_wgs84(_inverse(gcj02_to_bd09, points))


def wgs84_to_gcj02(points: Points) -> Points:
    lon, lat = points.T
    applies = (lon >= 72.004) & (lon <= 137.8347) & (lat >= 0.8293) & (lat <= 55.8271)
    x, y = lon - 105.0, lat - 35.0
    root = np.sqrt(np.abs(x))
    east = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root
    north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root
    short = (20.0 * np.sin(6.0 * x * math.pi) + 20.0 * np.sin(2.0 * x * math.pi)) * 2.0 / 3.0
    east += short + _waves(x, (20.0, 40.0), (1.0, 1 / 3)) + _waves(x, (150.0, 300.0), (1 / 12, 1 / 30))
    north += short + _waves(y, (20.0, 40.0), (1.0, 1 / 3)) + _waves(y, (160.0, 320.0), (1 / 12, 1 / 30))
    phi = np.radians(lat)
    magic = 1 - ECCENTRICITY * np.sin(phi) ** 2
    with np.errstate(invalid="ignore"):
        meridian = AXIS * (1 - ECCENTRICITY) / magic**1.5
        parallel = AXIS / np.sqrt(magic) * np.cos(phi)
    shift = np.column_stack([np.degrees(east / parallel), np.degrees(north / meridian)])
    return np.where(applies[:, None], points + shift, points)


def gcj02_to_bd09(points: Points) -> Points:
    lon, lat = points.T
    radius = np.hypot(lon, lat) + 0.00002 * np.sin(lat * BD_ANGLE)
    angle = np.arctan2(lat, lon) + 0.000003 * np.cos(lon * BD_ANGLE)
    return np.column_stack([radius * np.cos(angle) + 0.0065, radius * np.sin(angle) + 0.006])


def _inverse(forward: Callable[[Points], Points], points: Points) -> Points:
    guess = points.copy()
    for _ in range(STEPS):
        step = forward(guess) - points
        guess -= step
        if not (np.abs(step) >= ENOUGH).any():
            break
    return guess


def _waves(
    value: npt.NDArray[np.float64], weights: tuple[float, float], rates: tuple[float, float]
) -> Points:
    found: Points = weights[0] * np.sin(value * rates[0] * math.pi) + weights[1] * np.sin(
        value * rates[1] * math.pi
    )
    return found * 2.0 / 3.0
