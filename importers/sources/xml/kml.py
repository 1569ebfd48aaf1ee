"""KML: what placemarks say is read as it is written, their shapes through GDAL."""

import re
from collections.abc import Mapping
from pathlib import Path
from xml.sax.xmlreader import AttributesImpl

from importers.sources import vector
from importers.sources.source import Source
from importers.sources.values import NO_POSITIONS, TIMES_OR_YEARS

from .xml_copy import POSITION, Elements, Row, RowCopy, as_written, copy, local

EXTENDED = "ExtendedData"
TIMES = {"when": "timestamp", "begin": "begin", "end": "end"}
SAID = {"address", "phoneNumber"}
"""What GDAL does not read."""

POSITIONS = {"coordinates", "coord"}
NO_NUMBER = re.compile(r"[^\d\s,.+\-eE]+")
AROUND = 20

READINGS = {("", POSITION): NO_POSITIONS} | {("", name): TIMES_OR_YEARS for name in TIMES.values()}


class Placemarks(RowCopy):
    rows = frozenset({"Placemark"})
    dropped = frozenset({"Schema"})

    def is_copied(self, name: str) -> bool:
        return name not in {EXTENDED, "TimeStamp", "TimeSpan", *SAID}

    def value_name(self, path: Elements) -> tuple[str, str] | None:
        names = [local(name) for name, _called in path]
        if names[0] in SAID:
            return "", names[0]
        if names[0] != EXTENDED:
            return ("", TIMES[names[-1]]) if names[-1] in TIMES else None
        if names[-1] == "displayName":
            return None
        return EXTENDED, next((called for _name, called in reversed(path) if called), names[-1])

    def wrong_positions(self, name: str, attrs: AttributesImpl | None, content: str) -> str:
        wrong = NO_NUMBER.search(content) if name in POSITIONS else None
        return content[max(0, wrong.start() - AROUND) : wrong.end() + AROUND].strip() if wrong else ""

    def write_values(self, row: Row, values: Mapping[str, str]) -> None:
        if not values:
            return
        prefix = row.element.removesuffix("Placemark")
        with self.element(f"{prefix}{EXTENDED}"):
            for name, value in values.items():
                with self.element(f"{prefix}Data", name=name):
                    self.write(f"{prefix}value", value)


def read(path: Path, file_layer: str | None, encoding: str | None) -> Source:
    made, copied = copy(path, Placemarks, encoding)
    return as_written(vector.read(made, file_layer, None), copied, READINGS)
