"""Each OpenStreetMap object into the layers it belongs to, or counted as of a kind that no layer holds."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import shapely

from importers.sources.source import Problem, ProblemRow

from . import rows
from .extract import ExtractLayer, OsmObject, read

Row = dict[str, Any]
LayerRow = tuple[str, Row, shapely.Geometry]


@dataclass
class LayerRows:
    """Rows of one layer beside their geometry and the names of their objects."""

    rows: list[Row] = field(default_factory=list)
    shapes: list[shapely.Geometry] = field(default_factory=list)
    names: list[str] = field(default_factory=list)


@dataclass
class Tally:
    """What became of the objects of one of GDAL's layers; ``read`` = main + refused + unmapped."""

    kind: str
    read: int
    main: Counter[str] = field(default_factory=Counter)
    rejected: int = 0
    unmapped: Counter[str] = field(default_factory=Counter)

    def accounted(self) -> bool:
        return self.read == self.main.total() + self.rejected + self.unmapped.total()


@dataclass
class Classification:
    layers: dict[str, LayerRows] = field(default_factory=dict)
    tallies: list[Tally] = field(default_factory=list)
    listed: list[ProblemRow] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def classify(path: Path) -> Classification:
    found = Classification()
    for contents in read(path):
        found.tallies.append(_tally(contents, found))
        found.listed += [*contents.rejected, *contents.repairs]
        found.notes += contents.notes
    return found


def _tally(contents: ExtractLayer, found: Classification) -> Tally:
    tally = Tally(contents.kind, contents.read, rejected=len(contents.rejected))
    for number, each in enumerate(contents.objects):
        placed = list(_places(contents.kind, each, found.listed, number + 1))
        for layer, row, shape in placed:
            collected = found.layers.setdefault(layer, LayerRows())
            collected.rows.append(row)
            collected.shapes.append(shape)
            collected.names.append(each.name)
        if placed:
            tally.main[placed[0][0]] += 1
        else:
            tally.unmapped[_kind(each)] += 1
    if not tally.accounted():
        raise AssertionError(f"objects of {contents.kind} were lost while sorting")
    return tally


def _places(kind: str, each: OsmObject, listed: list[ProblemRow], line: int) -> Iterator[LayerRow]:
    """The object's main layer first; a building may be a place and have an address as well."""
    if kind == "multipolygons":
        yield from _area(each, listed, line)
    elif kind in {"lines", "multilinestrings"}:
        yield from _line(each)
        return
    inside = shapely.point_on_surface(each.shape)
    place, door = rows.place(each), rows.door(each.tags)
    if place:
        yield "pois", place, inside
    if door:
        yield "addresses", door, inside


def _area(each: OsmObject, listed: list[ProblemRow], line: int) -> Iterator[LayerRow]:
    if each.tags.get("building", "no") != "no":
        row, problems = rows.building(each)
        if problems:
            wrong = tuple(Problem(problem, done="left empty") for problem in problems)
            listed.append(ProblemRow(line, wrong, held=False, label=each.name))
        yield "buildings", row, each.shape
        return
    water = rows.water(each.tags)
    land = rows.land(each.tags)
    if water:
        yield "water", water, each.shape
    elif land:
        yield "land-use", land, each.shape


def _line(each: OsmObject) -> Iterator[LayerRow]:
    road = rows.road(each)
    water = rows.waterway(each)
    if road:
        yield "roads", road, each.shape
    elif water:
        yield "water", *water


def _kind(each: OsmObject) -> str:
    """What to call a kind that is left out: its first telling tag."""
    keys = ("highway", "railway", "route", "natural", "barrier", "amenity", "leisure", "landuse", "boundary")
    return next(
        (f"{key}={each.tags[key]}" for key in keys if key in each.tags),
        next((key for key in each.tags if key not in {"name", "type", "z_order"}), "no tags"),
    )
