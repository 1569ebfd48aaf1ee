"""Values of GeoJSON of which GDAL makes others: whole numbers with nineteen digits and more, which become fractions that do
not hold them all, fractions among texts, which get digits that nobody wrote, and texts with an end of text or half a
letter in them."""

import json
import math
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Self

import pyarrow as pa
import pyarrow.compute as pc

WHOLE, LINES = {".geojson", ".json"}, {".geojsonl", ".ndjson", ".geojsons"}
CHANGED = re.compile(
    rb":\s*-?\d{19,}\s*[,}]|\\u0000|\\u[dD][89abAB][\da-fA-F]{2}(?!\\u[dD][c-fC-F])"
    rb"|(?<!\\u[dD][89abAB][\da-fA-F]{2})\\u[dD][c-fC-F]"
)
UNFIT = re.compile("[\0\ud800-\udfff]")
PIECE, OVERLAP = 1 << 20, 64
FIRST_LONG = 10**18
REPRINTED = r"^-?\d+\.\d{13,}(e[+-]\d+)?$|^-?\d(\.\d+)?e[+-]\d+$"
"""A fraction as GDAL prints it into a text."""


class Fraction(float):
    """A number that knows how it is written."""

    __slots__ = ("written",)
    written: str

    def __new__(cls, written: str) -> Self:
        found = super().__new__(cls, written)
        found.written = written
        return found


def exact_columns(path: Path) -> dict[str, list[str | None]]:
    """By name, as they are written, the columns in which such a value stands; one text a row."""
    if path.suffix.lower() not in WHOLE | LINES or not _has_changed_values(path):
        return {}
    rows = [found.get("properties") or {} for found in _features(path)]
    names = {name for row in rows for name, value in row.items() if _is_changed(value)}
    return {name: [_text(row.get(name)) for row in rows] for name in names}


def reprinted_columns(path: Path, columns: Mapping[str, pa.Array]) -> dict[str, list[str | None]]:
    """Those of ``columns`` in which a fraction stands among texts, as they are written in the whole file."""
    if path.suffix.lower() not in WHOLE:
        return {}
    names = [name for name, column in columns.items() if _has_reprinted(column)]
    rows = [found.get("properties") or {} for found in _features(path)] if names else []
    return {
        name: [_text(row.get(name)) for row in rows] for name in names if any(name in row for row in rows)
    }  # JSON of ArcGIS has its values elsewhere


def infinite_number(path: Path) -> tuple[int, str, str] | None:
    """The row, the name of the value and the digits of the first number that is larger than numbers can be."""
    for row, found in enumerate(_features(path), 1):
        named = {**(found.get("properties") or {}), "geometry": found.get("geometry")}
        for name, value in named.items():
            if written := next(_infinite(value), ""):
                return row, name, written
    return None


def _infinite(value: Any) -> Iterator[str]:
    if isinstance(value, Fraction) and math.isinf(value):
        yield value.written
    elif isinstance(value, list | dict):
        for each in value.values() if isinstance(value, dict) else value:
            yield from _infinite(each)


def _has_reprinted(column: pa.Array) -> bool:
    texts = column.storage if isinstance(column, pa.ExtensionArray) else column
    if not (pa.types.is_string(texts.type) or pa.types.is_large_string(texts.type)):
        return False
    return pc.any(pc.match_substring_regex(texts, REPRINTED)).as_py() is True


def _text(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return value.written if isinstance(value, Fraction) else json.dumps(value, ensure_ascii=False)


def _is_changed(value: Any) -> bool:
    if isinstance(value, str):
        return UNFIT.search(value) is not None
    return isinstance(value, int) and abs(value) >= FIRST_LONG


def _has_changed_values(path: Path) -> bool:
    before = b""
    with path.open("rb") as file:
        while piece := file.read(PIECE):
            if CHANGED.search(before + piece):
                return True
            before = piece[-OVERLAP:]
    return False


def _features(path: Path) -> Iterator[dict[str, Any]]:
    if path.suffix.lower() in WHOLE:
        content = json.loads(path.read_bytes(), parse_float=Fraction)
        yield from content.get("features", [content])
        return
    with path.open("rb") as file:
        for line in file:
            if plain := line.strip(b"\x1e\r\n\t "):
                yield json.loads(plain, parse_float=Fraction)
