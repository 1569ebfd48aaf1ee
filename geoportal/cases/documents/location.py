"""Where a case lies: the base map around it with a pin, its outline, a scale bar, and the words beneath it."""

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from math import cos, radians

from django.contrib.gis.geos import MultiPolygon
from django.utils import timezone

from layers.base.models import Road
from layers.casework.models import Case
from layers.coordinates import WEB_SRID, lonlat_to_web
from tiles.static_map import Box, MapUnavailable, base_map

WIDTH, HEIGHT = 1056, 528  # pixels; 160 mm by 80 mm on paper
PIXEL = 156543.033928041 / 2**17
"""Metres of EPSG:3857 in a pixel at zoom 17, which is kept in the caches and so needs no drawing."""
MOST_AREA = 0.7
"""Share of the picture that an outline may fill before the map is drawn smaller."""
BARS = (10, 20, 50, 100, 200, 500, 1000, 2000, 5000)

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Location:
    """``picture`` is a PNG, None if none could be drawn. Positions are shares of width and height, from above."""

    lon: float
    lat: float
    picture: bytes | None
    pin: tuple[float, float]
    outline: tuple[str, ...]
    """Rings as SVG points in per mille of the width and of the height."""
    bar: int
    """Metres on the ground of the scale bar."""
    bar_share: float
    scale: int
    """1 : scale on paper."""
    source: str


def location_of(case: Case) -> Location | None:
    """None where the case has no place."""
    centre = case.geom or (case.area.centroid if case.area else None)
    if centre is None:
        return None
    x, y = lonlat_to_web(centre.x, centre.y)
    pixel = PIXEL * _coarser(case.area)
    box = (x - WIDTH / 2 * pixel, y - HEIGHT / 2 * pixel, x + WIDTH / 2 * pixel, y + HEIGHT / 2 * pixel)
    try:
        picture = base_map(box, WIDTH, HEIGHT)
    except MapUnavailable as problem:
        log.warning("No map for case %s: %s", case.pk, problem)
        picture = None
    across = WIDTH * pixel * cos(radians(centre.y))
    bar = max(length for length in BARS if length <= max(across / 5, BARS[0]))
    return Location(
        centre.x,
        centre.y,
        picture,
        (0.5, 0.5),
        tuple(_rings(case.area, box)) if case.area else (),
        bar,
        bar / across,
        round(across / 0.160 / 100) * 100,
        _source(),
    )


def _coarser(area: MultiPolygon | None) -> int:
    """How many times smaller the map must be for the outline to fit, as a power of two."""
    if area is None:
        return 1
    west, south, east, north = area.transform(WEB_SRID, clone=True).extent
    factor = 1
    while factor < 64 and max((east - west) / WIDTH, (north - south) / HEIGHT) > MOST_AREA * PIXEL * factor:
        factor *= 2
    return factor


def _rings(area: MultiPolygon, box: Box) -> Iterable[str]:
    west, south, east, north = box
    outline: MultiPolygon = area.transform(WEB_SRID, clone=True)  # type: ignore[assignment]
    for polygon in outline.coords:
        for ring in polygon:
            yield " ".join(
                f"{(x - west) / (east - west) * 1000:.1f},{(north - y) / (north - south) * 500:.1f}"
                for x, y, *_ in ring
            )


def _source() -> str:
    generated = Road.objects.filter(is_generated=True).exists()
    kind = "（演示数据）" if generated else ""
    drawn = timezone.localtime()
    return f"底图：本门户基础地理图层{kind}，坐标系 CGCS2000，绘制于 {drawn:%Y-%m-%d %H:%M}"
