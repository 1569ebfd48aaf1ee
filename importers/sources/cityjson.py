"""CityJSON as buildings: the footprint of each, and its height above its own ground."""

import json
import re
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import shapely
from django.utils.translation import gettext as _

from importers.errors import ImporterError

from .source import ROWS_AT_ONCE, Batch, Source, batch_of_rows

Vertices = npt.NDArray[np.float64]
CODE = re.compile(r"EPSG(?:::|/\d+/|:)(\d+)", re.IGNORECASE)
HEIGHT = "height"
DEGREES_OF_A_METRE = 1 / 111_320


def is_cityjson(path: Path) -> bool:
    if path.suffix.lower() != ".json":
        return False
    with path.open("rb") as file:
        return b'"CityJSON"' in file.read(4096)


def read(path: Path) -> Source:
    try:
        model = json.loads(path.read_bytes())
        rows, shapes = _buildings(model["CityObjects"], _vertices(model))
    except (ValueError, KeyError, TypeError, IndexError, AttributeError) as problem:
        raise ImporterError(
            _("{path} is no CityJSON: {reason}.").format(path=path.name, reason=problem)
        ) from None
    code = CODE.search(str(model.get("metadata", {}).get("referenceSystem", "")))
    headings = list(dict.fromkeys(name for row in rows for name in row))
    stream = partial(stream_buildings, rows, shapes, headings)
    notes = [_("footprints and heights of {count:,} buildings").format(count=len(rows))]
    return Source(headings, stream, True, f"EPSG:{code[1]}" if code else None, len(rows), notes)


def stream_buildings(rows: list[dict[str, Any]], shapes: list[Any], headings: list[str]) -> Iterator[Batch]:
    for start in range(0, len(rows), ROWS_AT_ONCE):
        part = slice(start, start + ROWS_AT_ONCE)
        batch = batch_of_rows(rows[part], headings, start)
        yield Batch(
            start, batch.columns, pa.array([shapely.to_wkb(shape) for shape in shapes[part]], pa.binary())
        )


def _vertices(model: dict[str, Any]) -> Vertices:
    found = np.array(model["vertices"], dtype=np.float64).reshape(-1, 3)
    moved = model.get("transform", {})
    scaled: Vertices = found * moved.get("scale", (1, 1, 1)) + moved.get("translate", (0, 0, 0))
    return scaled


def _buildings(objects: dict[str, Any], vertices: Vertices) -> tuple[list[dict[str, Any]], list[Any]]:
    """Buildings with what their parts add to their shape."""
    rows, shapes = [], []
    for name, each in objects.items():
        if each["type"] != "Building":
            continue
        family = [each, *(objects[child] for child in each.get("children", ()) if child in objects)]
        faces = [face for one in family for face in _faces(one, vertices)]
        plain = {key: value for key, value in each.get("attributes", {}).items() if _is_plain(value)}
        heights = np.concatenate([ring[:, 2] for ring, _ground in faces]) if faces else np.zeros(1)
        rows.append({"id": name, **plain, HEIGHT: round(float(heights.max() - heights.min()), 2)})
        shapes.append(footprint(faces))
    return rows, shapes


def _faces(each: dict[str, Any], vertices: Vertices) -> Iterator[tuple[Vertices, bool]]:
    """Outer rings of the most detailed geometry, and whether each is said to be ground."""
    if not each.get("geometry"):
        return
    best = max(each["geometry"], key=lambda shape: str(shape.get("lod", "")))
    semantics = best.get("semantics", {})
    kinds = [surface.get("type", "") for surface in semantics.get("surfaces", ())]
    said = list(_leaves(semantics.get("values", []) or []))
    for place, rings in enumerate(_surfaces(best["boundaries"])):
        number = said[place] if place < len(said) else None
        yield vertices[rings[0]], number is not None and kinds[number] == "GroundSurface"


def _surfaces(boundaries: Any) -> Iterator[list[list[int]]]:
    """Surfaces (lists of rings) at whatever depth the type of geometry has them."""
    if boundaries and isinstance(boundaries[0][0], int):
        yield boundaries
        return
    for inner in boundaries:
        yield from _surfaces(inner)


def _leaves(values: Any) -> Iterator[int | None]:
    if isinstance(values, list):
        for inner in values:
            yield from _leaves(inner)
    else:
        yield values


def footprint(faces: list[tuple[Vertices, bool]]) -> shapely.Geometry:
    """What the ground surfaces cover, or all faces seen from above where none is named."""
    grounds = [ring for ring, ground in faces if ground] or [ring for ring, _ground in faces]
    flat = [shapely.Polygon(ring[:, :2]) for ring in grounds if len(ring) >= 3]
    in_degrees = all(np.abs(ring[:, :2]).max(initial=0) <= 360 for ring in grounds)
    metre = DEGREES_OF_A_METRE if in_degrees else 1.0
    upright = [shapely.make_valid(shape) for shape in flat if shape.area > 0.01 * metre**2]
    return shapely.union_all(upright, grid_size=0.001 * metre) if upright else shapely.Polygon()


def _is_plain(value: Any) -> bool:
    return isinstance(value, str | int | float) and not isinstance(value, bool)
