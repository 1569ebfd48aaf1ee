"""Values of GeoJSON of which GDAL makes others: whole numbers with nineteen digits and more, which become fractions that do
not hold them all, and texts with an end of text or half a letter in them."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

WHOLE, LINES = {".geojson", ".json"}, {".geojsonl", ".ndjson", ".geojsons"}
CHANGED = re.compile(
    rb":\s*-?\d{19,}\s*[,}]|\\u0000|\\u[dD][89abAB][\da-fA-F]{2}(?!\\u[dD][c-fC-F])"
    rb"|(?<!\\u[dD][89abAB][\da-fA-F]{2})\\u[dD][c-fC-F]"
)
UNFIT = re.compile("[\0\ud800-\udfff]")
PIECE, OVERLAP = 1 << 20, 64
FIRST_LONG = 10**18


def exact_columns(path: Path) -> dict[str, list[str | None]]:
    """By name, as they are written, the columns in which such a value stands; one text a row."""
    if path.suffix.lower() not in WHOLE | LINES or not _has_changed_values(path):
        return {}
    rows = [found.get("properties") or {} for found in _features(path)]
    names = {name for row in rows for name, value in row.items() if _is_changed(value)}
    return {name: [None if row.get(name) is None else str(row[name]) for row in rows] for name in names}


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
        content = json.loads(path.read_bytes())
        yield from content.get("features", [content])
        return
    with path.open("rb") as file:
        for line in file:
            if plain := line.strip(b"\x1e\r\n\t "):
                yield json.loads(plain)
