"""GeoParquet in batches, with geometry left as WKB so that no ring is lost in reading."""

import json
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pyproj
from pyproj.exceptions import CRSError

from importers.errors import ImporterError
from importers.safety.archives import RATIO_FROM, Limits
from layers.sentences.sentence import gettext as _

from .calendar import within_calendar
from .source import ROWS_AT_ONCE, Batch, Problem, Source
from .vector import first_line

UNSTATED = "OGC:CRS84"
"""What the GeoParquet specification means by no crs at all; a null crs means that nobody knows."""


MOST_BYTES, MOST_ROWS = 256 * 1024 * 1024, 50_000_000
"""Of one column of a batch; of a file."""


def read(path: Path) -> Source:
    try:
        schema, contents = pq.read_schema(path), pq.read_metadata(path)
    except (pa.ArrowException, OSError) as problem:
        raise ImporterError(
            _("{path} is no Parquet file: {reason}.").format(path=path.name, reason=first_line(problem))
        ) from None
    _refuse_excess(path, contents)
    name, crs = _geometry(path, schema.metadata or {})
    if name not in schema.names:
        raise ImporterError(
            _("{path} names the geometry column “{name}”, which it does not have.").format(
                path=path.name, name=name
            )
        )
    headings = [column for column in schema.names if column != name]
    texts = [column.name for column in schema if _is_text(column.type)]
    stream = partial(_stream, path, name, headings, texts)
    return Source(headings, stream, True, crs, contents.num_rows)


def _refuse_excess(path: Path, contents: pq.FileMetaData) -> None:
    """A file that becomes far more than it is, as only harmful ones do."""
    groups = [contents.row_group(number) for number in range(contents.num_row_groups)]
    size = sum(
        group.column(place).total_uncompressed_size for group in groups for place in range(group.num_columns)
    )
    allowed = max(RATIO_FROM, path.stat().st_size * Limits.max_ratio)
    if size > min(allowed, Limits.max_bytes) or contents.num_rows > MOST_ROWS:
        raise _excess(path)


def _excess(path: Path) -> ImporterError:
    return ImporterError(
        _("{path} unfolds to far more than its size; deliver the data in parts.").format(path=path.name)
    )


def _is_text(kind: pa.DataType) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_binary(kind))


def _unfolded(path: Path, array: pa.Array) -> pa.Array:
    """Each row with its value, which the file may hold once for many rows; raises ImporterError where that is too much."""
    if not isinstance(array, pa.DictionaryArray):
        return array
    lengths = pc.binary_length(array.dictionary).cast(pa.int64()).take(array.indices)
    if (pc.sum(lengths).as_py() or 0) > MOST_BYTES:
        raise _excess(path)
    return array.dictionary_decode()


def _stream(path: Path, geometry: str, headings: list[str], texts: list[str]) -> Iterator[Batch]:
    """``texts`` are read as the file folds them."""
    start = 0
    try:
        with pq.ParquetFile(path, read_dictionary=texts) as file:
            for rows in file.iter_batches(ROWS_AT_ONCE):
                shapes = _unfolded(path, rows[geometry]).cast(pa.binary())
                faults: dict[int, list[Problem]] = {}
                columns = {heading: _unfolded(path, rows[heading]) for heading in headings}
                yield Batch(start, within_calendar(columns, faults), shapes, faults=faults)
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
