"""Whether the parts of a shapefile belong together: records are counted in each before any is read."""

import struct
from pathlib import Path

from django.utils.translation import gettext as _

from importers.errors import ImporterError

HEADER, INDEX_RECORD, FIELD = 100, 8, 32
"""Bytes of the header of .shp and .shx, of a record of .shx, of a description of a field in .dbf."""


def check_parts(path: Path) -> None:
    """Raises ImporterError where GDAL would read fewer rows than there are, or other ones."""
    parts = {each.suffix.lower(): each for each in path.parent.glob(f"{_escaped(path.stem)}.*")}
    if ".shx" not in parts or ".dbf" not in parts:
        return  # which is said when it is opened
    shapes = (parts[".shx"].stat().st_size - HEADER) // INDEX_RECORD
    with parts[".dbf"].open("rb") as file:
        head = file.read(HEADER)
        if len(head) < FIELD:
            raise _cut_off(parts[".dbf"])
        rows, head_size, row_size = struct.unpack("<IHH", head[4:12])
        file.seek(FIELD)
        described = file.read(max(0, head_size - FIELD))
    if parts[".dbf"].stat().st_size < head_size + rows * row_size:
        raise _cut_off(parts[".dbf"])
    _refuse_repeated_names(parts[".dbf"], described)
    counted = _shapes(parts.get(".shp", path))
    if not counted == shapes == rows:
        raise ImporterError(
            _(
                "{path} does not belong together: {shapes:,} shapes, {index:,} entries in the .shx, {rows:,} rows in the .dbf. Deliver the files as they were saved together."
            ).format(path=path.name, shapes=counted, index=shapes, rows=rows)
        )


def _escaped(name: str) -> str:
    return "".join(f"[{letter}]" if letter in "[]*?" else letter for letter in name)


def _cut_off(path: Path) -> ImporterError:
    return ImporterError(
        _("{path} is cut off; it is shorter than it says. Copy the files again.").format(path=path.name)
    )


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
        raise _cut_off(path)
    return found


def _refuse_repeated_names(path: Path, described: bytes) -> None:
    names = []
    for at in range(0, len(described) - FIELD + 1, FIELD):
        if described[at] == 0x0D:
            break
        names.append(described[at : at + 11].split(b"\0")[0])
    if len(set(names)) < len(names):
        raise ImporterError(
            _("{path} has two columns of the same name; rename one of them.").format(path=path.name)
        )
