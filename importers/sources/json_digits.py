"""Whole numbers of GeoJSON with nineteen digits and more, of which GDAL makes fractions that do not hold them all."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

WHOLE, LINES = {".geojson", ".json"}, {".geojsonl", ".ndjson", ".geojsons"}
LONG = re.compile(rb":\s*-?\d{19,}\s*[,}]")
PIECE, OVERLAP = 1 << 20, 64
FIRST_LONG = 10**18


def exact_columns(path: Path) -> dict[str, list[str | None]]:
    """By name, as they are written, the columns in which such a number stands; one text a row."""
    if path.suffix.lower() not in WHOLE | LINES or not _has_long_numbers(path):
        return {}
    rows = [found.get("properties") or {} for found in _features(path)]
    names = {
        name
        for row in rows
        for name, value in row.items()
        if isinstance(value, int) and abs(value) >= FIRST_LONG
    }
    return {name: [None if row.get(name) is None else str(row[name]) for row in rows] for name in names}


def _has_long_numbers(path: Path) -> bool:
    before = b""
    with path.open("rb") as file:
        while piece := file.read(PIECE):
            if LONG.search(before + piece):
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
