"""Areas of vector tiles as the specification wants them: valid, wound rightly, without rings of no area."""

import itertools
from collections.abc import Sequence

import mapbox_vector_tile
import shapely

from layers.registry.audience import PUBLIC_VIEWER
from layers.registry.declaration.layer import Layer
from tiles.scheme import Tile
from tiles.vector.mvt import render

Ring = Sequence[tuple[int, int]]


def areas(layer: Layer, tile: Tile) -> dict[int | None, list[list[Ring]]]:
    """The polygons of each feature that a public tile shows, by its key."""
    content = render([layer], tile, PUBLIC_VIEWER).content
    if not content:
        return {}
    drawn = mapbox_vector_tile.decode(content, default_options={"y_coord_down": True})
    shapes = [(feature.get("id"), feature["geometry"]) for feature in drawn[layer.name]["features"]]
    return {
        key: [shape["coordinates"]] if shape["type"] == "Polygon" else shape["coordinates"]
        for key, shape in shapes
    }


def faults(polygons: list[list[Ring]]) -> list[str]:
    """What the specification forbids of one feature's polygons."""
    found = []
    for outer, *holes in polygons:
        if not all(ring[0] == ring[-1] for ring in (outer, *holes)):
            found.append("a ring is open")
        if _area(outer) <= 0:
            found.append("an outer ring is wound wrongly or has no area")
        if any(_area(hole) >= 0 for hole in holes):
            found.append("a hole is wound wrongly or has no area")
    if not shapely.MultiPolygon([(outer, holes) for outer, *holes in polygons]).is_valid:
        found.append("the area is not valid")
    return found


def _area(ring: Ring) -> int:
    """Twice the area; positive where it is wound clockwise on the screen, whose y grows downwards."""
    return sum(x0 * y1 - x1 * y0 for (x0, y0), (x1, y1) in itertools.pairwise(ring))
