"""What the layers keep of an OpenStreetMap object, as rows with the mapping's field names."""

from typing import Any

import numpy as np
import pyproj
import shapely

from layers.base.imports import height, joined
from layers.base.vocabulary import LAND, ONE_WAYS, ROAD_RANKS, ROADS, THEMES, USES, WATERS

from .extract import OsmObject, Tags

Row = dict[str, Any]

WATERWAYS = {"river": 15.0, "canal": 8.0, "stream": 3.0, "ditch": 2.0, "drain": 2.0}
"""Width in metres given to a line of water, by our own estimate of what is usual, where ``width`` says none."""

LENGTHS = {"name": 120, "name_en": 160, "address": 200, "phone": 60, "category": 80}


def building(found: OsmObject) -> tuple[Row, list[str]]:
    """The row, and what of its tags could not be read."""
    tags, notes = found.tags, []
    row: Row = {
        **names(tags),
        "address": address(tags),
        "use": USES.get(tags["building"]) or USES.get(tags.get("amenity", "")) or "other",
        "external_id": found.name,
    }
    for name, tag, read in (("height", "height", height), ("storeys", "building:levels", _storeys)):
        try:
            row[name] = read(tags[tag]) if tag in tags else None
        except ValueError as problem:
            notes.append(f"{tag}: {problem}")
    return truncate(row), notes


def road(found: OsmObject) -> Row | None:
    tags = found.tags
    main = tags.get("highway", "").removesuffix("_link")
    kind = ROADS.get(main) or ROADS.get(tags.get("railway", ""))
    if kind is None or main in {"rail", "tram", "subway"}:
        return None
    return truncate(
        {**names(tags), "road_class": kind, "rank": ROAD_RANKS[kind], "one_way": one_way(tags, kind)}
    )


def one_way(tags: Tags, road_class: str) -> str:
    """Motorways and roundabouts are one-way where nothing else is said."""
    implied = road_class == "motorway" or tags.get("junction") in {"roundabout", "circular"}
    return ONE_WAYS.get(tags.get("oneway", "yes" if implied else "no").lower(), "")


def waterway(found: OsmObject) -> tuple[Row, shapely.Geometry] | None:
    """A line of water as the area it covers."""
    kind = found.tags.get("waterway", "")
    if kind not in WATERWAYS or found.tags.get("tunnel", "no") != "no":
        return None
    try:
        width = height(found.tags["width"]) if "width" in found.tags else None
    except ValueError:
        width = None
    row = truncate({**names(found.tags), "kind": WATERS.get(kind, "river")})
    return row, widen(found.shape, width or WATERWAYS[kind])


def water(tags: Tags) -> Row | None:
    land = tags.get("landuse", "")
    if (
        tags.get("natural") == "water"
        or tags.get("waterway") == "riverbank"
        or land in {"reservoir", "basin"}
    ):
        kind = WATERS.get(tags.get("water") or land or tags.get("waterway", ""), "other")
        return truncate({**names(tags), "kind": kind})
    return None


def land(tags: Tags) -> Row | None:
    for key in ("landuse", "leisure", "natural", "amenity"):
        if tags.get(key) in LAND:
            return truncate({"name": names(tags)["name"], "kind": LAND[tags[key]]})
    return None


def place(found: OsmObject) -> Row | None:
    theme, category = theme_of(found.tags)
    if not theme:
        return None
    tags = found.tags
    return truncate(
        {
            **names(tags),
            "theme": theme,
            "category": category.replace("_", " "),
            "address": address(tags),
            "phone": tags.get("phone") or tags.get("contact:phone") or "",
            "external_id": found.name,
        }
    )


def door(tags: Tags) -> Row | None:
    number = tags.get("addr:housenumber", "")
    street = tags.get("addr:street") or tags.get("addr:place") or ""
    if not (number and street) and "addr:full" not in tags:
        return None
    full = tags.get("addr:full") or joined(street, number)
    return {"full": full[:200], "road": street[:120], "number": number[:40]}


def names(tags: Tags) -> Row:
    return {
        "name": tags.get("name:zh") or tags.get("name") or "",
        "name_en": tags.get("name:en") or tags.get("int_name") or "",
    }


def address(tags: Tags) -> str:
    return tags.get("addr:full") or joined(tags.get("addr:street", ""), tags.get("addr:housenumber", ""))


def truncate(row: Row) -> Row:
    """Texts cut to what the columns hold; an extract is never refused for a long name."""
    return {
        name: value[: LENGTHS[name]] if isinstance(value, str) and name in LENGTHS else value
        for name, value in row.items()
    }


def theme_of(tags: Tags) -> tuple[str, str]:
    """Living theme and kind by the keys that name places, the most telling first."""
    for key in ("amenity", "tourism", "leisure", "healthcare", "railway", "highway", "aeroway", "historic"):
        kind = tags.get(key, "")
        if kind in THEMES and not (key == "leisure" and kind in {"park", "garden", "pitch", "playground"}):
            return THEMES[kind], kind
    if "healthcare" in tags:
        return "medical", tags["healthcare"]
    if tags.get("shop", "no") != "no":
        return "shopping", tags["shop"]
    return "", ""


def widen(line: shapely.Geometry, width: float) -> shapely.Geometry:
    """A line in degrees as an area of a width in metres, through a plane laid at its middle."""
    middle = line.centroid
    plane = pyproj.CRS.from_proj4(f"+proj=aeqd +lat_0={middle.y} +lon_0={middle.x} +units=m +ellps=WGS84")
    there = pyproj.Transformer.from_crs(4326, plane, always_xy=True)
    flat = shapely.transform(line, lambda xy: np.column_stack(there.transform(xy[:, 0], xy[:, 1])))
    back = shapely.buffer(flat, width / 2, quad_segs=2)
    return shapely.transform(
        back, lambda xy: np.column_stack(there.transform(xy[:, 0], xy[:, 1], direction="INVERSE"))
    )


def _storeys(value: str) -> int | None:
    """Whole storeys of ``5``, ``5.5`` and ``2;3`` (the highest part)."""
    try:
        found = max(round(float(part)) for part in value.split(";"))
    except (ValueError, OverflowError):
        raise ValueError(f"“{value}” is no number of storeys") from None
    if found > 200:
        raise ValueError(f"{found} storeys are more than any building has")
    return found if found > 0 else None
