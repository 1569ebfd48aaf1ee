"""Roads between the places, land use outside the town, the unit grid: all that joins town and villages."""

from collections.abc import Iterator

import numpy as np
import shapely

from . import nature, town
from .divisions import DivisionShapes
from .nature import Nature
from .projection import Points
from .town import Street, Town

RANKS = {
    "motorway": 1,
    "trunk": 2,
    "primary": 3,
    "secondary": 4,
    "railway": 4,
    "tertiary": 5,
    "residential": 6,
    "service": 7,
    "path": 8,
}
LAND_USE = {
    "compound": "residential",
    "old": "residential",
    "office": "commercial",
    "education": "public",
    "medical": "public",
    "warehouse": "industrial",
}


def roads(shapes: DivisionShapes, place: Town, random: np.random.Generator) -> list[Street]:
    """Primary roads between the subdistricts, lanes from each village to the nearest of them, a port railway."""
    seats = {code: shapely.centroid(area) for code, area in shapes.upper.items()}
    hub = shapely.centroid(place.area)
    points = [hub, *seats.values()]
    xy = np.array([(p.x, p.y) for p in points])
    found: list[Street] = []
    for number, (a, b) in enumerate(_tree(xy)):
        name = f"{'北仑白峰柴桥霞浦春晓梅山大碶小港郭巨穿山'[2 * (number % 10) : 2 * (number % 10) + 2]}线"
        found += _road(
            name, "trunk" if number < 5 else "primary", [tuple(xy[a]), tuple(xy[b])], shapes, random
        )
    free = [s for s in found if s.line.length > 100]
    network = shapely.union_all([s.line for s in free] + [s.line for s in place.streets])
    for code, seat in shapes.seats.items():
        spot = shapely.Point(seat)
        if place.area.contains(spot):
            continue
        nearest = shapely.get_coordinates(shapely.shortest_line(spot, network))[-1]
        found += _road(
            "", "tertiary" if code[9] == "0" else "residential", [seat, tuple(nearest)], shapes, random
        )
    rail = nature.winding(
        [seats["330206003000"].coords[0], (hub.x - 900, hub.y + 2300), seats["330206005000"].coords[0]],
        random,
    )
    found.append(Street("北仑港铁路支线", "railway", shapely.intersection(rail, shapes.district)))
    outside = shapely.difference(np.array([s.line for s in found], dtype=object), place.area)
    return [
        Street(street.name, street.road_class, part)
        for street, line in zip(found, outside, strict=True)
        for part in shapely.get_parts(line)
        if part.geom_type == "LineString" and part.length > 15
    ]


def land_use(
    shapes: DivisionShapes, nature_: Nature, place: Town, hamlets: shapely.Geometry
) -> Iterator[tuple[str, shapely.Geometry]]:
    """(kind, area): the town block by block, then port, hills, flats, villages, and fields over what is left."""
    water = shapely.union_all([area for _, _, area in nature_.water])
    for block in place.blocks:
        yield LAND_USE.get(block.use, block.use), block.outline
    taken = shapely.union(place.area, water)
    for kind, area in (
        ("port", nature_.port),
        ("residential", hamlets),
        ("forest", nature_.hills),
        ("beach", nature_.flats),
    ):
        free = shapely.difference(area, taken)
        taken = shapely.union(taken, area)
        yield from ((kind, part) for part in _polygons(free, 2000))
    fields = shapely.buffer(shapely.difference(shapes.district, taken), -6)
    for village in shapes.villages.values():
        part = shapely.intersection(fields, village)
        yield from (("farmland", piece) for piece in _polygons(part, 20000))


def grid(shapes: DivisionShapes, place: Town) -> Iterator[tuple[str, shapely.Geometry]]:
    """(village code, cell): 100 m cells where the town is, larger ones where a village would need over 999."""
    for code, village in shapes.villages.items():
        in_town = shapely.intersection(village, place.area)
        for area, wanted in ((in_town, 100.0), (shapely.difference(village, place.area), 250.0)):
            if area.area < 400:
                continue
            size = max(wanted, float(np.sqrt(village.area / 450)))
            yield from ((code, cell) for cell in _cells(area, size))


def _cells(area: shapely.Geometry, size: float) -> list[shapely.Geometry]:
    west, south, east, north = area.bounds
    xs = np.arange(np.floor(west / size) * size, east, size)
    ys = np.arange(np.floor(south / size) * size, north, size)
    corners = np.array([(x, y) for y in ys[::-1] for x in xs])
    boxes = shapely.box(corners[:, 0], corners[:, 1], corners[:, 0] + size, corners[:, 1] + size)
    parts = shapely.intersection(boxes, area)
    return [part for part in parts if part.area > size * size * 0.02]


def _road(
    name: str,
    road_class: str,
    ends: list[tuple[float, ...]],
    shapes: DivisionShapes,
    random: np.random.Generator,
) -> list[Street]:
    line = nature.winding([(float(x), float(y)) for x, y in ends], random)
    inside = shapely.intersection(line, shapes.district)
    return [
        Street(name, road_class, part) for part in shapely.get_parts(inside) if part.geom_type == "LineString"
    ]


def _tree(xy: Points) -> list[tuple[int, int]]:
    """Edges of the shortest tree over the points, and a few that close rings."""
    distances = np.hypot(xy[:, None, 0] - xy[None, :, 0], xy[:, None, 1] - xy[None, :, 1])
    joined, edges = {0}, []
    while len(joined) < len(xy):
        rest = [i for i in range(len(xy)) if i not in joined]
        a, b = min(((i, j) for i in joined for j in rest), key=lambda pair: float(distances[pair]))
        joined.add(b)
        edges.append((a, b))
    extra = sorted(
        ((i, j) for i in range(len(xy)) for j in range(i) if (j, i) not in edges and (i, j) not in edges),
        key=lambda pair: float(distances[pair]),
    )
    return edges + extra[:5]


def _polygons(area: shapely.Geometry, least: float) -> list[shapely.Geometry]:
    return [part for part in shapely.get_parts(area) if part.geom_type == "Polygon" and part.area >= least]


def widths(streets: list[Street]) -> list[shapely.Geometry]:
    return [s.line.buffer(town.WIDTHS.get(s.road_class, 7.0) / 2) for s in streets]
