"""From the reference system of a file to the store's, with what is unsafe refused.

WGS 84 (EPSG:4326) and CGCS2000 (EPSG:4490) are taken as equal: they differ by centimetres.
"""

import warnings
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyproj
import shapely
from pyproj.enums import TransformDirection
from pyproj.exceptions import CRSError, ProjError
from pyproj.transformer import TransformerGroup

from importers.errors import ImporterError
from importers.options import label_of
from layers.coordinates import LONLAT_SRID, STORE_SRID
from layers.sentences.sentence import gettext as _

from .candidates import Box, advice
from .china_offsets import Points, bd09_to_wgs84, gcj02_to_bd09, gcj02_to_wgs84, wgs84_to_gcj02

OFFSETS = {"gcj02": gcj02_to_wgs84, "bd09": bd09_to_wgs84}
BACK = {"gcj02": wgs84_to_gcj02, "bd09": lambda points: gcj02_to_bd09(wgs84_to_gcj02(points))}
EQUAL = {"EPSG:4326", "EPSG:4490", "OGC:CRS84"}
WORTH_SAYING = 1.0
"""Accuracy in metres beyond which the report names it."""


@dataclass(frozen=True)
class Transformation:
    """How to move (x, y) pairs to longitude and latitude, and back; ``note`` is what the reader of the report
    should know."""

    name: str
    apply: Callable[[Points], Points] | None = None
    back: Callable[[Points], Points] | None = None
    note: str = ""


def find_transformation(
    name: str | None, bounds: Callable[[], Box], district: Box | None = None
) -> Transformation:
    """From where the file's coordinates are; where nobody says it, the refusal tells where they might be.

    ``bounds`` gives west, south, east, north of the data in the file's own units, by which PROJ's operations are
    chosen.
    """
    if name is None:
        raise ImporterError(
            _(
                "The file does not say its reference system; enter it under {option}, such as EPSG:4550 or gcj02."
            ).format(option=label_of("source_crs"))
            + advice(bounds(), district)
        )
    if name.lower() in OFFSETS:
        return Transformation(name.lower(), OFFSETS[name.lower()], BACK[name.lower()])
    crs = parse_crs(name)
    label = ":".join(crs.to_authority(min_confidence=70) or ()) or crs.name
    return Transformation(label) if label in EQUAL else _projection(crs, label, bounds())


def parse_crs(name: str) -> pyproj.CRS:
    """The horizontal reference system of a name or definition."""
    try:
        crs = pyproj.CRS.from_user_input(name)
    except CRSError:
        raise ImporterError(
            _("{value} is no reference system; give an EPSG code such as EPSG:4550, gcj02 or bd09.").format(
                value=name[:80]
            )
        ) from None
    if crs.is_compound:
        crs = crs.sub_crs_list[0]
    if crs.geodetic_crs is None:
        raise ImporterError(
            _("{crs} is a local system that nothing ties to the globe; deliver the file in CGCS2000.").format(
                crs=crs.name
            )
        )
    return _find_registered(crs)


def _find_registered(crs: pyproj.CRS) -> pyproj.CRS:
    """The registered system of the same name and measures, where the file spells the name of its datum otherwise."""
    if crs.to_authority(min_confidence=70) or not crs.is_geographic or crs.is_bound:
        return crs
    for found in crs.list_authority("EPSG", min_confidence=25):
        registered = pyproj.CRS.from_authority(found.auth_name, found.code)
        if registered.name.lower() == crs.name.lower() and _parameters(registered) == _parameters(crs):
            return registered
    return crs


def _parameters(crs: pyproj.CRS) -> tuple[float, ...] | None:
    if crs.ellipsoid is None or crs.prime_meridian is None:
        return None
    axes = (crs.ellipsoid.semi_major_metre, crs.ellipsoid.inverse_flattening, crs.prime_meridian.longitude)
    return tuple(round(number, 9) for number in (*axes, crs.axis_info[0].unit_conversion_factor))


def _projection(crs: pyproj.CRS, label: str, bounds: Box) -> Transformation:
    around = _geographic(crs, bounds)
    if not np.isfinite(around).all():
        raise ImporterError(
            _("The positions do not fit {label}; enter their reference system under {option}.").format(
                label=label, option=label_of("source_crs")
            )
        )
    found, missing = _operations(crs, around)
    if not found:
        raise ImporterError(
            _(
                "From {label} to CGCS2000 only a zero-shift guess is known where these data lie, which can be a hundred metres off. "
            ).format(label=label)
            + (
                _("Whoever runs the portal can install the grid {missing}.").format(missing=missing)
                if missing
                else _(
                    "Deliver the file in CGCS2000, or enter its parameters under {option} as a PROJ string with +towgs84."
                ).format(option=label_of("source_crs"))
            )
        )
    transformer = found[0]
    accuracy = transformer.accuracy or 0.0

    def apply(points: Points) -> Points:
        return np.column_stack(transformer.transform(points[:, 0], points[:, 1]))

    def back(points: Points) -> Points:
        return np.column_stack(
            transformer.transform(points[:, 0], points[:, 1], direction=TransformDirection.INVERSE)
        )

    said = _("positions from {label} are accurate to {accuracy:g} m").format(label=label, accuracy=accuracy)
    note = said if accuracy > WORTH_SAYING else ""
    return Transformation(label, apply, back, note)


def _geographic(crs: pyproj.CRS, bounds: Box) -> Box:
    """The bounds in longitude and latitude of the system's own datum, for choosing among PROJ's operations."""
    base = crs.source_crs or crs if crs.is_bound else crs
    if base.is_geographic:
        return bounds if np.abs(bounds).max() <= 360 else (np.inf, np.inf, np.inf, np.inf)
    try:
        plain = pyproj.Transformer.from_crs(base, base.geodetic_crs, always_xy=True)
        west, south, east, north = plain.transform_bounds(*bounds)
    except ProjError:
        return (np.inf, np.inf, np.inf, np.inf)
    return west, south, east, north


def _operations(crs: pyproj.CRS, around: Box) -> tuple[list[pyproj.Transformer], str]:
    """Operations meant for where the data lie, the most accurate first, and the grids that others would need."""
    found, missing = [], set()
    for target in (STORE_SRID, LONLAT_SRID):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # that a better grid exists is said in our own report
            group = TransformerGroup(crs, pyproj.CRS.from_epsg(target), always_xy=True, allow_ballpark=False)
        found += [operation for operation in group.transformers if _covers(operation, around)]
        missing |= {grid.short_name for operation in group.unavailable_operations for grid in operation.grids}
        if any(operation.accuracy == 0 for operation in found):
            break  # no other can be better, and looking takes long
    found.sort(key=lambda operation: operation.accuracy if operation.accuracy >= 0 else 1000.0)
    return found, ", ".join(sorted(missing))


def _covers(operation: pyproj.Transformer, around: Box) -> bool:
    area = operation.area_of_use
    if area is None or area.west > area.east:
        return True
    west, south, east, north = area.bounds
    middle_x, middle_y = (around[0] + around[2]) / 2, (around[1] + around[3]) / 2
    return bool(west <= middle_x <= east and south <= middle_y <= north)


def transform(shapes: "npt.NDArray[np.object_]", step: Transformation) -> "npt.NDArray[np.object_]":
    """Two-dimensional geometry in longitude and latitude."""
    if step.apply is None:
        return shapes
    found: npt.NDArray[np.object_] = shapely.transform(shapes, step.apply)
    return found
