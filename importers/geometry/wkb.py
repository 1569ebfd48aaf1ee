"""Well-known binary that GEOS refuses: curves made linear, rings closed, rings without an area left out."""

import struct
from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import shapely
from django.contrib.gis.gdal import GDALException, OGRGeometry

Ring = npt.NDArray[np.float64]

POLYGON, MULTIPOLYGON = 3, 6
CURVED = {8, 9, 10, 11, 12, 13, 14}
ISO_DIMENSIONS = {0: 2, 1: 3, 2: 3, 3: 4}
HAS_Z, HAS_M, HAS_SRID = 0x80000000, 0x40000000, 0x20000000


class _WkbReader:
    """A position in a WKB value; reading past its end raises struct.error."""

    def __init__(self, code: bytes) -> None:
        self.code, self.at, self.order = code, 0, "<"

    def header(self) -> tuple[int, int]:
        """Geometry type and number of dimensions."""
        self.order = "<" if self._read("B") == 1 else ">"
        kind = self.count()
        if kind & HAS_SRID:
            self.count()
        flagged = 2 + bool(kind & HAS_Z) + bool(kind & HAS_M)
        plain = kind & 0x0FFFFFFF
        return plain % 1000, max(flagged, ISO_DIMENSIONS.get(plain // 1000, 2))

    def count(self) -> int:
        return self._read("I")

    def ring(self, dimensions: int) -> Ring:
        number = self.count() * dimensions
        end = self.at + 8 * number
        if end > len(self.code):
            raise struct.error("the geometry ends within a ring")
        found = np.frombuffer(self.code[self.at : end], dtype=f"{self.order}f8").reshape(-1, dimensions)
        self.at = end
        return found[:, :2].astype("f8")

    def _read(self, kind: str) -> int:
        (found,) = struct.unpack_from(self.order + kind, self.code, self.at)
        self.at += struct.calcsize(kind)
        return int(found)


def is_curved(code: object) -> bool:
    try:
        return isinstance(code, bytes) and _WkbReader(code).header()[0] in CURVED
    except struct.error:
        return False


def linearize(code: bytes) -> bytes:
    """Arcs as chords of 4 degrees; what GDAL cannot read stays as it is."""
    try:
        return bytes(OGRGeometry(memoryview(code)).get_linear_geometry().wkb)
    except GDALException:
        return code


def close_rings(code: bytes) -> shapely.Geometry | None:
    """The polygon that is left of WKB whose rings are open or degenerate; None where nothing is."""
    try:
        polygons = [
            polygon for rings in _polygons(_WkbReader(code)) if (polygon := _polygon(rings)) is not None
        ]
    except struct.error:
        return None
    return shapely.MultiPolygon(polygons) if polygons else None


def _polygons(code: _WkbReader) -> Iterator[list[Ring]]:
    kind, dimensions = code.header()
    if kind == POLYGON:
        yield [code.ring(dimensions) for _ in range(code.count())]
    elif kind == MULTIPOLYGON:
        for _ in range(code.count()):
            yield from _polygons(code)


def _polygon(rings: list[Ring]) -> shapely.Polygon | None:
    closed = [_close(ring) for ring in rings]
    if not closed or closed[0] is None:
        return None
    return shapely.Polygon(closed[0], [hole for hole in closed[1:] if hole is not None])


def _close(ring: Ring) -> Ring | None:
    """The ring without repeated points and ending where it begins; None when fewer than three points differ."""
    moved = np.ones(len(ring), dtype=bool)
    moved[1:] = (ring[1:] != ring[:-1]).any(axis=1)
    ring = ring[moved]
    if len(ring) and (ring[0] != ring[-1]).any():
        ring = np.vstack([ring, ring[:1]])
    return ring if len(np.unique(ring, axis=0)) >= 3 and np.isfinite(ring).all() else None
