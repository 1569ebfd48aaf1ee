"""The tile scheme: the usual square pyramid in EPSG:3857, tile (0, 0) in the north-west."""

from dataclasses import dataclass

from layers.coordinates import WEB_HALF

MAX_ZOOM = 16
EXTENT = 4096
BUFFER = 64

Box = tuple[float, float, float, float]
"""(west, south, east, north) in EPSG:3857 metres."""


class OutsideScheme(ValueError):
    """A tile that cannot exist."""


@dataclass(frozen=True)
class Tile:
    z: int
    x: int
    y: int

    def __post_init__(self) -> None:
        if not 0 <= self.z <= MAX_ZOOM:
            raise OutsideScheme(f"Vector tiles have zooms 0 to {MAX_ZOOM}, not {self.z}.")
        if not (0 <= self.x < 2**self.z and 0 <= self.y < 2**self.z):
            raise OutsideScheme(f"At zoom {self.z} columns and rows are 0 to {2**self.z - 1}.")

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


def tiles_over(box: Box, z: int) -> list[Tile]:
    """The tiles of a zoom that a box touches."""
    size = 2 * WEB_HALF / 2**z
    last = 2**z - 1
    west, south, east, north = box
    columns = [min(last, max(0, int((edge + WEB_HALF) // size))) for edge in (west, east)]
    rows = [min(last, max(0, int((WEB_HALF - edge) // size))) for edge in (north, south)]
    return [Tile(z, x, y) for x in range(columns[0], columns[1] + 1) for y in range(rows[0], rows[1] + 1)]
