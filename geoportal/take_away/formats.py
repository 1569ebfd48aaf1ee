"""The formats in which a result is taken away."""

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from layers.registry.text import Text

from . import dxf, geoparquet, sheets, vector
from .about import About
from .table import Table

ENCODINGS = ("UTF-8", "GB18030")


@dataclass(frozen=True)
class Format:
    """``ending`` is that of the file; ``write`` is given the path and, for shapefiles, the encoding; ``most``
    are rows, beyond which programs do not open it."""

    title: Text
    ending: str
    write: Callable[[Table, Path, About, str], None]
    needs_shapes: bool = False
    most: int = sys.maxsize


FORMATS = {
    "gpkg": Format(Text("GeoPackage", "GeoPackage"), "gpkg", vector.write_geopackage),
    "shp": Format(
        Text("Shapefile（zip）", "Shapefile (zip)"), "shp.zip", vector.write_shapefile, needs_shapes=True
    ),
    "geojson": Format(Text("GeoJSON", "GeoJSON"), "geojson", vector.write_geojson),
    "fgb": Format(Text("FlatGeobuf", "FlatGeobuf"), "fgb", vector.write_flatgeobuf, needs_shapes=True),
    "parquet": Format(Text("GeoParquet", "GeoParquet"), "parquet", geoparquet.write),
    "kml": Format(
        Text("KML（仅 WGS 84）", "KML (WGS 84 alone)"),
        "kml",
        vector.write_kml,
        needs_shapes=True,
        most=100_000,
    ),
    "dxf": Format(
        Text("DXF（仅图形，按类别分层）", "DXF (outlines alone, by category)"),
        "dxf",
        dxf.write,
        needs_shapes=True,
    ),
    "xlsx": Format(Text("Excel", "Excel"), "xlsx", sheets.write_workbook, most=1_048_575),
    "csv": Format(Text("CSV（zip）", "CSV (zip)"), "csv.zip", sheets.write_text),
}
