"""Buildings: rows of slabs, towers, halls and houses, aligned with their block or lane."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import shapely

from . import town
from .town import Block, Town


@dataclass
class Building:
    shape: shapely.Polygon
    use: str
    storeys: int
    height: float
    year: int
    road: str = ""
    number: int = 0
    name: str = ""


@dataclass(frozen=True)
class Pattern:
    """Lengths in metres: footprint, gaps along and between rows; storeys as (low, high)."""

    use: str
    length: tuple[float, float]
    depth: tuple[float, float]
    gap: float
    row_gap: float
    storeys: tuple[int, int]
    floor: float = 3.0
    left_out: float = 0.05


PATTERNS = {
    "compound": Pattern("residential", (26, 40), (11, 13), 9, 13, (6, 18)),
    "old": Pattern("residential", (11, 17), (8.5, 11), 3.5, 6.5, (2, 6)),
    "commercial": Pattern("commercial", (34, 58), (28, 42), 14, 16, (3, 12), 4.0, 0.1),
    "office": Pattern("office", (28, 44), (22, 30), 22, 24, (8, 32), 3.6, 0.1),
    "education": Pattern("education", (44, 62), (12, 15), 20, 26, (3, 5), 3.6, 0.2),
    "medical": Pattern("medical", (46, 66), (16, 20), 18, 22, (4, 14), 3.8, 0.15),
    "public": Pattern("public", (32, 50), (15, 22), 18, 20, (3, 10), 3.6, 0.2),
    "industrial": Pattern("industrial", (48, 80), (26, 38), 14, 14, (1, 3), 6.0, 0.05),
    "warehouse": Pattern("warehouse", (60, 90), (30, 42), 16, 16, (1, 2), 7.0, 0.05),
    "park": Pattern("public", (9, 14), (7, 9), 60, 60, (1, 1), 3.6, 0.75),
}
HOUSE = Pattern("rural", (9, 13), (8, 11), 4, 7, (2, 4))


def in_town(place: Town, random: np.random.Generator) -> list[Building]:
    found = [building for block in place.blocks for building in _in_block(block, random)]
    return apart(found, [street.line.buffer(town.WIDTHS[street.road_class] / 2) for street in place.streets])


def houses(seat: tuple[float, float], count: int, random: np.random.Generator) -> list[Building]:
    """A village: rows of houses along a few lanes, turned as its land lies."""
    turn = float(random.uniform(-0.5, 0.5))
    columns = int(np.ceil(np.sqrt(count * 1.6)))
    found = []
    for index in range(count):
        u = (index % columns - columns / 2) * 17.5 + random.normal(0, 1.0)
        v = (
            (index // columns - columns / 3.2) * 20.0
            + random.normal(0, 1.0)
            + (7 if index // columns % 2 else 0)
        )
        if random.random() < 0.12:
            continue
        x = seat[0] + u * np.cos(turn) - v * np.sin(turn)
        y = seat[1] + u * np.sin(turn) + v * np.cos(turn)
        found.append(place_one((x, y), turn + random.normal(0, 0.03), HOUSE, random))
    return found


def _in_block(block: Block, random: np.random.Generator) -> Iterator[Building]:
    pattern = PATTERNS[block.use]
    depth = float(random.uniform(*pattern.depth))
    tall = float(random.uniform(0, 1)) ** 2.2
    v = -block.depth / 2 + depth / 2 + 3
    while v < block.depth / 2 - depth / 2:
        u = -block.length / 2 + 3
        while True:
            length = float(random.uniform(*pattern.length))
            if u + length > block.length / 2 - 2:
                break
            if random.random() >= pattern.left_out:
                middle = town.on_ground(np.array([[block.u + u + length / 2, block.v + v]]))[0]
                yield place_one(
                    (float(middle[0]), float(middle[1])),
                    _turn(block.u + u, block.v + v),
                    pattern,
                    random,
                    size=(length, depth),
                    tall=tall,
                )
            u += length + pattern.gap
        v += depth + pattern.row_gap


def _turn(u: float, v: float) -> float:
    """Direction of the streets at a place, in radians from east."""
    ends = town.on_ground(np.array([[u - 10, v], [u + 10, v]]))
    across = ends[1] - ends[0]
    return float(np.arctan2(across[1], across[0]))


def place_one(
    middle: tuple[float, float],
    turn: float,
    pattern: Pattern,
    random: np.random.Generator,
    size: tuple[float, float] | None = None,
    tall: float | None = None,
) -> Building:
    length, depth = size or (float(random.uniform(*pattern.length)), float(random.uniform(*pattern.depth)))
    low, high = pattern.storeys
    share = (
        float(random.random()) if tall is None else min(1.0, max(0.0, tall + float(random.normal(0, 0.06))))
    )
    storeys = round(low + share * (high - low))
    return Building(
        _footprint(middle, turn, length, depth, bool(random.random() < 0.3)),
        pattern.use,
        storeys,
        round(storeys * pattern.floor, 1),
        int(random.integers(1982, 2024)),
    )


def _footprint(
    middle: tuple[float, float], turn: float, length: float, depth: float, notched: bool
) -> shapely.Polygon:
    a, b = length / 2, depth / 2
    ring = [(-a, -b), (a, -b), (a, b), (-a, b)]
    if notched:
        ring = [(-a, -b), (a, -b), (a, b * 0.6), (a * 0.45, b * 0.6), (a * 0.45, b), (-a, b)]
    cos, sin = np.cos(turn), np.sin(turn)
    return shapely.Polygon([(middle[0] + x * cos - y * sin, middle[1] + x * sin + y * cos) for x, y in ring])


def apart(found: list[Building], keep_free: list[shapely.Geometry]) -> list[Building]:
    """Without those that touch an earlier one or something to be kept free."""
    if not found:
        return []
    shapes = np.array([building.shape for building in found], dtype=object)
    tree = shapely.STRtree(shapes)
    out = (
        set(tree.query(np.array(keep_free, dtype=object), predicate="intersects")[1].tolist())
        if keep_free
        else set()
    )
    first, second = tree.query(shapes, predicate="intersects")
    for earlier, later in sorted(zip(first.tolist(), second.tolist(), strict=True)):
        if earlier < later and earlier not in out:
            out.add(later)
    return [building for index, building in enumerate(found) if index not in out]
