"""Reference systems of the store and the doors, and China's offset coordinates.

Every coordinate pair in this project is (x, y) = (longitude or easting, latitude or northing), whatever
axis order the authority states. Angles are degrees, lengths metres.
"""

import math
from collections.abc import Callable

STORE_SRID = 4490  # CGCS2000, the national geodetic system
WEB_SRID = 3857  # tiles
LONLAT_SRID = 4326  # what browsers and GeoJSON speak; equal to CGCS2000 within centimetres
METRIC_SRID = (
    4550  # CGCS2000 / 3-degree Gauss-Krueger, central meridian 123E: lengths and areas of the district
)

WEB_HALF = 20037508.342789244

Position = tuple[float, float]

_GCJ_AXIS = 6378245.0
_GCJ_ECCENTRICITY = 0.00669342162296594323
_BD_ANGLE = math.pi * 3000.0 / 180.0


def wgs84_to_gcj02(lon: float, lat: float) -> Position:
    """Add the GCJ-02 offset; positions outside mainland China's bounding box stay as they are."""
    if not _offset_applies(lon, lat):
        return lon, lat
    east, north = _gcj_offset(lon, lat)
    return lon + east, lat + north


def gcj02_to_wgs84(lon: float, lat: float) -> Position:
    """Remove the GCJ-02 offset by fixed-point iteration; error below 1e-9 degrees (0.1 mm)."""
    return _invert(wgs84_to_gcj02, lon, lat)


def gcj02_to_bd09(lon: float, lat: float) -> Position:
    radius = math.hypot(lon, lat) + 0.00002 * math.sin(lat * _BD_ANGLE)
    angle = math.atan2(lat, lon) + 0.000003 * math.cos(lon * _BD_ANGLE)
    return radius * math.cos(angle) + 0.0065, radius * math.sin(angle) + 0.006


def bd09_to_gcj02(lon: float, lat: float) -> Position:
    return _invert(gcj02_to_bd09, lon, lat)


def bd09_to_wgs84(lon: float, lat: float) -> Position:
    return gcj02_to_wgs84(*bd09_to_gcj02(lon, lat))


def lonlat_to_web(lon: float, lat: float) -> Position:
    """Spherical Mercator metres (EPSG:3857); latitude is clamped to the square world."""
    lat = max(-85.05112877980659, min(85.05112877980659, lat))
    x = lon / 180.0 * WEB_HALF
    y = math.log(math.tan(math.pi / 4 + math.radians(lat) / 2)) / math.pi * WEB_HALF
    return x, y


def web_to_lonlat(x: float, y: float) -> Position:
    lon = x / WEB_HALF * 180.0
    lat = math.degrees(2 * math.atan(math.exp(y / WEB_HALF * math.pi)) - math.pi / 2)
    return lon, lat


def _invert(forward: Callable[[float, float], Position], x: float, y: float) -> Position:
    guess_x, guess_y = x, y
    for _ in range(20):
        there_x, there_y = forward(guess_x, guess_y)
        step_x, step_y = there_x - x, there_y - y
        guess_x, guess_y = guess_x - step_x, guess_y - step_y
        if abs(step_x) < 1e-11 and abs(step_y) < 1e-11:
            break
    return guess_x, guess_y


def _offset_applies(lon: float, lat: float) -> bool:
    return 72.004 <= lon <= 137.8347 and 0.8293 <= lat <= 55.8271


def _gcj_offset(lon: float, lat: float) -> Position:
    x, y = lon - 105.0, lat - 35.0
    east = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * math.sqrt(abs(x))
    north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * math.sqrt(abs(x))
    short_waves = (20.0 * math.sin(6.0 * x * math.pi) + 20.0 * math.sin(2.0 * x * math.pi)) * 2.0 / 3.0
    east += short_waves + _waves(x, (20.0, 40.0), (1.0, 1 / 3)) + _waves(x, (150.0, 300.0), (1 / 12, 1 / 30))
    north += short_waves + _waves(y, (20.0, 40.0), (1.0, 1 / 3)) + _waves(y, (160.0, 320.0), (1 / 12, 1 / 30))
    phi = math.radians(lat)
    magic = 1 - _GCJ_ECCENTRICITY * math.sin(phi) ** 2
    meridian = _GCJ_AXIS * (1 - _GCJ_ECCENTRICITY) / magic**1.5
    parallel = _GCJ_AXIS / math.sqrt(magic) * math.cos(phi)
    return math.degrees(east / parallel), math.degrees(north / meridian)


def _waves(value: float, weights: tuple[float, float], rates: tuple[float, float]) -> float:
    total = sum(w * math.sin(value * r * math.pi) for w, r in zip(weights, rates, strict=True))
    return total * 2.0 / 3.0
