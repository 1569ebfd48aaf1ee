"""Vector files through pyogrio, with geometry left as WKB so that no ring is lost in reading."""

import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pyogrio
import pyproj
from pyogrio.errors import DataLayerError, DataSourceError

from ..delivery import Delivery, Refused


def read(path: Path, file_layer: str | None, encoding: str | None) -> Delivery:
    try:
        names = [str(name) for name, _ in pyogrio.list_layers(path)]
        chosen = file_layer or (names[0] if len(names) == 1 else None)
        if chosen is None:
            raise Refused(
                f"{path.name} holds several layers; name one with --file-layer: {', '.join(names)}."
            )
        meta, _, shapes, values = pyogrio.raw.read(path, layer=chosen, encoding=encoding)
    except DataLayerError:
        raise Refused(f"{path.name} has no layer {file_layer!r}; it has {', '.join(names)}.") from None
    except (DataSourceError, UnicodeError, ValueError) as problem:
        raise Refused(f"{path.name} cannot be read: {str(problem).splitlines()[0]}") from None
    columns = {str(name): column for name, column in zip(meta["fields"], values, strict=True)}
    return Delivery(columns, shapes, meta["crs"])


def read_parquet(path: Path) -> Delivery:
    """GeoParquet: geometry as WKB, the reference system from its metadata (OGC:CRS84 where it names none)."""
    try:
        content = pq.read_table(path)
    except (pa.ArrowInvalid, OSError) as problem:
        raise Refused(f"{path.name} is no Parquet file: {str(problem).splitlines()[0]}") from None
    described = (content.schema.metadata or {}).get(b"geo")
    if described is None:
        raise Refused(f"{path.name} has no GeoParquet metadata; write it as GeoParquet or CSV.")
    geo = json.loads(described)
    primary = geo["primary_column"]
    crs = geo["columns"][primary].get("crs", "OGC:CRS84")
    shapes = np.array(content[primary].to_pylist(), dtype=object)
    columns = {
        name: np.array(content[name].to_pylist(), dtype=object)
        for name in content.column_names
        if name != primary
    }
    text = (
        None if crs is None else crs if isinstance(crs, str) else pyproj.CRS.from_json_dict(crs).to_string()
    )
    return Delivery(columns, shapes, text)
