"""Reading OpenStreetMap extracts through GDAL: objects with all their tags, whatever GDAL makes columns of."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import shapely

from ..delivery import Delivery, Listed
from ..read import files, vector
from ..validate import from_wkb

FILE_LAYERS = ("points", "lines", "multilinestrings", "multipolygons")
"""What GDAL sorts objects into; relations of other kinds have no geometry of one type and are left out."""

Tags = dict[str, str]


@dataclass(frozen=True)
class Object:
    """``name`` is OpenStreetMap's own: node, way or relation and a number."""

    name: str
    tags: Tags
    shape: shapely.Geometry


@dataclass
class Contents:
    """The objects of one of GDAL's layers; ``read`` = objects + refused."""

    kind: str
    objects: list[Object] = field(default_factory=list)
    refused: list[Listed] = field(default_factory=list)
    repaired: list[Listed] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    read: int = 0


def read(path: Path) -> Iterator[Contents]:
    path = files.regular(path)
    for kind in FILE_LAYERS:
        yield _contents(kind, vector.read(path, kind, None, TAGS_FORMAT="JSON"))


def _contents(kind: str, delivery: Delivery) -> Contents:
    found = Contents(kind, read=len(delivery), notes=delivery.notes)
    if delivery.shapes is None or not len(delivery):
        return found
    tags = list(_tags(delivery))
    checked = from_wkb(delivery.shapes, [_name(kind, each) for each in tags])
    for note in checked.listed():
        (found.repaired if note.loaded else found.refused).append(note)
    found.objects = [
        Object(checked.labels[index], each, checked.shapes[index])
        for index, each in enumerate(tags)
        if index not in checked.refused
    ]
    return found


def _tags(delivery: Delivery) -> Iterator[Tags]:
    columns = delivery.columns
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
