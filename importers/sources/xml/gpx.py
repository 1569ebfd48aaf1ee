"""GPX: what is said of waypoints, routes and tracks is read as it is written, their shapes through GDAL."""

import re
from collections.abc import Mapping
from pathlib import Path
from xml.sax.xmlreader import AttributesImpl

from importers.sources import vector
from importers.sources.source import Source
from importers.sources.values import NO_POSITIONS, NUMBERS, TIMES, WHOLE_NUMBERS

from .xml_copy import POSITION, Elements, Row, RowCopy, as_written, copy, local

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

POINTS = {"wpt", "rtept", "trkpt"}
NUMBER = re.compile(r"\s*[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?\s*")

READINGS = {
    ("", POSITION): NO_POSITIONS,
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

    def copied_attributes(self, name: str, attrs: AttributesImpl) -> AttributesImpl:
        """GDAL leaves out points without numbers, and nobody would know."""
        return AttributesImpl({"lat": "0", "lon": "0"}) if self.wrong_positions(name, attrs, "") else attrs

    def value_name(self, path: Elements) -> tuple[str, str] | None:
        names = [name.replace(":", "_") for name, _called in path]
        place = EXTENSIONS if local(path[0][0]) == EXTENSIONS else ""
        return (place, "_".join(names[1:] if place else names)) if names[1:] or not place else None

    def wrong_positions(self, name: str, attrs: AttributesImpl | None, content: str) -> str:
        if name not in POINTS or attrs is None:
            return ""
        said = [str(attrs.get(axis, "")) for axis in ("lat", "lon")]
        return "" if all(map(NUMBER.fullmatch, said)) else " ".join(said).strip() or name

    def write_values(self, row: Row, values: Mapping[str, str]) -> None:
        """Also where there are none: GDAL looks at extensions of points only if their track or route has some."""
        with self.element(f"{row.element.removesuffix(local(row.element))}{EXTENSIONS}"):
            for name, value in values.items():
                self.write(name, value)


def read(path: Path, file_layer: str | None, encoding: str | None) -> Source:
    made, copied = copy(path, Waypoints, encoding)
    return as_written(vector.read(made, file_layer, None), copied, READINGS)
