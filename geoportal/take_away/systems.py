"""Reference systems in which features are taken away, China's offset coordinates among them."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import Transformer

from importers.crs.china_offsets import Points, gcj02_to_bd09, wgs84_to_gcj02
from layers.coordinates import STORE_SRID
from layers.registry.text import Text

Shapes = NDArray[np.object_]


@dataclass(frozen=True)
class System:
    """``srid`` is 0 where no authority knows the system; ``axes`` name the columns of a position in a table."""

    name: str
    title: Text
    srid: int
    axes: tuple[str, str]
    turned: Callable[[Points], Points]

    @property
    def crs(self) -> str | None:
        return f"EPSG:{self.srid}" if self.srid else None

    def placed(self, shapes: Shapes) -> Shapes:
        """Shapes in degrees of the store, in this system; None for those that lie where it says nothing."""
        found: Shapes = shapely.transform(shapes, self.turned)
        here = np.isfinite(shapely.bounds(found)).all(axis=1) | shapely.is_empty(found)
        found[~here] = None
        return found


def _same(points: Points) -> Points:
    return points


def _projected(srid: int) -> Callable[[Points], Points]:
    def turned(points: Points) -> Points:
        return np.column_stack(_transformer(srid).transform(*points.T))

    return turned


@lru_cache
def _transformer(srid: int) -> Transformer:
    return Transformer.from_crs(STORE_SRID, srid, always_xy=True)


def _bd09(points: Points) -> Points:
    return gcj02_to_bd09(wgs84_to_gcj02(points))


DEGREES, METRES = ("lon", "lat"), ("easting", "northing")
SYSTEMS = {
    system.name: system
    for system in (
        System(
            "4490", Text("CGCS2000 经纬度（EPSG:4490）", "CGCS2000 degrees (EPSG:4490)"), 4490, DEGREES, _same
        ),
        System(
            "4550",
            Text(
                "CGCS2000 3 度带，中央经线 123°E（EPSG:4550）", "CGCS2000 3-degree zone at 123°E (EPSG:4550)"
            ),
            4550,
            METRES,
            _projected(4550),
        ),
        System(
            "4549",
            Text(
                "CGCS2000 3 度带，中央经线 120°E（EPSG:4549）", "CGCS2000 3-degree zone at 120°E (EPSG:4549)"
            ),
            4549,
            METRES,
            _projected(4549),
        ),
        System(
            "4326", Text("WGS 84 经纬度（EPSG:4326）", "WGS 84 degrees (EPSG:4326)"), 4326, DEGREES, _same
        ),
        System(
            "3857",
            Text("Web 墨卡托（EPSG:3857）", "Web Mercator (EPSG:3857)"),
            3857,
            METRES,
            _projected(3857),
        ),
        System(
            "gcj02",
            Text("GCJ-02（加偏坐标，高德、腾讯地图）", "GCJ-02 (offset coordinates, of Amap and Tencent)"),
            0,
            ("gcj02_lon", "gcj02_lat"),
            wgs84_to_gcj02,
        ),
        System(
            "bd09",
            Text("BD-09（加偏坐标，百度地图）", "BD-09 (offset coordinates, of Baidu)"),
            0,
            ("bd09_lon", "bd09_lat"),
            _bd09,
        ),
    )
}
"""CGCS2000 and WGS 84 are taken as equal: they are within centimetres."""
