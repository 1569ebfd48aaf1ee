"""The town: a slightly bent street grid of 18 km², its blocks and their use.

Streets are straight in a turned (u, v) plane and bent by slow waves when they are laid on the ground, so that
blocks and buildings follow them. Lengths are metres.
"""

import itertools
from dataclasses import dataclass

import numpy as np
import shapely

from . import projection
from .projection import Points

CENTRE = (121.842, 29.898)
TURN = np.radians(-24.0)
LONG, WIDE = 5400.0, 3500.0
WIDTHS = {"trunk": 36.0, "primary": 28.0, "secondary": 20.0, "tertiary": 14.0, "residential": 9.0}

NAMES_U = [
    "新碶",
    "明州",
    "长江",
    "泰山",
    "华山",
    "黄山",
    "恒山",
    "嵩山",
    "四明山",
    "太河",
    "岷山",
    "庐山",
    "衡山",
    "天台",
    "雁荡",
    "武夷",
    "莫干",
    "普陀",
    "九峰",
    "灵峰",
]
NAMES_V = [
    "中河",
    "东河",
    "西河",
    "恒河",
    "辽河",
    "闽江",
    "松花江",
    "嘉陵江",
    "甬江",
    "钱塘江",
    "富春江",
    "新安江",
    "曹娥江",
    "瓯江",
    "椒江",
    "灵江",
    "飞云江",
    "鳌江",
]


@dataclass(frozen=True)
class Street:
    name: str
    road_class: str
    line: shapely.LineString


@dataclass(frozen=True)
class Block:
    """A block between streets: its middle in (u, v), its size, its use and its outline on the ground."""

    u: float
    v: float
    length: float
    depth: float
    use: str
    outline: shapely.Polygon


@dataclass(frozen=True)
class Town:
    area: shapely.Geometry
    streets: list[Street]
    blocks: list[Block]


def on_ground(uv: Points) -> Points:
    """From the street plane to easting and northing."""
    u, v = uv[:, 0], uv[:, 1]
    bent_u = u + 46 * np.sin(v / 690 + 0.6) + 18 * np.sin(v / 310)
    bent_v = v + 58 * np.sin(u / 930 + 1.1) + 14 * np.sin(u / 370 + 0.4)
    x, y = projection.spot(*CENTRE)
    return np.column_stack(
        (
            x + bent_u * np.cos(TURN) - bent_v * np.sin(TURN),
            y + bent_u * np.sin(TURN) + bent_v * np.cos(TURN),
        )
    )


def build(land: shapely.Geometry, random: np.random.Generator) -> Town:
    us, vs = _axes(LONG, 230, random), _axes(WIDE, 165, random)
    streets = _streets(us, NAMES_V, vs[0][0], vs[-1][0], along_u=False)
    streets += _streets(vs, NAMES_U, us[0][0], us[-1][0], along_u=True)
    blocks = [block for block in _blocks(us, vs, random) if land.covers(block.outline)]
    area = shapely.intersection(
        shapely.buffer(shapely.union_all([b.outline for b in blocks]), 30).buffer(-5), land
    )
    kept = []
    for street in streets:
        line = shapely.intersection(street.line, area)
        kept += [
            Street(street.name, street.road_class, part)
            for part in shapely.get_parts(line)
            if part.length > 60
        ]
    return Town(area, kept, blocks)


Axis = tuple[float, str]


def _axes(extent: float, step: float, random: np.random.Generator) -> list[Axis]:
    """Positions and classes of parallel streets; every sixth is an artery, every third a secondary road."""
    positions, at = [], -extent / 2
    while at <= extent / 2:
        positions.append(at)
        at += step * float(random.uniform(0.82, 1.2))
    return [(position, _rank(number)) for number, position in enumerate(positions)]


def _rank(number: int) -> str:
    if number % 12 == 0:
        return "trunk"
    if number % 6 == 0:
        return "primary"
    return "secondary" if number % 3 == 0 else ("tertiary" if number % 3 == 1 else "residential")


def _streets(axes: list[Axis], names: list[str], start: float, end: float, *, along_u: bool) -> list[Street]:
    steps = np.arange(start, end + 1, 40.0)
    found = []
    for number, (position, road_class) in enumerate(axes):
        fixed = np.full_like(steps, position)
        uv = np.column_stack((steps, fixed) if along_u else (fixed, steps))
        ending = "路" if road_class in {"primary", "secondary", "trunk"} else "街" if along_u else "巷"
        round_ = number // len(names)
        name = names[number % len(names)] + ("" if not round_ else "东中西南北"[round_ - 1]) + ending
        found.append(Street(name, road_class, shapely.LineString(on_ground(uv))))
    return found


def _blocks(us: list[Axis], vs: list[Axis], random: np.random.Generator) -> list[Block]:
    found = []
    for (u0, left), (u1, right) in itertools.pairwise(us):
        for (v0, low), (v1, high) in itertools.pairwise(vs):
            west, east = u0 + WIDTHS[left] / 2 + 4, u1 - WIDTHS[right] / 2 - 4
            south, north = v0 + WIDTHS[low] / 2 + 4, v1 - WIDTHS[high] / 2 - 4
            if east - west < 50 or north - south < 50:
                continue
            u, v = (west + east) / 2, (south + north) / 2
            ring = shapely.segmentize(shapely.box(west, south, east, north), 30)
            outline = shapely.Polygon(on_ground(shapely.get_coordinates(ring)))
            found.append(Block(u, v, east - west, north - south, _use(u, v, random), outline))
    return found


def _use(u: float, v: float, random: np.random.Generator) -> str:
    """Commerce in the middle, industry towards the port in the north, the rest to live in."""
    middle = float(np.hypot(u / 1.6, v))
    draw = float(random.random())
    if middle < 420:
        return "commercial" if draw < 0.55 else ("office" if draw < 0.85 else "park")
    if v > WIDE * 0.36:
        return "industrial" if draw < 0.7 else ("warehouse" if draw < 0.85 else "old")
    for use, share in (
        ("park", 0.06),
        ("education", 0.05),
        ("public", 0.03),
        ("commercial", 0.06),
        ("medical", 0.015),
    ):
        if draw < share:
            return use
        draw -= share
    return "compound" if random.random() < 0.52 else "old"
