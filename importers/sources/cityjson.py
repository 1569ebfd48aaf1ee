"""CityJSON as buildings: the footprint of each, and its height above its own ground."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import shapely

from importers.errors import ImporterError
from layers.sentences.sentence import gettext as _

from .source import ROWS_AT_ONCE, Batch, Problem, Source, batch_of_rows, text_of
from .values import no_shape

Vertices = npt.NDArray[np.float64]
Faces = list[tuple[Vertices, bool]]
"""Outer rings, and whether each is said to be ground."""

CODE = re.compile(r"EPSG(?:::|/\d+/|:)(\d+)", re.IGNORECASE)
HEIGHT = "height"
OURS = {"id", HEIGHT}
DEGREES_OF_A_METRE = 1 / 111_320


def is_cityjson(path: Path) -> bool:
    if path.suffix.lower() != ".json":
        return False
    with path.open("rb") as file:
        return b'"CityJSON"' in file.read(4096)


@dataclass
class Buildings:
    rows: list[dict[str, Any]] = field(default_factory=list)
    shapes: list[shapely.Geometry] = field(default_factory=list)
    faults: dict[int, list[Problem]] = field(default_factory=dict)

    def add(self, key: str, said: Mapping[str, Any], faces: Faces, tall: float, *faults: Problem) -> None:
        """What the file itself calls a height or an id stays beside the measured one and the building's own."""
        own = {f"attribute {name}" if name in OURS else name: value for name, value in said.items()}
        if faults:
            self.faults[len(self.rows)] = [*faults]
        self.rows.append({"id": key, **own, HEIGHT: tall})
        self.shapes.append(footprint(faces))

    def source(self, system: str) -> Source:
        code = CODE.search(system)
        headings = list(dict.fromkeys(name for row in self.rows for name in row))
        notes = [_("footprints and heights of {count:,} buildings").format(count=len(self.rows))]
        stream = partial(self.stream, headings)
        return Source(headings, stream, True, f"EPSG:{code[1]}" if code else None, len(self.rows), notes)

    def stream(self, headings: list[str]) -> Iterator[Batch]:
        batch = batch_of_rows(self.rows, headings)
        shapes = pa.array([shapely.to_wkb(shape) for shape in self.shapes], pa.binary())
        measured = pa.array([row[HEIGHT] for row in self.rows], pa.float64())
        columns = {**batch.columns, HEIGHT: measured}
        whole = replace(batch, columns=columns, shapes=shapes, faults=self.faults)
        for start in range(0, len(self.rows), ROWS_AT_ONCE):
            yield whole.slice(start, ROWS_AT_ONCE)


def read(path: Path) -> Source:
    found = Buildings()
    try:
        model = json.loads(path.read_bytes())
        _add_buildings(found, model["CityObjects"], _vertices(model))
    except (ValueError, KeyError, TypeError, IndexError, AttributeError) as problem:
        raise ImporterError(
            _("{path} is no CityJSON: {reason}.").format(path=path.name, reason=problem)
        ) from None
    return found.source(str(model.get("metadata", {}).get("referenceSystem", "")))


def _vertices(model: dict[str, Any]) -> Vertices:
    found = np.array(model["vertices"], dtype=np.float64).reshape(-1, 3)
    moved = model.get("transform", {})
    scaled: Vertices = found * moved.get("scale", (1, 1, 1)) + moved.get("translate", (0, 0, 0))
    return scaled


def _add_buildings(found: Buildings, objects: dict[str, Any], vertices: Vertices) -> None:
    """Buildings with what their parts add to their shape."""
    for name, each in objects.items():
        if each["type"] != "Building":
            continue
        said = {key: _text(value) for key, value in each.get("attributes", {}).items()}
        family = [each, *(objects[child] for child in each.get("children", ()) if child in objects)]
        try:
            faces = [face for one in family for face in _faces(one, vertices)]
        except (IndexError, KeyError, TypeError):
            found.add(name, said, [], 0.0, no_shape())
        else:
            found.add(name, said, faces, height(faces))


def height(faces: Faces) -> float:
    heights = np.concatenate([ring[:, 2] for ring, _ground in faces]) if faces else np.zeros(1)
    return round(float(heights.max() - heights.min()), 2)


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


def footprint(faces: Faces) -> shapely.Geometry:
    """What the ground surfaces cover, or all faces seen from above where none is named."""
    grounds = [ring for ring, ground in faces if ground] or [ring for ring, _ground in faces]
    flat = [shapely.Polygon(ring[:, :2]) for ring in grounds if len(ring) >= 3]
    in_degrees = all(np.abs(ring[:, :2]).max(initial=0) <= 360 for ring in grounds)
    metre = DEGREES_OF_A_METRE if in_degrees else 1.0
    upright = [shapely.make_valid(shape) for shape in flat if shape.area > 0.01 * metre**2]
    return shapely.union_all(upright, grid_size=0.001 * metre) if upright else shapely.Polygon()


def _text(value: Any) -> str | None:
    return str(value).lower() if isinstance(value, bool) else text_of(value)
