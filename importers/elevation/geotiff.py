"""Reading GeoTIFF elevation: what the file says of its heights, and windows of them, so that memory stays flat."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyproj
import rasterio
from django.utils.translation import gettext_noop
from pyproj.exceptions import CRSError
from rasterio.enums import ColorInterp, Resampling
from rasterio.errors import NotGeoreferencedWarning, RasterioError
from rasterio.windows import Window

from importers.crs.candidates import Box
from importers.crs.china_offsets import Points
from importers.errors import ImporterError
from layers.child_process.answers import declare_fields
from layers.sentences.sentence import gettext as _
from layers.terrain.rules import Heights

MOST_PIXELS = 4_000_000_000
MOST_AT_ONCE = 256_000_000
"""Bytes of a file's inner block, which is read whole for each of its pixels."""
CACHE = 64_000_000  # bytes of blocks kept by the reader
METRES = {
    "": 1.0, "m": 1.0, "metre": 1.0, "metres": 1.0, "meter": 1.0, "meters": 1.0, "米": 1.0,
    "cm": 0.01, "centimetre": 0.01, "dm": 0.1, "decimetre": 0.1, "mm": 0.001,
    "ft": 0.3048, "foot": 0.3048, "feet": 0.3048, "us survey foot": 1200 / 3937, "us-ft": 1200 / 3937, "ftus": 1200 / 3937,
}  # fmt: skip
COLOURS = {ColorInterp.red, ColorInterp.green, ColorInterp.blue, ColorInterp.palette}
PICTURE = gettext_noop("{path} is a picture, no elevation; deliver a GeoTIFF with one band of heights.")


@dataclass
class Raster:
    """An open file. ``crs`` is None when it does not say; ``metre`` are the metres of one of its units of height."""

    name: str
    file: Any
    crs: str | None
    vertical_datum: str
    metre: float
    notes: list[str] = field(default_factory=list)

    @property
    def width(self) -> int:
        return int(self.file.width)

    @property
    def height(self) -> int:
        return int(self.file.height)

    def positions(self, pixels: Points) -> Points:
        """(x, y) in the file's reference system of (column, row), counted from the corner of the first pixel."""
        x, y = self.file.transform @ (pixels[:, 0], pixels[:, 1])
        return np.column_stack((x, y))

    def pixels(self, positions: Points) -> Points:
        """The way back."""
        column, row = ~self.file.transform @ (positions[:, 0], positions[:, 1])
        return np.column_stack((column, row))

    def outline(self, across: int = 17) -> Points:
        """(column, row) of points on the edges and within."""
        columns, rows = np.meshgrid(np.linspace(0, self.width, across), np.linspace(0, self.height, across))
        return np.column_stack((columns.ravel(), rows.ravel()))

    @property
    def bounds(self) -> Box:
        """West, south, east, north in the file's reference system."""
        found = self.positions(self.outline(2))
        west, south = found.min(axis=0)
        east, north = found.max(axis=0)
        return float(west), float(south), float(east), float(north)

    def read(self, left: int, top: int, wide: int, high: int, step: int) -> Heights:
        """Heights in metres of a window, NaN where the file has none; means of ``step`` by ``step`` pixels."""
        try:
            found = self.file.read(
                1,
                window=Window(left, top, wide, high),
                out_shape=(-(-high // step), -(-wide // step)),
                resampling=Resampling.average if step > 1 else Resampling.nearest,
                masked=True,
            )
        except RasterioError as problem:
            raise damage_error(self.name, problem) from None
        raw = found.astype(np.float32).filled(np.nan) * self.file.scales[0] + self.file.offsets[0]
        heights = (raw * self.metre).astype(np.float32)
        heights[~np.isfinite(heights)] = np.nan
        return heights  # type: ignore[no-any-return]


def damage_error(name: str, problem: Exception) -> ImporterError:
    first = (str(problem).strip() or type(problem).__name__).splitlines()[0][:200]
    return ImporterError(
        _("{label} is damaged ({problem}); export it again.").format(label=name, problem=first)
    )


@contextmanager
def open_raster(path: Path, source_crs: str | None = None) -> Iterator[Raster]:
    """The elevation of a file that was found safe, to be read within the block."""
    # Nothing beside the file is looked at, and no other format is tried on it.
    around = {
        "GDAL_DISABLE_READDIR_ON_OPEN": "EMPTY_DIR",
        "GTIFF_REPORT_COMPD_CS": True,
        "GDAL_CACHEMAX": CACHE,
    }
    with rasterio.Env(**around), warnings.catch_warnings():
        warnings.simplefilter("ignore", NotGeoreferencedWarning)  # said in our own words
        try:
            file = rasterio.open(path, driver="GTiff")
        except RasterioError as problem:
            raise damage_error(path.name, problem) from None
        with file:
            _check(path.name, file)
            yield _describe(path.name, file, source_crs)


def _check(name: str, file: Any) -> None:
    if file.count > 1 or COLOURS & set(file.colorinterp):
        raise ImporterError(_(PICTURE).format(path=name))
    kind = np.dtype(file.dtypes[0]) if file.dtypes[0] in np.sctypeDict else None
    if kind is None or kind.kind not in "iuf":
        raise ImporterError(
            _("The heights of {path} are of the type {kind}, which is no plain number.").format(
                path=name, kind=file.dtypes[0]
            )
        )
    if file.width * file.height > MOST_PIXELS:
        raise ImporterError(
            _("{path} has {width:,} × {height:,} pixels, more than are taken; deliver it in sheets.").format(
                path=name, width=file.width, height=file.height
            )
        )
    high, wide = file.block_shapes[0]
    if high * wide * kind.itemsize > MOST_AT_ONCE:
        raise ImporterError(
            _("{path} is stored in one piece that is too large to read; save it as a tiled GeoTIFF.").format(
                path=name
            )
        )
    if file.transform.is_identity or not file.transform.determinant:
        raise ImporterError(
            _("{path} does not say where it lies; deliver a GeoTIFF whose pixels have positions.").format(
                path=name
            )
        )


def _describe(name: str, file: Any, source_crs: str | None) -> Raster:
    crs = file.crs.to_wkt() if file.crs else None
    datum, own_unit = _vertical(source_crs or crs)
    unit = (file.units[0] or own_unit).strip()
    notes = []
    if unit.lower() not in METRES:
        raise ImporterError(
            _("The heights of {path} are in “{unit}”, which is no length that is known here.").format(
                path=name, unit=unit[:40]
            )
        )
    metre = METRES[unit.lower()]
    if not unit:
        notes.append(_("the file does not say the unit of its heights; they are taken as metres"))
    elif metre != 1.0:
        notes.append(_("heights in {unit} were made metres").format(unit=unit))
    notes.append(
        _("heights above: {datum}").format(datum=datum)
        if datum
        else _("the file does not say above which datum its heights are")
    )
    return Raster(name, file, crs, datum, metre, notes)


def _vertical(crs: str | None) -> tuple[str, str]:
    """The name of the vertical reference system and its unit, empty where none is said."""
    try:
        found = pyproj.CRS.from_user_input(crs) if crs else None
    except CRSError:
        return "", ""
    if found is None:
        return "", ""
    for part in found.sub_crs_list:
        if part.is_vertical:
            return part.name, _unit(part)
    if len(found.axis_info) == 3:
        return _("the ellipsoid of {crs}").format(crs=found.name), found.axis_info[2].unit_name
    return "", ""


def _unit(vertical: pyproj.CRS) -> str:
    return vertical.axis_info[0].unit_name if vertical.axis_info else ""


declare_fields(
    Raster, name=str, file=object, crs=str | None, vertical_datum=str, metre=float | int, notes=list
)
