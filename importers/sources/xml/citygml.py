"""CityGML as buildings: the footprint of each, and its height above its own ground.

Positions are in the axis order of their system where it is named as an address or urn, else easting or longitude first.
"""

from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

import numpy as np
import pyproj

from importers.errors import ImporterError
from importers.sources.cityjson import CODE, Buildings, Vertices, height
from importers.sources.source import Source
from importers.sources.values import no_number, no_shape
from layers.registry.declaration.values import number
from layers.sentences.sentence import gettext as _

FOOTPRINTS = {"lod0FootPrint", "lod0RoofEdge"}
FACES = {"Polygon", "PolygonPatch", "Triangle", "Rectangle"}
GROUNDS = FOOTPRINTS | {"GroundSurface"}
MEASURED = "measuredHeight"


def is_citygml(path: Path) -> bool:
    if path.suffix.lower() not in {".gml", ".xml"}:
        return False
    with path.open("rb") as file:
        return b"CityModel" in file.read(4096)


def read(path: Path) -> Source:
    found, system = Buildings(), ""
    try:
        for building, system in _buildings(path):
            _add(found, building, system)
    except ElementTree.ParseError as problem:
        raise ImporterError(
            _("{path} is no CityGML: {reason}.").format(path=path.name, reason=problem)
        ) from None
    return found.source(system)


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


def _add(found: Buildings, building: Element, system: str) -> None:
    said = _attributes(building)
    key = next((value for name, value in building.attrib.items() if name.endswith("id")), "")
    try:
        faces = [face for name, each in _surfaces(building) for face in _rings(each, name)]
    except ValueError:
        found.add(key, said, [], 0.0, no_shape())
        return
    swapped = _is_north_first(system)
    turned = [(ring[:, [1, 0, 2]] if swapped else ring, name in GROUNDS) for ring, name in faces]
    tall, measured = height(turned), said.get(MEASURED)
    try:
        found.add(key, said, turned, tall or number(measured or 0))
    except ValueError:
        found.add(key, said, turned, tall, no_number(MEASURED, str(measured)))


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


def _attributes(building: Element) -> dict[str, str]:
    """What is said of the building itself, with its generic attributes; of one name all values."""
    said: dict[str, list[str]] = {}
    for child in building:
        if _name(child).endswith("Attribute") and child.get("name"):
            value = next((each.text for each in child if _name(each) == "value"), None)
            said.setdefault(str(child.get("name")), []).append(value or "")
        elif not len(child) and child.text and child.text.strip():
            said.setdefault(_name(child), []).append(child.text.strip())
    return {name: "; ".join(values) for name, values in said.items()}


def _is_north_first(system: str) -> bool:
    code = CODE.search(system)
    if code is None or system.upper().startswith("EPSG:"):
        return False
    crs = pyproj.CRS.from_epsg(int(code[1]))
    first = crs.sub_crs_list[0] if crs.is_compound else crs
    return bool(first.axis_info[0].direction == "north")


def _name(element: Element) -> str:
    return str(element.tag).rpartition("}")[2]
