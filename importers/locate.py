"""From the reference system of a file to the store's, with what is unsafe refused.

WGS 84 (EPSG:4326) and CGCS2000 (EPSG:4490) are taken as equal: they differ by centimetres.
"""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pyproj
import shapely
from pyproj.exceptions import CRSError, ProjError

from layers.coordinates import LONLAT_SRID, STORE_SRID, bd09_to_wgs84, gcj02_to_wgs84

from .delivery import Delivery, Refused

Points = npt.NDArray[np.float64]
Move = Callable[[Points], Points]

OFFSETS = {"gcj02": gcj02_to_wgs84, "bd09": bd09_to_wgs84}
EQUAL = {"EPSG:4326", "EPSG:4490", "OGC:CRS84"}
LON = ("lon", "longitude", "lng", "经度", "x", "wgs84_lon")
LAT = ("lat", "latitude", "纬度", "y", "wgs84_lat")


def mover(delivered: str | None, stated: str | None) -> tuple[Move | None, str]:
    """How to move (x, y) pairs to longitude and latitude, and the name of where they come from.

    ``stated`` is the operator's word and wins over the file's. None as a mover means that nothing moves.
    """
    name = stated or delivered
    if name is None:
        raise Refused(
            "The file does not say its reference system; name it with --source-crs, such as EPSG:4550 or gcj02."
        )
    if name.lower() in OFFSETS:
        return _offset(name.lower()), name.lower()
    try:
        crs = pyproj.CRS.from_user_input(name)
    except CRSError:
        raise Refused(
            f"{name} is no reference system; give an EPSG code such as EPSG:4550, gcj02 or bd09."
        ) from None
    authority = ":".join(crs.to_authority(min_confidence=70) or ("", ""))
    if authority in EQUAL:
        return None, authority
    return _projected(crs, authority or crs.name), authority or crs.name


def _offset(name: str) -> Move:
    inverse = OFFSETS[name]

    def move(points: Points) -> Points:
        return np.array([inverse(float(x), float(y)) for x, y in points]).reshape(-1, 2)

    return move


def _projected(crs: pyproj.CRS, name: str) -> Move:
    base = crs.geodetic_crs
    target = LONLAT_SRID if base is not None and base.to_epsg() == LONLAT_SRID else STORE_SRID
    group = pyproj.transformer.TransformerGroup(
        crs, pyproj.CRS.from_epsg(target), always_xy=True, allow_ballpark=False
    )
    if not group.transformers:
        missing = "; ".join(
            sorted({grid.short_name for op in group.unavailable_operations for grid in op.grids})
        )
        raise Refused(
            f"From {name} to CGCS2000 only a zero-shift guess is known, which can be a hundred metres off. "
            + (
                f"Install the grid {missing}."
                if missing
                else "Deliver the file in CGCS2000, or give its parameters as a PROJ string."
            )
        )
    transformer = group.transformers[0]

    def move(points: Points) -> Points:
        try:
            return np.column_stack(transformer.transform(points[:, 0], points[:, 1], errcheck=True))
        except ProjError as problem:
            raise Refused(f"The positions do not fit {name}: {problem}") from None

    return move


def position_columns(delivery: Delivery) -> tuple[str, str] | None:
    """The headings of longitude and latitude of a table."""
    by_name = {name.lower(): name for name in delivery.columns}
    found = [[by_name[n] for n in names if n in by_name] for names in (LON, LAT)]
    return (found[0][0], found[1][0]) if all(found) else None


def points_of(delivery: Delivery, names: tuple[str, str]) -> "npt.NDArray[np.object_]":
    """Points from two columns; None where a cell is empty, no number, or both are zero."""
    pairs = np.array([[_decimal(cell) for cell in delivery.columns[name]] for name in names]).T
    missing = np.isnan(pairs).any(axis=1) | (pairs == 0).all(axis=1)
    shapes = np.full(len(pairs), None, dtype=object)
    shapes[~missing] = shapely.points(pairs[~missing])
    return shapes


def _decimal(cell: object) -> float:
    try:
        return float(str(cell).strip())
    except ValueError:
        return float("nan")
