"""Small elevation models to import."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import rasterio
from rasterio.transform import Affine, from_origin

from importers.history.report import ImportReport
from importers.layer_import import import_to_layer
from importers.options import ImportOptions
from tests.importers.making import layer

Grid = npt.NDArray[Any]

WEST, NORTH, STEP, SIDE = 121.82, 29.92, 0.0002, 200
"""Degrees: 200 by 200 pixels of about 20 m around the small district."""


def slope(lon: Grid, lat: Grid) -> Grid:
    """A plane, which resampling must not bend: 10 m in the south-west, rising to the east and north."""
    return 10.0 + (lon - WEST) * 2000.0 + (lat - (NORTH - SIDE * STEP)) * 1000.0


def heights_of(rule: Callable[[Grid, Grid], Grid] = slope) -> Grid:
    middles = (np.arange(SIDE) + 0.5) * STEP
    lon, lat = np.meshgrid(WEST + middles, NORTH - middles)
    return rule(lon, lat).astype(np.float32)


def geotiff(
    path: Path,
    heights: Grid | None = None,
    crs: str | None = "EPSG:4490",
    transform: Affine | None = None,
    unit: str = "",
    **profile: Any,
) -> Path:
    """One band or, of three dimensions, several."""
    content = heights_of() if heights is None else heights
    bands = content if content.ndim == 3 else content[None]
    described: dict[str, Any] = {
        "driver": "GTiff",
        "count": len(bands),
        "height": bands.shape[1],
        "width": bands.shape[2],
        "dtype": bands.dtype,
        "crs": crs,
        "transform": transform or from_origin(WEST, NORTH, STEP, STEP),
        **profile,
    }
    with rasterio.open(path, "w", **described) as file:
        if bands.shape[1:] == file.shape:  # else its size is only said
            file.write(bands)
        if unit:
            file.set_band_unit(1, unit)
    return path


def load(path: Path, **options: Any) -> ImportReport:
    return import_to_layer(path, layer("terrain"), ImportOptions(**options))
