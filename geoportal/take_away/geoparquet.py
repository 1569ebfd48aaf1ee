"""GeoParquet 1.1, row group by row group."""

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from pyproj import CRS

from .about import About
from .table import Table, arrow_schema, record_batch

GEOMETRY = "geometry"


def write(table: Table, path: Path, about: About, encoding: str) -> None:
    schema = arrow_schema(table.columns, table.has_shapes, {})
    known: dict[str, str] = {"geoportal": json.dumps(about.facts, ensure_ascii=False)}
    fields = list(schema)
    if table.has_shapes:
        known["geo"] = json.dumps(_geo(table))
        fields = [*fields[:-1], pa.field(GEOMETRY, pa.binary())]
    final = pa.schema(fields, metadata=known)
    with pq.ParquetWriter(path, final, compression="zstd") as out:
        for columns, shapes in table.batches():
            batch = record_batch(schema, columns, shapes)
            out.write_batch(pa.record_batch(batch.columns, schema=final))


def _geo(table: Table) -> dict[str, Any]:
    crs = table.system.crs
    column: dict[str, Any] = {
        "encoding": "WKB",
        "geometry_types": [],
        "crs": CRS.from_user_input(crs).to_json_dict() if crs else None,
    }
    return {"version": "1.1.0", "primary_column": GEOMETRY, "columns": {GEOMETRY: column}}
