"""How the process that looks into a file sends what it found: rows as Arrow writes them, checked when they are read."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

import pyarrow as pa
from affine import Affine

from layers.child_process.answers import declare, declare_fields, expect

from .sources.source import Batch, Problem, Source


@dataclass(frozen=True)
class Frame:
    """What is known of a raster without its file."""

    width: int
    height: int
    transform: Any


def _write_frame(frame: Frame) -> Any:
    at = frame.transform
    return [frame.width, frame.height, at.a, at.b, at.c, at.d, at.e, at.f]


def _read_frame(of: Any) -> Frame:
    width, height, *numbers = of
    return Frame(expect(int, width), expect(int, height), Affine(*map(float, numbers)))


def _write_batch(batch: Batch) -> Any:
    arrays = [*batch.columns.values(), *([] if batch.shapes is None else [batch.shapes])]
    table = pa.record_batch(arrays, [str(number) for number in range(len(arrays))])
    out = pa.BufferOutputStream()
    with pa.ipc.new_stream(out, table.schema) as stream:
        stream.write_batch(table)
    faults = [[index, [*problems]] for index, problems in batch.faults.items()]
    return [batch.start, [*batch.columns], out.getvalue().to_pybytes(), [*batch.labels], faults]


def _read_batch(of: Any) -> Batch:
    start, headings, content, labels, faults = of
    with pa.ipc.open_stream(expect(bytes, content)) as stream:
        table = stream.read_next_batch()
    table.validate(full=True)
    arrays = table.columns
    if len(arrays) - len(headings) not in (0, 1) or not all(
        isinstance(each, str) for each in [*headings, *labels]
    ):
        raise ValueError("the columns have no headings")
    return Batch(
        expect(int, start),
        dict(zip(headings, arrays, strict=False)),
        arrays[-1] if len(arrays) > len(headings) else None,
        labels,
        {expect(int, index): [expect(Problem, each) for each in problems] for index, problems in faults},
    )


def _write_source(source: Source) -> Any:
    """Its first rows are all of it."""
    said = [
        source.has_geometry,
        source.crs,
        source.count,
        source.notes,
        source.name,
        source.midnights_as_days,
    ]
    return [source.headings, source.sample, *said]


def _read_source(of: Any) -> Source:
    headings, sample, has_geometry, crs, count, notes, name, midnights_as_days = of
    return Source(
        [expect(str, each) for each in headings],
        partial(only, expect(Batch, sample)),
        expect(bool, has_geometry),
        expect(str | None, crs),
        expect(int | None, count),
        [expect(str, each) for each in notes],
        expect(str, name),
        expect(bool, midnights_as_days),
    )


def only(sample: Batch) -> Iterator[Batch]:
    return iter([sample])


declare_fields(Problem, wrong=str, field=str, value=str, done=str)
declare(Batch, _write_batch, _read_batch)
declare(Source, _write_source, _read_source)
declare(Frame, _write_frame, _read_frame)
