"""Positions of a table, which lie in two of its columns."""

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pyproj
import shapely

from .delivery import Delivery, Refused

LONLAT = (
    ("lon", "lat"),
    ("longitude", "latitude"),
    ("lng", "lat"),
    ("long", "lat"),
    ("经度", "纬度"),
    ("wgs84_lon", "wgs84_lat"),
    ("gcj02_lon", "gcj02_lat"),
    ("bd09_lon", "bd09_lat"),
    ("高德经度", "高德纬度"),
    ("百度经度", "百度纬度"),
)
PLANE = (("easting", "northing"), ("东坐标", "北坐标"), ("横坐标", "纵坐标"), ("x", "y"))
"""Chinese surveying calls the northing vertical (纵) and the easting horizontal (横)."""

OFFSET_WORDS = {"gcj02": "gcj02", "高德": "gcj02", "bd09": "bd09", "百度": "bd09"}
CHINA = (73.0, 18.0, 135.0, 54.0)


@dataclass
class Positions:
    """Points by row and where they are from; ``crs`` is None when nothing in the table says it."""

    shapes: "npt.NDArray[np.object_]"
    crs: str | None
    note: str = ""
    bad: dict[int, str] = field(default_factory=dict)
    """Rows whose cells are filled with what is no position."""


def positions(delivery: Delivery, stated: str | None) -> Positions:
    pair = _pair(delivery)
    if pair is None:
        raise Refused(
            "No columns hold the position; name them lon and lat, or easting and northing "
            f"(there are {', '.join(delivery.columns)})."
        )
    cells = list(zip(delivery.columns[pair[0]], delivery.columns[pair[1]], strict=True))
    numbers = np.array([[_decimal(x), _decimal(y)] for x, y in cells]).reshape(-1, 2)
    bad = _unreadable(cells, numbers)
    numbers[(numbers == 0).all(axis=1)] = np.nan
    present = np.isfinite(numbers).all(axis=1)
    crs, note = stated, ""
    if pair[0].strip().lower() in {name for name, _ in LONLAT}:
        if stated is None:
            crs, note = _unsaid(pair, numbers[present])
    elif stated is not None and _is_swapped(numbers[present], stated):
        numbers, note = numbers[:, ::-1], f"{pair[0]} is the northing, {pair[1]} the easting"
    return Positions(_points(numbers, present), crs, note, bad)


def _unreadable(cells: list[tuple[object, object]], numbers: "npt.NDArray[np.float64]") -> dict[int, str]:
    wrong = np.flatnonzero(~np.isfinite(numbers).all(axis=1)).tolist()
    texts = {index: [str(cell).strip() for cell in cells[index]] for index in wrong}
    empty = {"", "nan", "none"}
    return {
        index: f"“{' '.join(pair)}” is no position"
        for index, pair in texts.items()
        if any(text.lower() not in empty for text in pair)
    }


def _pair(delivery: Delivery) -> tuple[str, str] | None:
    for names in (*LONLAT, *PLANE):
        found = [delivery.heading(name) for name in names]
        if found[0] is not None and found[1] is not None:
            return found[0], found[1]
    return None


def _unsaid(pair: tuple[str, str], numbers: "npt.NDArray[np.float64]") -> tuple[str, str]:
    """WGS 84 for longitudes and latitudes that nobody says more of, but never where maps are drawn offset."""
    word = next((system for text, system in OFFSET_WORDS.items() if text in pair[0].lower()), None)
    if word:
        raise Refused(
            f"The headings {pair[0]} and {pair[1]} are offset coordinates; say --source-crs {word}."
        )
    west, south, east, north = CHINA
    x, y = numbers[:, 0], numbers[:, 1]
    if ((x > west) & (x < east) & (y > south) & (y < north)).any():
        raise Refused(
            "The table does not say its reference system, and in China the same columns may hold true or offset "
            "positions, half a kilometre apart; say --source-crs EPSG:4490, EPSG:4326, gcj02 or bd09."
        )
    return "EPSG:4326", f"{pair[0]} and {pair[1]} taken as WGS 84; --source-crs says otherwise"


def _is_swapped(numbers: "npt.NDArray[np.float64]", stated: str) -> bool:
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


def _points(
    numbers: "npt.NDArray[np.float64]", present: "npt.NDArray[np.bool_]"
) -> "npt.NDArray[np.object_]":
    """Points; None where a cell is empty, no number, or both are zero."""
    shapes = np.full(len(numbers), None, dtype=object)
    shapes[present] = shapely.points(numbers[present])
    return shapes


def _decimal(cell: object) -> float:
    try:
        return float(str(cell).strip())
    except ValueError:
        return float("nan")
