"""The ground as a viewer may know it: every elevation model that they see, the better ones over the others.

Of one source the newer lies on top; of several sources that with the finest model.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from math import floor
from typing import Any

import numpy as np

from layers.coordinates import lonlat_to_web
from layers.registry.access.audience_views import heights_name
from layers.registry.access.layer_query import relation, viewer_cursor
from layers.registry.audience import Viewer
from layers.registry.declaration.layer import Layer

from . import grid
from .grid import SIDE
from .rules import Heights, decode, interpolate

Box = tuple[float, float, float, float]
FADE = 0.25
"""How far beyond a model, as a share of its longer side, the ground falls to sea level."""


@dataclass(frozen=True)
class Survey:
    """An elevation model; ``box`` is west, south, east, north in metres of EPSG:3857."""

    pk: int
    name: str
    source: str
    vertical_datum: str
    zoom: int
    box: Box

    @property
    def reach(self) -> float:
        """Metres of EPSG:3857 beyond the box in which the ground falls to sea level."""
        west, south, east, north = self.box
        return max(east - west, north - south, grid.pixel(self.zoom)) * FADE

    @property
    def whole(self) -> Box:
        """The box with what is beyond it until sea level."""
        west, south, east, north = self.box
        return west - self.reach, south - self.reach, east + self.reach, north + self.reach


@dataclass(frozen=True)
class Spot:
    """A height in metres above the vertical datum of the survey that tells it."""

    height: float
    survey: Survey


@contextmanager
def ground(layer: Layer, viewer: Viewer) -> Iterator["Ground"]:
    """What can be read of a layer's heights within the block, in one transaction under the viewer's role."""
    with viewer_cursor(viewer) as cursor:
        yield Ground(cursor, relation(layer, viewer), heights_name(layer, viewer.audience))


class Ground:
    """Windows of pixels of the tile scheme; ``squares`` names the view of the blocks of heights."""

    def __init__(self, cursor: Any, rows: str, squares: str) -> None:
        self.cursor, self.squares = cursor, squares
        # What others write until the question below is unknown to the snapshot and seen by who keeps tiles.
        cursor.execute("SELECT pg_current_snapshot()::text")
        self.seen: str = cursor.fetchone()[0]
        box = ", ".join(f"ST_{corner}(geom_3857)" for corner in ("XMin", "YMin", "XMax", "YMax"))
        cursor.execute(f"SELECT id, name, source, vertical_datum, zoom, {box} FROM {rows}")
        found = [_survey(row) for row in cursor.fetchall()]
        finest: dict[str, int] = {}
        for survey in found:
            finest[survey.source] = max(survey.zoom, finest.get(survey.source, 0))
        self.surveys = sorted(found, key=lambda each: (-finest[each.source], each.source, -each.pk))

    def spot(self, lon: float, lat: float) -> Spot | None:
        """The ground at a position in degrees."""
        x, y = lonlat_to_web(lon, lat)
        for survey in self.surveys:
            west, south, east, north = survey.box
            if not (west <= x <= east and south <= y <= north):
                continue
            column, row = grid.place(lon, lat, survey.zoom)
            left, top = floor(column), floor(row)
            near = self._pixels(survey, survey.zoom, left, top, 2, 2)
            if near is None:
                continue
            found = float(interpolate(near, np.array([column - left]), np.array([row - top]))[0])
            if np.isfinite(found):
                return Spot(found, survey)
        return None

    def window(self, z: int, left: int, top: int, wide: int, high: int) -> Heights:
        """The known heights of ``wide`` by ``high`` pixels of a zoom."""
        found = np.full((high, wide), np.nan, np.float32)
        for survey in self.surveys:
            if np.isfinite(found).all():
                break
            part = self._of(survey, z, left, top, wide, high)
            if part is not None:
                found = np.where(np.isfinite(found), found, part)
        return found

    def _of(self, survey: Survey, z: int, left: int, top: int, wide: int, high: int) -> Heights | None:
        if z <= survey.zoom:
            return self._pixels(survey, z, left, top, wide, high)
        finer = 2.0 ** (z - survey.zoom)
        columns = (np.arange(left, left + wide) + 0.5) / finer - 0.5
        rows = (np.arange(top, top + high) + 0.5) / finer - 0.5
        first_column, first_row = floor(columns[0]), floor(rows[0])
        near = self._pixels(
            survey,
            survey.zoom,
            first_column,
            first_row,
            floor(columns[-1]) + 2 - first_column,
            floor(rows[-1]) + 2 - first_row,
        )
        if near is None:
            return None
        across, along = np.meshgrid(columns - first_column, rows - first_row)
        return interpolate(near, across, along)

    def _pixels(self, survey: Survey, z: int, left: int, top: int, wide: int, high: int) -> Heights | None:
        """Stored heights; None where no square is."""
        self.cursor.execute(
            f"SELECT x, y, heights FROM {self.squares} WHERE feature_id = %s AND z = %s "
            "AND x BETWEEN %s AND %s AND y BETWEEN %s AND %s",
            (survey.pk, z, left // SIDE, (left + wide - 1) // SIDE, top // SIDE, (top + high - 1) // SIDE),
        )
        squares = self.cursor.fetchall()
        if not squares:
            return None
        found = np.full((high, wide), np.nan, np.float32)
        for x, y, content in squares:
            heights = decode(bytes(content))
            west, north = x * SIDE - left, y * SIDE - top
            columns = slice(max(0, west), min(wide, west + SIDE))
            rows = slice(max(0, north), min(high, north + SIDE))
            found[rows, columns] = heights[
                rows.start - north : rows.stop - north, columns.start - west : columns.stop - west
            ]
        return found


def _survey(row: tuple[Any, ...]) -> Survey:
    pk, name, source, vertical_datum, zoom, west, south, east, north = row
    return Survey(pk, name, source, vertical_datum, zoom, (west, south, east, north))
