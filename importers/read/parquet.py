"""GeoParquet, with geometry left as WKB so that no ring is lost in reading."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pyproj
from pyproj.exceptions import CRSError

from ..delivery import Cells, Delivery, Refused
from .vector import first_line

UNSTATED = "OGC:CRS84"
"""What the GeoParquet specification means by no crs at all; a null crs means that nobody knows."""


def read(path: Path) -> Delivery:
    try:
        content = pq.read_table(path)
    except (pa.ArrowException, OSError) as problem:
        raise Refused(f"{path.name} is no Parquet file: {first_line(problem)}.") from None
    name, crs = _geometry(path, content.schema.metadata or {})
    if name not in content.column_names:
        raise Refused(f"{path.name} names the geometry column {name!r}, which it does not have.")
    columns = {column: _cells(content[column]) for column in content.column_names if column != name}
    return Delivery(columns, _cells(content[name]), crs)


def _geometry(path: Path, metadata: dict[bytes, bytes]) -> tuple[str, str | None]:
    """Name of the geometry column and its reference system, from the file's own description."""
    try:
        described: Any = json.loads(metadata[b"geo"])
        name = str(described["primary_column"])
        column = described["columns"][name]
        encoding, crs = column.get("encoding", "WKB"), column.get("crs", UNSTATED)
        stated = crs if crs is None or isinstance(crs, str) else pyproj.CRS.from_json_dict(crs).to_string()
    except (KeyError, TypeError, AttributeError, ValueError, CRSError):
        raise Refused(
            f"{path.name} does not describe its geometry as GeoParquet does; write it with geopandas or GDAL."
        ) from None
    if encoding != "WKB":
        raise Refused(f"{path.name} holds geometry as {encoding}; write it as GeoParquet with WKB.")
    return name, stated


def _cells(column: pa.ChunkedArray) -> Cells:
    return np.fromiter(column.to_pylist(), dtype=object, count=len(column))
