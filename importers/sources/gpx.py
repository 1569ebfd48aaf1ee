"""GPX: what is said of waypoints, routes and tracks is read as it is written, their shapes through GDAL."""

from collections.abc import Mapping
from pathlib import Path

from . import vector
from .source import Source
from .values import NUMBERS, TIMES, WHOLE_NUMBERS
from .xml_copy import Elements, Row, RowCopy, as_written, copy, local

EXTENSIONS = "extensions"
THROUGH_GDAL = {
    "name",
    "cmt",
    "desc",
    "src",
    "sym",
    "type",
    "fix",
    "link",
    "url",
    "urlname",
    "trkseg",
    "rtept",
}
"""Texts, and what holds the shape."""

READINGS = {
    ("", "time"): TIMES,
    **{("", name): WHOLE_NUMBERS for name in ("sat", "dgpsid", "number")},
    **{
        ("", name): NUMBERS
        for name in ("ele", "magvar", "geoidheight", "hdop", "vdop", "pdop", "ageofdgpsdata")
    },
}


class Waypoints(RowCopy):
    rows = frozenset({"wpt", "rte", "rtept", "trk", "trkpt"})

    def is_copied(self, name: str) -> bool:
        return name in THROUGH_GDAL

    def value_name(self, path: Elements) -> tuple[str, str] | None:
        names = [name.replace(":", "_") for name, _called in path]
        place = EXTENSIONS if local(path[0][0]) == EXTENSIONS else ""
        return (place, "_".join(names[1:] if place else names)) if names[1:] or not place else None

    def write_values(self, row: Row, values: Mapping[str, str]) -> None:
        """Also where there are none: GDAL looks at extensions of points only if their track or route has some."""
        with self.element(f"{row.element.removesuffix(local(row.element))}{EXTENSIONS}"):
            for name, value in values.items():
                self.write(name, value)


def read(path: Path, file_layer: str | None, encoding: str | None) -> Source:
    made, copied = copy(path, Waypoints, encoding)
    return as_written(vector.read(made, file_layer, None), copied.names, READINGS)
