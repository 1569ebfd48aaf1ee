"""Between the metres in which the district is built (EPSG:4550, easting and northing) and degrees."""

from functools import cache

import numpy as np
import numpy.typing as npt
import pyproj
import shapely

from layers.coordinates import METRIC_SRID, STORE_SRID

Points = npt.NDArray[np.float64]


@cache
def _transformer(source: int, target: int) -> pyproj.Transformer:
    return pyproj.Transformer.from_crs(source, target, always_xy=True)


def metres(lonlat: shapely.Geometry) -> shapely.Geometry:
    return _moved(lonlat, STORE_SRID, METRIC_SRID)


def degrees(geometry: shapely.Geometry) -> shapely.Geometry:
    return _moved(geometry, METRIC_SRID, STORE_SRID)


def degrees_of(geometries: list[shapely.Geometry]) -> list[shapely.Geometry]:
    moved: list[shapely.Geometry] = _moved(
        np.array(geometries, dtype=object), METRIC_SRID, STORE_SRID
    ).tolist()
    return moved


def spot(lon: float, lat: float) -> tuple[float, float]:
    x, y = _transformer(STORE_SRID, METRIC_SRID).transform(lon, lat)
    return float(x), float(y)


def _moved(geometry: object, source: int, target: int) -> "shapely.Geometry":
    transformer = _transformer(source, target)

    def move(xy: Points) -> Points:
        return np.column_stack(transformer.transform(xy[:, 0], xy[:, 1]))

    return shapely.transform(geometry, move)
