"""Shapefiles: geometry and numbers through GDAL, the rest of their table as its bytes say; parts that belong together."""

import struct
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pyarrow as pa
import pyogrio

from importers import encoding as text
from importers.errors import ImporterError
from layers.sentences.sentence import gettext as _

from .dbase import DbaseTable, cut_off
from .source import ROWS_AT_ONCE, Batch, Problem, Source
from .vector import UNREADABLE, UNSAID, binary, described, layer_name, unreadable

HEADER, INDEX_RECORD = 100, 8
"""Bytes of the header of .shp and .shx, of a record of .shx."""

SAMPLE = 5000


def read(path: Path, file_layer: str | None, encoding: str | None) -> Source:
    name = layer_name(path, file_layer)
    table = _table(path)
    meta, notes = described(path, name, UNSAID)
    if table is None or len(table.fields) != len(meta["fields"]):
        raise ImporterError(
            _("the .dbf of {label} is no dBase table; export the shapefile again.").format(label=path.name)
        )
    chosen, note = _encoding(path, table, encoding)
    columns = {
        text.decode(field.name.strip(), chosen)[0]: str(raw)
        for field, raw in zip(table.fields, meta["fields"], strict=True)
    }
    if len(columns) < len(table.fields):
        raise _repeated_names(table.path)
    stream = partial(_stream, path, name, table, columns, chosen)
    return Source([*columns], stream, True, meta["crs"], len(table.kept), [*filter(None, [note]), *notes])


def _encoding(path: Path, table: DbaseTable, chosen: str | None) -> tuple[str, str]:
    """Somebody's, else the file's own if its bytes do not contradict it, and what is to be said of it."""
    if chosen:
        return text.resolve(chosen), ""
    stated, sample = table.stated_encoding(), table.sample(SAMPLE)
    found = text.compare(sample, stated)
    if stated is None:
        return found, "" if not sample else _("text read as {chosen}").format(chosen=found)
    if found == stated:
        return found, ""
    return found, text.contradiction(path, stated, found)


def _stream(
    path: Path, name: str, table: DbaseTable, columns: dict[str, str], encoding: str
) -> Iterator[Batch]:
    start = 0
    fields = dict(zip(columns, table.fields, strict=True))
    asked = [columns[heading] for heading, field in fields.items() if not field.is_own]
    try:
        with pyogrio.open_arrow(
            path, layer=name, encoding=UNSAID, columns=asked, batch_size=ROWS_AT_ONCE
        ) as (_meta, stream):
            for rows in pa.RecordBatchReader.from_stream(stream):
                faults: dict[int, list[Problem]] = {}
                cells = {
                    heading: table.column(field, heading, start, rows.num_rows, encoding, faults)
                    if field.is_own
                    else rows[columns[heading]]
                    for heading, field in fields.items()
                }
                yield Batch(start, cells, binary(rows.columns[-1]), faults=faults)
                start += rows.num_rows
    except UNREADABLE as problem:
        raise unreadable(path, start, problem) from None


def _table(path: Path) -> DbaseTable | None:
    """Raises ImporterError where GDAL would read fewer rows than there are, or other ones."""
    parts = {each.suffix.lower(): each for each in path.parent.glob(f"{_escaped(path.stem)}.*")}
    if ".shx" not in parts or ".dbf" not in parts:
        return None
    index = (parts[".shx"].stat().st_size - HEADER) // INDEX_RECORD
    table = DbaseTable(parts[".dbf"])
    if len({field.name for field in table.fields}) < len(table.fields):
        raise _repeated_names(table.path)
    counted = _shapes(parts.get(".shp", path))
    if not counted == index == table.count:
        raise ImporterError(
            _(
                "{path} does not belong together: {shapes:,} shapes, {index:,} entries in the .shx, {rows:,} rows in the .dbf. Deliver the files as they were saved together."
            ).format(path=path.name, shapes=counted, index=index, rows=table.count)
        )
    return table


def _escaped(name: str) -> str:
    return "".join(f"[{letter}]" if letter in "[]*?" else letter for letter in name)


def _shapes(path: Path) -> int:
    """Records of a .shp, from one to the next; lengths are in 16-bit words."""
    size, at, found = path.stat().st_size, HEADER, 0
    with path.open("rb") as file:
        while at + 8 <= size:
            file.seek(at)
            length = struct.unpack(">i", file.read(8)[4:])[0]
            if length <= 0:
                break
            at, found = at + 8 + 2 * length, found + 1
    if at > size:
        raise cut_off(path)
    return found


def _repeated_names(path: Path) -> ImporterError:
    return ImporterError(
        _("{path} has two columns of the same name; rename one of them.").format(path=path.name)
    )
