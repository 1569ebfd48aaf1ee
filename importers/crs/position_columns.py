"""Positions of a table, which lie in its columns: two coordinates, or one of WKT or GeoJSON."""

import re
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyproj
import shapely

from importers.errors import ImporterError
from importers.geometry.validity import GeometryCheck
from importers.options import label_of
from importers.position_words import ADDRESSES, LONLAT, PAIRS, PLANE, SHAPES
from importers.sources.source import Batch, Source
from layers.sentences.sentence import gettext as _

from . import geocoder
from .coordinate_text import axis_of, parse_angles, split_pair

OFFSET_WORDS = {"gcj02": "gcj02", "高德": "gcj02", "bd09": "bd09", "百度": "bd09"}
HEXADECIMAL = re.compile(r"0[01][0-9a-fA-F]{40,}")
CHINA = (73.0, 18.0, 135.0, 54.0)

Numbers = npt.NDArray[np.float64]


@dataclass(frozen=True)
class PositionColumns:
    """Where a table's positions lie; ``crs`` is None when nothing in the table says it."""

    headings: tuple[str, ...]
    crs: str | None = None
    note: str = ""
    swapped: bool = False
    is_pair: bool = False
    """Whether the one column holds two numbers."""

    def shapes(self, batch: Batch) -> GeometryCheck:
        """Points or shapes by row, None where the cells are empty or both coordinates are zero."""
        if len(self.headings) == 1 and not self.is_pair:
            return _parse_shapes(batch.columns[self.headings[0]].to_pylist())
        numbers, bad = _numbers(batch, self.headings)
        present = np.isfinite(numbers).all(axis=1) & (numbers != 0).any(axis=1)
        points = np.full(len(batch), None, dtype=object)
        points[present] = shapely.points(numbers[present][:, ::-1] if self.swapped else numbers[present])
        checked = GeometryCheck(points)
        for index, text in bad.items():
            checked.reject(index, _("“{text}” is no position").format(text=text), text)
        return checked


def find_positions(
    source: Source, stated: str | None, district: "tuple[float, ...] | None"
) -> PositionColumns | geocoder.AddressColumn:
    """Which columns hold the position, and in which order; ``district`` is west, south, east, north."""
    sample = source.sample
    written = [heading for name in SHAPES if (heading := source.heading(name)) and _is_shape(sample, heading)]
    if written:
        return PositionColumns((written[0],), stated)
    pair = _pair(source)
    if pair is None and (both := _pair_column(source)):
        return _in_one_column(sample, both, stated, district)
    addressed = next(filter(None, map(source.heading, ADDRESSES)), None)
    if pair is None and addressed:
        _refuse_coordinates_beside(sample, addressed)
        return geocoder.AddressColumn(addressed)
    if pair is None:
        raise ImporterError(
            _(
                "No columns hold the position; name them lon and lat, or easting and northing (there are {names})."
            ).format(names=", ".join(source.headings))
        )
    numbers = _numbers(sample, pair)[0]
    numbers = numbers[np.isfinite(numbers).all(axis=1) & (numbers != 0).any(axis=1)]
    said: tuple[str | None, str]
    in_degrees = stated is not None and len(numbers) > 0 and bool((np.abs(numbers) <= 180).all())
    if in_degrees or pair[0].strip().lower() in {name for name, _ in LONLAT}:
        said = (stated, "") if stated else _assume_wgs84(pair, numbers)
        swapped = _names_latitude(sample, pair[0]) or _is_swapped(numbers, district)
    else:
        said = (stated, "")
        swapped = stated is not None and _is_northing_first(numbers, stated)
    crs, note = said
    if swapped:
        exchanged = _("{first} holds the northing, {second} the easting").format(
            first=pair[0], second=pair[1]
        )
        note = _("; ").join(filter(None, (note, exchanged)))
    return PositionColumns(pair, crs, note, swapped)


def _is_shape(sample: Batch, heading: str) -> bool:
    texts = [cell for cell in sample.columns[heading].to_pylist() if isinstance(cell, str) and cell.strip()]
    return any(_parse_shape(text) is not None for text in texts[:100])


def _parse_shape(text: str) -> shapely.Geometry | None:
    """A geometry of WKT, also with SRID before it, of GeoJSON, or of WKB in hexadecimal digits, as databases write it;
    None for what is none."""
    text = text.strip()
    if HEXADECIMAL.fullmatch(text):
        found = shapely.from_wkb(text, on_invalid="ignore")
        return found if isinstance(found, shapely.Geometry) else None
    if text.startswith("{"):
        found = shapely.from_geojson(text, on_invalid="ignore")
    else:
        found = shapely.from_wkt(text.rpartition(";")[2], on_invalid="ignore")
    return found if isinstance(found, shapely.Geometry) else None


def _parse_shapes(cells: list[object]) -> GeometryCheck:
    checked = GeometryCheck(np.full(len(cells), None, dtype=object))
    for index, cell in enumerate(cells):
        if not isinstance(cell, str) or not cell.strip():
            continue
        checked.shapes[index] = _parse_shape(cell)
        if checked.shapes[index] is None:
            checked.reject(index, _("geometry is neither WKT nor GeoJSON"), cell[:200])
    return checked


def _numbers(batch: Batch, pair: tuple[str, ...]) -> tuple[Numbers, dict[int, str]]:
    """The two columns as numbers, and the texts of the rows where one is filled with what is none."""
    columns = [batch.columns[heading].to_pylist() for heading in pair]
    if len(pair) == 1:
        columns = _split(columns[0])
    read = [parse_angles(column) for column in columns]
    wrong = {*read[0][1], *read[1][1]}
    numbers = np.column_stack([values for values, _ in read])
    half = np.isnan(numbers).any(axis=1) & ~np.isnan(numbers).all(axis=1)
    bad = {
        index: " ".join(str(column[index]).strip() for column in columns if column[index] is not None)
        for index in sorted(wrong | set(np.flatnonzero(half).tolist()))
    }
    return numbers, bad


def _pair(source: Source) -> tuple[str, str] | None:
    for names in (*LONLAT, *PLANE):
        first, second = (source.heading(name) for name in names)
        if first is not None and second is not None:
            return first, second
    return None


def _pair_column(source: Source) -> str | None:
    """One whose cells hold two numbers."""
    for heading in filter(None, map(source.heading, PAIRS)):
        cells = [cell for cell in source.sample.columns[heading].to_pylist() if str(cell or "").strip()][:100]
        if sum(split_pair(str(cell)) is not None for cell in cells) * 2 > len(cells):
            return heading
    return None


def _split(cells: list[object]) -> list[list[str | None]]:
    """Firsts and seconds; what is no pair is left whole, so that it is told."""
    pairs = [
        (split_pair(str(cell)) or (str(cell), None)) if cell is not None else (None, None) for cell in cells
    ]
    return [[first for first, _ in pairs], [second for _, second in pairs]]


def _in_one_column(
    sample: Batch, heading: str, stated: str | None, district: "tuple[float, ...] | None"
) -> PositionColumns:
    numbers = _numbers(sample, (heading,))[0]
    numbers = numbers[np.isfinite(numbers).all(axis=1)]
    first, second = (bool((np.abs(numbers[:, place]) > 90).any()) for place in (0, 1))
    swapped = second or (not first and _is_swapped(numbers, district))
    if not (first or second or district):
        raise ImporterError(
            _(
                "Which of the two numbers in “{heading}” is the latitude cannot be seen; give them in two columns, lon and lat."
            ).format(heading=heading)
        )
    crs, note = (stated, "") if stated else _assume_wgs84((heading, ""), numbers)
    order = (
        _("“{heading}” holds the latitude first") if swapped else _("“{heading}” holds the longitude first")
    )
    note = _("; ").join(filter(None, (note, order.format(heading=heading))))
    return PositionColumns((heading,), crs, note, swapped, is_pair=True)


def _refuse_coordinates_beside(sample: Batch, addressed: str) -> None:
    """Ask, where two columns look like positions within China that would not be used."""
    west, south, east, north = CHINA
    found: dict[str, str] = {}
    for heading, column in sample.columns.items():
        numbers = parse_angles(column.to_pylist())[0]
        numbers = numbers[np.isfinite(numbers) & (numbers != np.round(numbers))]
        if len(numbers) * 2 > len(sample):
            for axis, low, high in (("lon", west, east), ("lat", south, north)):
                if ((numbers > low) & (numbers < high)).all():
                    found.setdefault(axis, heading)
    if len(found) == 2:
        raise ImporterError(
            _(
                "“{lon}” and “{lat}” look like positions beside the addresses in “{address}”; call them lon and lat to have them used, or deliver the file without them."
            ).format(**found, address=addressed)
        )


def _assume_wgs84(pair: tuple[str, str], numbers: Numbers) -> tuple[str, str]:
    """WGS 84 for longitudes and latitudes that nobody says more of, but never where maps are drawn offset."""
    word = next((system for text, system in OFFSET_WORDS.items() if text in pair[0].lower()), None)
    if word:
        raise ImporterError(
            _(
                "The headings {first} and {second} are offset coordinates; enter {word} under {option}."
            ).format(option=label_of("source_crs"), first=pair[0], second=pair[1], word=word)
        )
    west, south, east, north = CHINA
    low, high = numbers.min(axis=1, initial=np.inf), numbers.max(axis=1, initial=-np.inf)
    if ((high > west) & (high < east) & (low > south) & (low < north)).any():
        raise ImporterError(
            _(
                "The table does not say its reference system, and in China the same columns may hold true or offset positions, half a kilometre apart; enter EPSG:4490, EPSG:4326, gcj02 or bd09 under {option}."
            ).format(option=label_of("source_crs"))
        )
    return "EPSG:4326", _("{first} and {second} taken as WGS 84; {option} says otherwise").format(
        option=label_of("source_crs"), first=pair[0], second=pair[1]
    )


def _names_latitude(sample: Batch, heading: str) -> bool:
    """Whether the cells of the first column say N, S, 北纬 or 南纬."""
    said = {axis_of(str(cell)) for cell in sample.columns[heading].to_pylist()[:100] if cell is not None}
    return "lat" in said and "lon" not in said


def _is_swapped(numbers: Numbers, district: "tuple[float, ...] | None") -> bool:
    """Whether most rows lie in the district (or in the world) only with their coordinates exchanged."""
    west, south, east, north = district or (-180.0, -90.0, 180.0, 90.0)

    def inside(x: Numbers, y: Numbers) -> int:
        return int(((west <= x) & (x <= east) & (south <= y) & (y <= north)).sum())

    x, y = numbers[:, 0], numbers[:, 1]
    return inside(x, y) == 0 and inside(y, x) * 2 > len(numbers)


def _is_northing_first(numbers: Numbers, stated: str) -> bool:
    """Whether the first column is the northing, as Chinese surveying has it: by where the data would land."""
    try:
        crs = pyproj.CRS.from_user_input(stated)
    except pyproj.exceptions.CRSError:
        return False
    area = crs.area_of_use
    if not len(numbers) or area is None or not crs.is_projected:
        return False
    to_globe = pyproj.Transformer.from_crs(crs, crs.geodetic_crs, always_xy=True)
    x, y = np.median(numbers, axis=0)
    west, south, east, north = area.bounds

    def lands(first: float, second: float) -> bool:
        lon, lat = to_globe.transform(first, second)
        return bool(west <= lon <= east and south <= lat <= north)

    return not lands(x, y) and lands(y, x)
