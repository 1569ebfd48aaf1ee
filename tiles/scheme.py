"""The tile scheme: the usual square pyramid in EPSG:3857, tile (0, 0) in the north-west."""

import math
from dataclasses import dataclass

from layers.coordinates import WEB_HALF
from layers.errors import NotFound
from layers.registry.text import Text

MAX_ZOOM = 16
EXTENT = 4096
BUFFER = 64

Box = tuple[float, float, float, float]
"""(west, south, east, north) in EPSG:3857 metres."""


WORLD: Box = (-WEB_HALF, -WEB_HALF, WEB_HALF, WEB_HALF)


class OutsideScheme(NotFound, ValueError):
    """A tile that cannot exist."""


@dataclass(frozen=True)
class Tile:
    z: int
    x: int
    y: int

    def __post_init__(self) -> None:
        if not 0 <= self.z <= MAX_ZOOM:
            raise OutsideScheme(
                Text(
                    f"此处瓦片的级别为 0 至 {MAX_ZOOM}，没有 {self.z} 级。",
                    f"Tiles here have zooms 0 to {MAX_ZOOM}, not {self.z}.",
                )
            )
        if not (0 <= self.x < 2**self.z and 0 <= self.y < 2**self.z):
            raise OutsideScheme(
                Text(
                    f"第 {self.z} 级的列号和行号为 0 至 {2**self.z - 1}。",
                    f"At zoom {self.z} columns and rows are 0 to {2**self.z - 1}.",
                )
            )

    @property
    def size(self) -> float:
        """Length of an edge in metres of EPSG:3857."""
        return 2 * WEB_HALF / (1 << self.z)

    @property
    def pixel(self) -> float:
        """Metres of one of its 512 screen pixels."""
        return self.size / 512

    @property
    def box(self) -> Box:
        west, north = -WEB_HALF + self.x * self.size, WEB_HALF - self.y * self.size
        return west, north - self.size, west + self.size, north

    @property
    def buffered(self) -> Box:
        west, south, east, north = self.box
        margin = self.size * BUFFER / EXTENT
        return west - margin, south - margin, east + margin, north + margin


def tiles_touching(box: Box, z: int, margin: float = 0.0) -> tuple[range, range]:
    """Columns and rows of the tiles of a zoom that a box touches; each tile reaches ``margin`` of its size
    beyond its edges."""
    size = 2 * WEB_HALF / 2**z
    west, south, east, north = box

    def span(low: float, high: float) -> range:
        first, last = math.floor(low / size - margin), math.floor(high / size + margin)
        return range(min(2**z - 1, max(0, first)), min(2**z - 1, max(0, last)) + 1)

    return span(west + WEB_HALF, east + WEB_HALF), span(WEB_HALF - north, WEB_HALF - south)


def tiles_over(box: Box, z: int) -> list[Tile]:
    """The tiles of a zoom that a box touches."""
    columns, rows = tiles_touching(box, z)
    return [Tile(z, x, y) for x in columns for y in rows]
