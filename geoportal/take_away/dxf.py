"""Drawing exchange files (DXF, release 12): outlines by category, one drawing layer each; attributes have no place there."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry

from .about import About
from .table import Table

COLOURS = (1, 2, 3, 4, 5, 6, 30, 84, 140, 200)
"""AutoCAD's numbers of colours that differ well."""
OTHER = "other"


def write(table: Table, path: Path, about: About, encoding: str) -> None:
    attribute, names = table.categories
    with path.open("w", encoding="ascii", newline="\r\n") as out:
        out.writelines(_head(about, names))
        for columns, shapes in table.batches():
            codes = columns[attribute] if attribute else [table.name] * len(shapes)
            for code, shape in zip(codes, shapes, strict=True):
                if shape is not None:
                    out.writelines(_entities(shape, str(code) if str(code) in names else OTHER))
        out.write("0\nENDSEC\n0\nEOF\n")


def _head(about: About, names: list[str]) -> Iterator[str]:
    for line in about.lines:
        yield f"999\n{_escaped(': '.join(line))}\n"
    yield "0\nSECTION\n2\nHEADER\n9\n$ACADVER\n1\nAC1009\n0\nENDSEC\n"
    yield f"0\nSECTION\n2\nTABLES\n0\nTABLE\n2\nLAYER\n70\n{len(names) + 1}\n"
    for place, name in enumerate([*names, OTHER]):
        colour = COLOURS[place % len(COLOURS)] if name != OTHER else 7
        yield f"0\nLAYER\n2\n{_escaped(name)}\n70\n0\n62\n{colour}\n6\nCONTINUOUS\n"
    yield "0\nENDTAB\n0\nENDSEC\n0\nSECTION\n2\nENTITIES\n"


def _entities(shape: BaseGeometry, name: str) -> Iterator[str]:
    layer = _escaped(name)
    for part in shapely.get_parts(shape):
        if part.is_empty:
            continue
        if part.geom_type == "Point":
            yield f"0\nPOINT\n8\n{layer}\n{_position(part.coords[0])}"
        elif part.geom_type == "LineString":
            yield from _polyline(part.coords, layer, closed=False)
        else:
            for ring in (part.exterior, *part.interiors):
                yield from _polyline(ring.coords[:-1], layer, closed=True)


def _polyline(positions: Any, layer: str, *, closed: bool) -> Iterator[str]:
    yield f"0\nPOLYLINE\n8\n{layer}\n66\n1\n70\n{int(closed)}\n10\n0\n20\n0\n30\n0\n"
    for position in positions:
        yield f"0\nVERTEX\n8\n{layer}\n{_position(position)}"
    yield f"0\nSEQEND\n8\n{layer}\n"


def _position(position: tuple[float, ...]) -> str:
    return f"10\n{position[0]!r}\n20\n{position[1]!r}\n30\n0\n"


def _escaped(text: str) -> str:
    """Other than ASCII as the format writes it; one line."""
    plain = " ".join(text.split())
    return "".join(c if c.isascii() else f"\\U+{ord(c):04X}" for c in plain)
