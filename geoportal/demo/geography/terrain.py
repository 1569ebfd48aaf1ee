"""The ground of the demo district as a grid of heights, and how it is loaded: by the way any elevation goes."""

from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import rasterio
import shapely
from rasterio.features import geometry_mask
from rasterio.transform import Affine, from_origin

from importers.elevation import elevation_import, geotiff
from importers.options import ImportOptions
from layers.coordinates import METRIC_SRID
from layers.terrain.models import Terrain
from layers.terrain.rules import Heights

from . import projection
from .nature import HILLS, RESERVOIRS, SHORE, Nature

STEP = 60.0  # metres between heights
PLAIN = 4.0  # metres of the plain above the sea
STEEPNESS = 0.17  # of a hill's top to its radius


def grid(wild: Nature, district: shapely.Geometry, random: np.random.Generator) -> tuple[Heights, Affine]:
    """Heights in metres and where they lie (EPSG:4550): hills as the map has them, level water, the sea at 0."""
    west, south, east, north = shapely.buffer(district, SHORE).bounds
    wide, high = int((east - west) / STEP), int((north - south) / STEP)
    place = from_origin(west, north, STEP, STEP)
    x, y = np.meshgrid(west + (np.arange(wide) + 0.5) * STEP, north - (np.arange(high) + 0.5) * STEP)
    ridges = _ridges(x, y, random)
    ground = np.full(x.shape, PLAIN)
    for lon, lat, radius in HILLS:
        middle_x, middle_y = projection.spot(lon, lat)
        share = np.clip(1 - np.hypot(x - middle_x, y - middle_y) / (1.15 * radius), 0, 1)
        ground = np.maximum(ground, PLAIN + STEEPNESS * radius * share**1.5 * ridges)
    sea = [area for kind, _name, area in wild.water if kind == "sea"]
    ground[geometry_mask(sea, x.shape, place, invert=True)] = 0.0
    for _name, lon, lat, radius in RESERVOIRS:
        middle_x, middle_y = projection.spot(lon, lat)
        lake = np.hypot(x - middle_x, y - middle_y) < radius
        ground[lake] = ground[lake].min()
    return ground.astype(np.float32), place


def _ridges(x: projection.Points, y: projection.Points, random: np.random.Generator) -> projection.Points:
    """Between about 0.6 and 1.4: spurs and valleys that make hills of cones."""
    waves = np.zeros(x.shape)
    for length in (2100.0, 1300.0, 760.0, 430.0):
        turn, shift = random.uniform(0, np.pi), random.uniform(0, 2 * np.pi)
        along = (x * np.cos(turn) + y * np.sin(turn)) / length
        waves += np.sin(2 * np.pi * along + shift) * length / 4600
    return 1 + 0.4 * waves


def load(ground: Heights, place: Affine, source: str) -> Terrain:
    with TemporaryDirectory(prefix="relief-") as folder:
        path = Path(folder) / "beilun.tif"
        with rasterio.open(
            path,
            "w",
            driver="GTiff",
            count=1,
            width=ground.shape[1],
            height=ground.shape[0],
            dtype="float32",
            crs=f"EPSG:{METRIC_SRID}",
            transform=place,
        ) as file:
            file.write(ground, 1)
            file.set_band_unit(1, "m")
        options = ImportOptions(anywhere=True)
        with geotiff.open_raster(path) as raster:
            model, _count = elevation_import.store_raster(
                raster, elevation_import.locate(raster, options), source, options
            )
    model.is_generated = True
    model.name = "北仑 / Beilun"
    model.save()
    return model
