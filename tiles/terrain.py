"""Heights as pictures that a 3D map stands on: 256 by 256 pixels in the Terrarium encoding.

A pixel's height in metres is red × 256 + green + blue / 256 − 32768. Pixels of unknown height carry what is known
around them on, falling to 0 beyond a model's edge, so that the ground has no steps where knowledge ends.
"""

import io
from dataclasses import dataclass
from typing import Any

import numpy as np
from PIL import Image

from layers.coordinates import web_to_lonlat
from layers.registry.audience import Viewer
from layers.registry.declaration.layer import Layer
from layers.registry.registration import UnknownLayer
from layers.registry.text import Text
from layers.terrain import grid
from layers.terrain.elevation import Ground, Survey, ground
from layers.terrain.grid import SIDE, Numbers
from layers.terrain.rules import Heights, interpolate

from .cache.tile_files import RenderedTile
from .scheme import Box, Tile

COARSEST = 5
"""Above this zoom a district is a speck."""


class HeightsNotFound(UnknownLayer):
    """A layer that has no heights, or of which nothing was loaded."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.sentence = Text(f"图层“{name}”没有高程数据。", f"There are no heights of the layer “{name}”.")


@dataclass(frozen=True)
class HeightsExtent:
    """``deepest`` is the zoom beyond which tiles would tell nothing more; ``box`` is in EPSG:3857."""

    deepest: int
    box: Box
    sources: tuple[str, ...]


def heights_extent(layer: Layer, viewer: Viewer) -> HeightsExtent:
    """Of all that this viewer knows; raises NoHeights where that is nothing."""
    with ground(layer, viewer) as known:
        surveys = known.surveys
    if not surveys:
        raise HeightsNotFound(layer.name)
    wests, souths, easts, norths = zip(*(survey.whole for survey in surveys), strict=True)
    return HeightsExtent(
        max(survey.zoom for survey in surveys),
        (min(wests), min(souths), max(easts), max(norths)),
        tuple(sorted({survey.source for survey in surveys if survey.source})),
    )


def describe(layer: Layer, viewer: Viewer, root: str) -> dict[str, Any]:
    """TileJSON; ``root`` is the portal's absolute address with a closing slash."""
    known = heights_extent(layer, viewer)
    west, south, east, north = known.box
    return {
        "tilejson": "3.0.0",
        "name": str(layer.title),
        "tiles": [f"{root}tiles/{layer.name}/{{z}}/{{x}}/{{y}}.png"],
        "minzoom": min(COARSEST, known.deepest),
        "maxzoom": known.deepest,
        "bounds": [*web_to_lonlat(west, south), *web_to_lonlat(east, north)],
        "attribution": " · ".join(known.sources),
        "encoding": "terrarium",
        "tileSize": SIDE,
    }


def render(layer: Layer, tile: Tile, viewer: Viewer) -> RenderedTile:
    """A tile; empty where the ground is nothing but sea level."""
    with ground(layer, viewer) as known:
        near = [survey for survey in known.surveys if _intersects(survey.whole, tile.box)]
        content = _render(known, near, tile) if near else b""
        return RenderedTile(content, known.seen)


def _render(known: Ground, near: list[Survey], tile: Tile) -> bytes:
    left, top = tile.x * SIDE, tile.y * SIDE
    heights = known.window(tile.z, left, top, SIDE, SIDE)
    unknown = ~np.isfinite(heights)
    if unknown.any():
        beyond = fill_gaps(known, tile.z, left, top, SIDE, SIDE) * _weights(near, tile)
        heights = np.where(unknown, beyond, heights)
    return png(heights)


def fill_gaps(known: Ground, z: int, left: int, top: int, wide: int, high: int) -> Heights:
    """Known heights, and where none is the mean of ever larger surroundings; 0 where nothing is around."""
    heights = known.window(z, left, top, wide, high)
    if np.isfinite(heights).all():
        return heights
    if z == 0:
        return np.nan_to_num(heights)
    columns = (np.arange(left, left + wide) + 0.5) / 2 - 0.5
    rows = (np.arange(top, top + high) + 0.5) / 2 - 0.5
    first_column, first_row = int(np.floor(columns[0])), int(np.floor(rows[0]))
    coarser = fill_gaps(
        known,
        z - 1,
        first_column,
        first_row,
        int(np.floor(columns[-1])) + 2 - first_column,
        int(np.floor(rows[-1])) + 2 - first_row,
    )
    across, along = np.meshgrid(columns - first_column, rows - first_row)
    return np.where(np.isfinite(heights), heights, interpolate(coarser, across, along))


def png(heights: Heights) -> bytes:
    parts = np.clip(np.round((heights.astype(np.float64) + 32768.0) * 256.0), 0, 2**24 - 1).astype(np.uint32)
    colours = np.stack((parts >> 16, parts >> 8 & 255, parts & 255), axis=-1).astype(np.uint8)
    content = io.BytesIO()
    Image.fromarray(colours).save(content, "PNG", compress_level=6)
    return content.getvalue()


def _weights(near: list[Survey], tile: Tile) -> Numbers:
    """For each pixel 1 within a model's box, falling smoothly to 0 at the end of its reach."""
    west, _south, _east, north = tile.box
    middles = (np.arange(SIDE) + 0.5) * grid.pixel(tile.z)
    x, y = np.meshgrid(west + middles, north - middles)
    found = np.zeros(x.shape)
    for survey in near:
        left, bottom, right, top = survey.box
        aside = np.maximum(0, np.maximum(left - x, x - right))
        beyond = np.maximum(0, np.maximum(bottom - y, y - top))
        share = np.clip(1 - np.hypot(aside, beyond) / survey.reach, 0, 1)
        found = np.maximum(found, share * share * (3 - 2 * share))
    return found


def _intersects(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
