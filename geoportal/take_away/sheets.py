"""Tables for spreadsheets: a workbook, and comma-separated text beside what it says of itself."""

import csv
import io
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import shapely

from layers.registry.declaration.layer import Geometry
from layers.registry.declaration.values import harmless

from .about import About
from .systems import Shapes
from .table import Table

MOST_CHARACTERS = 32_767
"""Of a cell."""
NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
"""Characters that XML does not have, and so no workbook."""
WKT = "wkt"
ABOUT = "about.txt"


def write_workbook(table: Table, path: Path, about: About, encoding: str) -> None:
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("data")
    sheet.append([*table.columns, *(table.system.axes if table.has_shapes else ())])
    for row in _rows(table, points_only=True):
        sheet.append([_cell(value) for value in row])
    said = book.create_sheet("about")
    for line in about.lines:
        said.append([_cell(value) for value in line])
    book.save(path)


def write_text(table: Table, path: Path, about: About, encoding: str) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        with (
            packed.open(f"{table.name}.csv", "w", force_zip64=True) as raw,
            io.TextIOWrapper(raw, encoding="utf-8-sig", newline="") as out,
        ):
            writer = csv.writer(out)
            writer.writerow([*table.columns, *_axes(table)])
            for row in _rows(table, points_only=False):
                writer.writerow([harmless(value) for value in row])
        packed.writestr(ABOUT, about.text)


def _axes(table: Table) -> tuple[str, ...]:
    if not table.has_shapes:
        return ()
    return table.system.axes if table.geometry == Geometry.POINT else (WKT,)


def _rows(table: Table, *, points_only: bool) -> Iterator[list[Any]]:
    """With the position; of lines and areas in a workbook one that lies on them, whose cells would hold no outline."""
    for columns, shapes in table.batches():
        places: list[tuple[Any, ...]] = [()] * len(shapes)
        if table.has_shapes:
            points = points_only or table.geometry == Geometry.POINT
            places = _points(shapes) if points else [(text,) for text in _outlines(shapes)]
        for values, place in zip(zip(*columns.values(), strict=True), places, strict=True):
            yield [*values, *place]


def _points(shapes: Shapes) -> list[tuple[Any, ...]]:
    points = shapely.point_on_surface(shapes)
    pairs = np.column_stack([shapely.get_x(points), shapely.get_y(points)]).tolist()
    return [(None, None) if x != x else (x, y) for x, y in pairs]


def _outlines(shapes: Shapes) -> Any:
    return shapely.to_wkt(shapes, rounding_precision=-1)


def _cell(value: Any) -> Any:
    """Times without their zone, which a sheet has no word for, are those of UTC."""
    if isinstance(value, str):
        clean = NO_XML.sub("", value)
        return str(harmless(clean))[:MOST_CHARACTERS]
    return value.replace(tzinfo=None) if getattr(value, "tzinfo", None) else value
