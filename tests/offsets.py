"""Positions as makers of Chinese maps publish them; the portal itself only takes such offsets back."""

from layers.coordinates import Position, gcj02_to_bd09, wgs84_to_gcj02


def wgs84_to_bd09(lon: float, lat: float) -> Position:
    return gcj02_to_bd09(*wgs84_to_gcj02(lon, lat))
