"""GeoParquet in batches, with geometry left as WKB so that no ring is lost in reading."""

import json
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pyproj
from django.utils.translation import gettext as _
from pyproj.exceptions import CRSError

from importers.errors import ImporterError

from .source import ROWS_AT_ONCE, Batch, Source
from .vector import first_line

UNSTATED = "OGC:CRS84"
"""What the GeoParquet specification means by no crs at all; a null crs means that nobody knows."""


def read(path: Path) -> Source:
    try:
        schema, rows = pq.read_schema(path), pq.read_metadata(path).num_rows
    except (pa.ArrowException, OSError) as problem:
        raise ImporterError(
            _("{path} is no Parquet file: {reason}.").format(path=path.name, reason=first_line(problem))
        ) from None
    name, crs = _geometry(path, schema.metadata or {})
    if name not in schema.names:
        raise ImporterError(
            _("{path} names the geometry column “{name}”, which it does not have.").format(
                path=path.name, name=name
            )
        )
    headings = [column for column in schema.names if column != name]
    return Source(headings, partial(_stream, path, name, headings), True, crs, rows)


def _stream(path: Path, geometry: str, headings: list[str]) -> Iterator[Batch]:
    start = 0
    try:
        with pq.ParquetFile(path) as file:
            for rows in file.iter_batches(ROWS_AT_ONCE):
                shapes = rows[geometry].cast(pa.binary())
                yield Batch(start, {heading: rows[heading] for heading in headings}, shapes)
                start += rows.num_rows
    except (pa.ArrowException, OSError) as problem:
        raise ImporterError(
            _("{path} cannot be read beyond row {start:,}: {reason}.").format(
                path=path.name, start=start, reason=first_line(problem)
            )
        ) from None


def _geometry(path: Path, metadata: dict[bytes, bytes]) -> tuple[str, str | None]:
    """Name of the geometry column and its reference system, from the file's own description."""
    try:
        described: Any = json.loads(metadata[b"geo"])
        name = str(described["primary_column"])
        column = described["columns"][name]
        encoding, crs = column.get("encoding", "WKB"), column.get("crs", UNSTATED)
        stated = crs if crs is None or isinstance(crs, str) else pyproj.CRS.from_json_dict(crs).to_string()
    except (KeyError, TypeError, AttributeError, ValueError, CRSError):
        raise ImporterError(
            _(
                "{path} does not describe its geometry as GeoParquet does; export it as GeoParquet again."
            ).format(path=path.name)
        ) from None
    if encoding != "WKB":
        raise ImporterError(
            _("{path} holds geometry as {encoding}; write it as GeoParquet with WKB.").format(
                path=path.name, encoding=encoding
            )
        )
    return name, stated
