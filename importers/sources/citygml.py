"""CityGML as buildings: the footprint of each, and its height above its own ground.

Positions are in the axis order of their system where it is named as an address or urn, else easting or longitude first.
"""

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

import numpy as np
import pyproj
from django.utils.translation import gettext as _

from importers.errors import ImporterError

from .cityjson import CODE, HEIGHT, Vertices, footprint, stream_buildings
from .source import Source

FOOTPRINTS = {"lod0FootPrint", "lod0RoofEdge"}
FACES = {"Polygon", "PolygonPatch", "Triangle", "Rectangle"}
GROUND = {"GroundSurface"}
MEASURED = "measuredHeight"


def is_citygml(path: Path) -> bool:
    if path.suffix.lower() not in {".gml", ".xml"}:
        return False
    with path.open("rb") as file:
        return b"CityModel" in file.read(4096)


def read(path: Path) -> Source:
    rows, shapes, system = [], [], ""
    try:
        for building, system in _buildings(path):
            row, shape = _building(building, system)
            rows.append(row)
            shapes.append(shape)
    except (ElementTree.ParseError, ValueError, IndexError) as problem:
        raise ImporterError(
            _("{path} is no CityGML: {reason}.").format(path=path.name, reason=problem)
        ) from None
    headings = list(dict.fromkeys(name for row in rows for name in row))
    code = CODE.search(system)
    notes = [_("footprints and heights of {count:,} buildings").format(count=len(rows))]
    stream = partial(stream_buildings, rows, shapes, headings)
    return Source(headings, stream, True, f"EPSG:{code[1]}" if code else None, len(rows), notes)


def _buildings(path: Path) -> Iterator[tuple[Element, str]]:
    """Each with the reference system that the file names."""
    system, deep = "", 0
    for event, element in ElementTree.iterparse(path, ("start", "end")):  # noqa: S314  was looked into before
        system = system or element.get("srsName", "")
        is_building = _name(element) == "Building"
        deep += is_building * (1 if event == "start" else -1)
        if event == "end" and is_building:
            yield element, system
        if event == "end" and not deep and _name(element) != "CityModel":
            element.clear()


def _building(building: Element, system: str) -> tuple[dict[str, Any], Any]:
    faces = [face for name, found in _surfaces(building) for face in _rings(found, name)]
    swapped = _is_north_first(system)
    turned = [(ring[:, [1, 0, 2]] if swapped else ring, name) for ring, name in faces]
    shape = footprint([(ring, name in FOOTPRINTS | GROUND) for ring, name in turned])
    row = _attributes(building)
    heights = np.concatenate([ring[:, 2] for ring, _kind in turned]) if turned else np.zeros(1)
    tall = round(float(heights.max() - heights.min()), 2)
    return {**row, HEIGHT: tall or float(row.get(MEASURED) or 0)}, shape


def _surfaces(element: Element, kind: str = "") -> Iterator[tuple[str, Element]]:
    """Polygons at whatever depth, each with what it is said to be."""
    name = _name(element)
    kind = name if name in FOOTPRINTS or (name.endswith("Surface") and name != "MultiSurface") else kind
    if name in FACES:
        yield kind, element
        return
    for child in element:
        yield from _surfaces(child, kind)


def _rings(polygon: Element, kind: str) -> Iterator[tuple[Vertices, str]]:
    exterior = next((each for each in polygon.iter() if _name(each) == "exterior"), None)
    if exterior is None:
        return
    lists = [each for each in exterior.iter() if _name(each) in {"posList", "pos"}]
    numbers = np.array(" ".join(each.text or "" for each in lists).split(), dtype=np.float64)
    wide = int(next((size for each in lists if (size := each.get("srsDimension"))), 3))
    ring = numbers.reshape(-1, wide)
    yield (np.column_stack([ring, np.zeros(len(ring))]) if wide == 2 else ring), kind


def _attributes(building: Element) -> dict[str, Any]:
    """What is said of the building itself, with its generic attributes."""
    found: dict[str, Any] = {
        "id": next((value for key, value in building.attrib.items() if key.endswith("id")), "")
    }
    for child in building:
        if _name(child).endswith("Attribute") and child.get("name"):
            value = next((each.text for each in child if _name(each) == "value"), None)
            found[str(child.get("name"))] = value
        elif not len(child) and child.text and child.text.strip():
            found.setdefault(_name(child), child.text.strip())
    return found


def _is_north_first(system: str) -> bool:
    code = CODE.search(system)
    if code is None or system.upper().startswith("EPSG:"):
        return False
    crs = pyproj.CRS.from_epsg(int(code[1]))
    first = crs.sub_crs_list[0] if crs.is_compound else crs
    return bool(first.axis_info[0].direction == "north")


def _name(element: Element) -> str:
    return str(element.tag).rpartition("}")[2]
