"""OpenStreetMap extracts, each object sorted into a base layer or counted as of no kind that is mapped.

Heights come from ``height``, else from ``building:levels`` at 3 m a storey; lines of water become areas by the
usual width of their kind.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyproj
import shapely

from ..delivery import Listed, Refused
from ..validate import from_wkb
from . import vector

Row = dict[str, Any]
Tags = dict[str, str]

PAIR = re.compile(r'"((?:[^"\\]|\\.)*)"=>"((?:[^"\\]|\\.)*)"')
FILE_LAYERS = ("points", "lines", "multilinestrings", "multipolygons")

ROADS = {
    "motorway": ("motorway", 1),
    "trunk": ("trunk", 2),
    "primary": ("primary", 3),
    "secondary": ("secondary", 4),
    "tertiary": ("tertiary", 5),
    "residential": ("residential", 6),
    "unclassified": ("residential", 6),
    "living_street": ("residential", 6),
    "road": ("residential", 6),
    "service": ("service", 7),
}
PATHS = {"footway", "path", "pedestrian", "steps", "cycleway", "track", "bridleway", "corridor"}
WATERWAYS = {"river": 15.0, "canal": 8.0, "stream": 3.0, "ditch": 2.0, "drain": 2.0}
WATERS = {
    "river": "river",
    "canal": "river",
    "lake": "lake",
    "reservoir": "reservoir",
    "pond": "pond",
    "basin": "pond",
}
LAND = {
    "residential": "residential",
    "commercial": "commercial",
    "retail": "commercial",
    "industrial": "industrial",
    "port": "port",
    "harbour": "port",
    "education": "public",
    "religious": "public",
    "institutional": "public",
    "forest": "forest",
    "wood": "forest",
    "farmland": "farmland",
    "meadow": "farmland",
    "orchard": "farmland",
    "grass": "park",
    "recreation_ground": "park",
    "park": "park",
    "garden": "park",
    "beach": "beach",
    "scrub": "forest",
    "cemetery": "park",
    "railway": "industrial",
    "construction": "other",
    "pitch": "park",
    "playground": "park",
}
USES = {
    "residential": "residential",
    "apartments": "residential",
    "house": "residential",
    "detached": "residential",
    "terrace": "residential",
    "commercial": "commercial",
    "retail": "commercial",
    "hotel": "commercial",
    "office": "office",
    "government": "public",
    "public": "public",
    "civic": "public",
    "train_station": "public",
    "school": "education",
    "university": "education",
    "college": "education",
    "kindergarten": "education",
    "hospital": "medical",
    "clinic": "medical",
    "industrial": "industrial",
    "warehouse": "warehouse",
    "church": "religious",
    "cathedral": "religious",
    "chapel": "religious",
    "mosque": "religious",
    "temple": "religious",
}
FOOD = {"restaurant", "cafe", "fast_food", "bar", "pub", "food_court", "ice_cream", "biergarten"}
MEDICAL = {"hospital", "clinic", "doctors", "dentist", "pharmacy", "veterinary"}
LEARNING = {"school", "kindergarten", "college", "university", "library", "language_school", "music_school"}
TRANSPORT = {
    "bus_station",
    "parking",
    "fuel",
    "taxi",
    "ferry_terminal",
    "bicycle_parking",
    "bicycle_rental",
    "car_rental",
    "charging_station",
    "parking_entrance",
}
FUN = {"cinema", "theatre", "nightclub", "casino", "arts_centre", "community_centre"}
HOTELS = {"hotel", "hostel", "guest_house", "apartment", "motel", "camp_site"}


@dataclass
class Sorted:
    """Rows by layer name with geometry in longitude and latitude, and what became of every object."""

    rows: dict[str, list[Row]] = field(default_factory=dict)
    listed: list[Listed] = field(default_factory=list)
    read: dict[str, int] = field(default_factory=dict)
    unmapped: int = 0

    def add(self, layer: str, row: Row) -> None:
        self.rows.setdefault(layer, []).append(row)


def read(path: Path) -> Sorted:
    if not path.is_file():
        raise Refused(f"{path} is no file; give the path of an OpenStreetMap extract (.osm.pbf or .osm).")
    found = Sorted()
    for name in FILE_LAYERS:
        _read_layer(path, name, found)
    return found


def _read_layer(path: Path, name: str, found: Sorted) -> None:
    delivery = vector.read(path, name, None)
    checked = from_wkb(np.array([], dtype=object) if delivery.shapes is None else delivery.shapes)
    found.read[name] = len(checked.shapes)
    records = [
        dict(zip(delivery.columns, values, strict=True))
        for values in zip(*delivery.columns.values(), strict=True)
    ]
    for index, record in enumerate(records):
        tags = _tags(record)
        label = f"{name} {tags.get('osm_id') or tags.get('osm_way_id')}"
        mended = [note for note in checked.listed if note.row == index + 1]
        found.listed += [Listed(note.row, f"{label}: {note.reason}", note.loaded) for note in mended]
        if index in checked.bad:
            continue
        placed = False
        for layer, row in _sort(name, tags, checked.shapes[index]):
            found.add(layer, row)
            placed = True
        found.unmapped += not placed


def _tags(record: dict[str, Any]) -> Tags:
    tags = {
        key: str(value)
        for key, value in record.items()
        if value is not None and value == value and key != "other_tags"
    }
    for key, value in PAIR.findall(str(record.get("other_tags") or "")):
        tags[key.replace('\\"', '"')] = value.replace('\\"', '"').replace("\\\\", "\\")
    return tags


def _sort(kind: str, tags: Tags, shape: shapely.Geometry) -> Iterator[tuple[str, Row]]:
    """The one layer that an object belongs to; a building that is also a shop or a school is a place as well."""
    if kind == "multipolygons":
        yield from _area(tags, shape)
    elif kind in {"lines", "multilinestrings"}:
        yield from _line(tags, shape)
    if kind in {"points", "multipolygons"}:
        yield from _place(tags, shape)


def _names(tags: Tags) -> Row:
    return {
        "name": (tags.get("name:zh") or tags.get("name") or "")[:120],
        "name_en": (tags.get("name:en") or tags.get("int_name") or "")[:160],
    }


def _area(tags: Tags, shape: shapely.Geometry) -> Iterator[tuple[str, Row]]:
    land = tags.get("landuse") or tags.get("leisure") or tags.get("natural") or ""
    if tags.get("building", "no") != "no":
        yield "buildings", _building(tags, shape)
    elif (
        tags.get("natural") == "water"
        or tags.get("waterway") == "riverbank"
        or land in {"reservoir", "basin"}
    ):
        yield "water", {**_names(tags), "kind": WATERS.get(tags.get("water", land), "other"), "geom": shape}
    elif land in LAND:
        yield "land-use", {"name": _names(tags)["name"], "kind": LAND[land], "geom": shape}


def _building(tags: Tags, shape: shapely.Geometry) -> Row:
    row: Row = {
        **_names(tags),
        "address": " ".join(filter(None, (tags.get("addr:street"), tags.get("addr:housenumber"))))[:200],
        "use": USES.get(tags["building"]) or USES.get(tags.get("amenity", "")) or "other",
        "external_id": f"way/{tags['osm_way_id']}"
        if "osm_way_id" in tags
        else f"relation/{tags.get('osm_id', '')}",
        "geom": shape,
    }
    for name, tag in (("height", "height"), ("storeys", "building:levels")):
        if tag in tags:
            row[name] = tags[tag]
    return row


def _line(tags: Tags, shape: shapely.Geometry) -> Iterator[tuple[str, Row]]:
    highway, waterway = tags.get("highway", ""), tags.get("waterway", "")
    main = highway.removesuffix("_link")
    if main in ROADS or main in PATHS:
        road_class, rank = ROADS.get(main, ("path", 8))
        yield "roads", {**_names(tags), "road_class": road_class, "rank": rank, "geom": shape}
    elif tags.get("railway") in {"rail", "light_rail", "subway", "tram"}:
        yield "roads", {**_names(tags), "road_class": "railway", "rank": 4, "geom": shape}
    elif waterway in WATERWAYS:
        yield "water", {**_names(tags), "kind": "river", "geom": _widened(shape, WATERWAYS[waterway])}


def _place(tags: Tags, shape: shapely.Geometry) -> Iterator[tuple[str, Row]]:
    theme, category = _theme(tags)
    if theme:
        kind = "node" if shape.geom_type == "Point" else "area"
        row = {
            "name": (tags.get("name:zh") or tags.get("name") or category)[:160],
            "name_en": (tags.get("name:en") or "")[:160],
            "theme": theme,
            "category": category.replace("_", " ")[:80],
            "phone": (tags.get("phone") or tags.get("contact:phone") or "")[:60],
            "address": " ".join(filter(None, (tags.get("addr:street"), tags.get("addr:housenumber"))))[:200],
            "external_id": f"{kind}/{tags.get('osm_id') or tags.get('osm_way_id')}",
            "geom": shapely.point_on_surface(shape),
        }
        yield "pois", row


def _theme(tags: Tags) -> tuple[str, str]:
    amenity, tourism = tags.get("amenity", ""), tags.get("tourism", "")
    for theme, kinds in (
        ("food", FOOD),
        ("medical", MEDICAL),
        ("learning", LEARNING),
        ("transport", TRANSPORT),
        ("leisure", FUN),
    ):
        if amenity in kinds:
            return theme, amenity
    if amenity == "marketplace" or "shop" in tags:
        return "shopping", tags.get("shop", amenity)
    if tourism in HOTELS:
        return "housing", tourism
    if tourism and tourism not in {"yes", "information"}:
        return "travel", tourism
    if tags.get("highway") == "bus_stop" or tags.get("railway") in {"station", "tram_stop", "halt"}:
        return "transport", tags.get("highway") or tags["railway"]
    if tags.get("leisure") in {"sports_centre", "fitness_centre", "stadium", "swimming_pool", "marina"}:
        return "leisure", tags["leisure"]
    return "", ""


def _widened(line: shapely.Geometry, width: float) -> shapely.Geometry:
    """A line in degrees as an area of a width in metres, through a plane laid at its middle."""
    middle = line.centroid
    plane = pyproj.CRS.from_proj4(f"+proj=aeqd +lat_0={middle.y} +lon_0={middle.x} +units=m +ellps=WGS84")
    there = pyproj.Transformer.from_crs(4326, plane, always_xy=True)
    flat = shapely.transform(line, lambda xy: np.column_stack(there.transform(xy[:, 0], xy[:, 1])))
    back = shapely.buffer(flat, width / 2, quad_segs=2)
    return shapely.transform(
        back, lambda xy: np.column_stack(there.transform(xy[:, 0], xy[:, 1], direction="INVERSE"))
    )
