"""Reading OpenStreetMap extracts through GDAL: objects with all their tags, whatever GDAL makes columns of."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import shapely

from importers.geometry.validity import decode, wkb_of
from importers.safety.inspection import checked_path
from importers.sources import vector
from importers.sources.source import Batch, Problem, ProblemRow

FILE_LAYERS = ("points", "lines", "multilinestrings", "multipolygons")
"""What GDAL sorts objects into; relations of other kinds have no geometry of one type and are left out."""

Tags = dict[str, str]


@dataclass(frozen=True)
class OsmObject:
    """``name`` is OpenStreetMap's own: node, way or relation and a number."""

    name: str
    tags: Tags
    shape: shapely.Geometry


@dataclass
class ExtractLayer:
    """The objects of one of GDAL's layers; ``read`` = objects + refused."""

    kind: str
    objects: list[OsmObject] = field(default_factory=list)
    rejected: list[ProblemRow] = field(default_factory=list)
    repairs: list[ProblemRow] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    read: int = 0


def read(path: Path) -> Iterator[ExtractLayer]:
    path = checked_path(path)
    for kind in FILE_LAYERS:
        source = vector.read(path, kind, None, TAGS_FORMAT="JSON")
        found = ExtractLayer(kind, notes=source.notes)
        for batch in source.stream():
            _add(found, batch)
        yield found


def _add(found: ExtractLayer, batch: Batch) -> None:
    tags = list(_tags(batch))
    labels = [_name(found.kind, each) for each in tags]
    checked = decode(wkb_of(batch))
    for index, problem in checked.rejected.items():
        found.rejected.append(_problem_row(batch, index, [problem], labels[index], held=True))
    for index, problems in checked.repairs.items():
        if index not in checked.rejected:
            found.repairs.append(_problem_row(batch, index, problems, labels[index], held=False))
    found.objects += [
        OsmObject(labels[index], each, checked.shapes[index])
        for index, each in enumerate(tags)
        if index not in checked.rejected
    ]
    found.read += len(batch)


def _problem_row(batch: Batch, index: int, problems: list[Problem], label: str, *, held: bool) -> ProblemRow:
    return ProblemRow(batch.start + index + 1, tuple(problems), held, label, batch.values(index))


def _tags(batch: Batch) -> Iterator[Tags]:
    columns = {name: column.to_pylist() for name, column in batch.columns.items()}
    for values in zip(*columns.values(), strict=True):
        cells = dict(zip(columns, values, strict=True))
        others = cells.pop("other_tags", None)
        tags = {key: str(value) for key, value in cells.items() if value is not None and value == value}
        yield {**tags, **(json.loads(others) if others else {})}


def _name(kind: str, tags: Tags) -> str:
    if kind == "points":
        return f"node/{tags.pop('osm_id', '')}"
    if kind == "lines":
        return f"way/{tags.pop('osm_id', '')}"
    way = tags.pop("osm_way_id", None)
    return f"way/{way}" if way else f"relation/{tags.pop('osm_id', '')}"
