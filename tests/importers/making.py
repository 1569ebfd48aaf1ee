"""Small files to import, and the import of one."""

from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import geopandas
import shapely
from django.db import connection

from importers.history.report import ImportReport
from importers.options import ImportOptions
from importers.pipeline.import_run import import_file
from layers.registry.audience import Audience, Viewer
from layers.registry.declaration.layer import Layer
from layers.registry.registration import get_layer

HOUSE = shapely.box(121.84, 29.90, 121.841, 29.901)
NEIGHBOUR = shapely.box(121.842, 29.90, 121.843, 29.901)


def layer(name: str) -> Layer:
    return get_layer(name, Viewer(Audience.RESTRICTED))


def package(
    path: Path,
    shapes: "list[shapely.Geometry | None] | None" = None,
    crs: str | None = "EPSG:4326",
    **columns: object,
) -> Path:
    """A GeoPackage of two houses, or of other shapes in longitude and latitude; identified a, b, …"""
    chosen = [HOUSE, NEIGHBOUR] if shapes is None else shapes
    columns = {"id": [chr(ord("a") + n) for n in range(len(chosen))], **columns}
    frame = geopandas.GeoDataFrame(columns, geometry=chosen, crs="EPSG:4326")
    if crs is None:
        frame = frame.set_crs(None, allow_override=True)
    elif crs != "EPSG:4326":
        frame = frame.to_crs(crs)
    frame.to_file(path, driver="GPKG")
    return path


def load(path: Path, name: str = "buildings", **options: Any) -> ImportReport:
    return import_file(path, layer(name), ImportOptions(**{"accept_valid": True, **options}))


def address() -> str:
    """The test database as DATABASE_URL names it."""
    found = connection.settings_dict
    host = {"host": found["HOST"], "port": found["PORT"], "password": found["PASSWORD"]}
    options = urlencode({name: value for name, value in host.items() if value})
    return f"postgresql://{quote(found['USER'])}@/{found['NAME']}?{options}"


def reasons(report: ImportReport) -> dict[int, str]:
    """Why rows were not loaded, by row."""
    return {each.row: each.reason for each in report.problem_rows if each.held}
