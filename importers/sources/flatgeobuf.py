"""FlatGeobuf through GDAL, its times as they are written and all its rows: GDAL makes another day of one that no
calendar has, and says nothing where a file ends between two rows."""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import pyogrio

from . import vector
from .dbase import cut_off
from .source import Batch, Source
from .values import TIMES


def read(path: Path, file_layer: str | None, encoding: str | None) -> Source:
    source = vector.read(path, file_layer, encoding, datetime_as_string=True)
    kinds = pyogrio.read_info(path)["ogr_types"]
    times = [name for name, kind in zip(source.headings, kinds, strict=True) if kind == "OFTDateTime"]
    return replace(source, stream=partial(_stream, path, source, times))


def _stream(path: Path, source: Source, times: list[str]) -> Iterator[Batch]:
    """Raises ImporterError where there are fewer rows than the file says."""
    rows = 0
    for batch in source.stream():
        faults = {index: [*each] for index, each in batch.faults.items()}
        read = {name: TIMES.column(name, batch.columns[name].to_pylist(), faults) for name in times}
        yield replace(batch, columns={**batch.columns, **read}, faults=faults)
        rows += len(batch)
    if rows < (source.count or 0):
        raise cut_off(path)
