"""The table of a shapefile, byte by byte, where GDAL changes what stands there: texts, days and long whole numbers."""

import codecs
import struct
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from importers import encoding as text
from importers.errors import ImporterError
from layers.registry.declaration.values import day
from layers.sentences.sentence import gettext as _

from .legibility import utf_8_told
from .source import Problem
from .values import absent_day, unread_letter

Bytes = npt.NDArray[np.uint8]

HEADER, FIELD = 32, 32
"""Bytes before the descriptions of fields, and of each."""

EXACT_DIGITS = 18
"""Of a whole number that GDAL does not read as a fraction."""

PAGES = {
    0x01: "cp437", 0x02: "cp850", 0x03: "cp1252", 0x13: "cp932", 0x4D: "gb18030", 0x4E: "cp949", 0x4F: "big5",
    0x57: "cp1252", 0x58: "cp1252", 0x59: "cp1252", 0x64: "cp852", 0x65: "cp866", 0x78: "big5", 0x79: "cp949",
    0x7A: "gb18030", 0x7B: "cp932", 0xC8: "cp1250", 0xC9: "cp1251",
}  # fmt: skip
"""Encodings by the language byte."""


@dataclass(frozen=True)
class Field:
    name: bytes
    kind: str
    at: int
    width: int
    decimals: int

    @property
    def is_own(self) -> bool:
        """Whether it is read here rather than by GDAL."""
        return self.kind in "CD" or (self.kind in "NF" and not self.decimals and self.width > EXACT_DIGITS)


class DbaseTable:
    """Rows that are not marked as deleted."""

    def __init__(self, path: Path) -> None:
        self.path = path
        with path.open("rb") as file:
            head = file.read(HEADER)
            if len(head) < HEADER:
                raise cut_off(path)
            self.count, self.head_size, self.row_size = struct.unpack("<IHH", head[4:12])
            self.fields = _fields(file.read(max(0, self.head_size - HEADER)))
        self.page = head[29]
        if sum(field.width for field in self.fields) >= self.row_size:
            raise ImporterError(
                _("the .dbf of {label} is no dBase table; export the shapefile again.").format(
                    label=path.name
                )
            )
        if path.stat().st_size < self.head_size + self.count * self.row_size:
            raise cut_off(path)
        shape = (self.count, self.row_size)
        rows: Bytes = np.zeros(shape, np.uint8)
        if self.count and self.row_size:
            rows = np.memmap(path, np.uint8, "r", self.head_size, shape)
        self.rows, self.kept = rows, np.flatnonzero(rows[:, 0] != ord("*"))

    def cells(self, field: Field, start: int, count: int) -> list[bytes]:
        """Without the space around them; what follows a zero byte is none of theirs."""
        rows = self.kept[start : start + count]
        if not field.width:
            return [b""] * len(rows)
        block = np.ascontiguousarray(self.rows[rows, field.at : field.at + field.width])
        whole = block.view(f"S{field.width}")[:, 0].tolist()
        return [cell.partition(b"\0")[0].strip(b" ") for cell in whole]

    def stated_encoding(self) -> str | None:
        """As the .cpg beside it says, else its language byte."""
        beside = next((each for each in self.path.parent.iterdir() if self._is_cpg(each)), None)
        said = beside.read_bytes()[:40].decode("ascii", errors="ignore").strip() if beside else ""
        return _codec(said) if said else PAGES.get(self.page)

    def _is_cpg(self, path: Path) -> bool:
        return path.suffix.lower() == ".cpg" and path.stem == self.path.stem

    def sample(self, rows: int) -> bytes:
        """Names and texts, but for those that fill their field and may be cut."""
        found = [field.name for field in self.fields]
        for field in self.fields:
            if field.kind == "C":
                found += [cell for cell in self.cells(field, 0, rows) if len(cell) < field.width]
        return b"\n".join(each for each in found if not each.isascii())

    def column(
        self, field: Field, name: str, start: int, count: int, encoding: str, faults: dict[int, list[Problem]]
    ) -> pa.Array:
        cells = self.cells(field, start, count)
        if field.kind == "C":
            return _texts(cells, name, encoding, faults)
        if field.kind == "D":
            return _days(cells, name, faults)
        return pa.array([cell.strip(b"*").decode("ascii", "replace") or None for cell in cells], pa.string())


def cut_off(path: Path) -> ImporterError:
    return ImporterError(
        _("{path} is cut off; it is shorter than it says. Copy the files again.").format(path=path.name)
    )


def _fields(described: bytes) -> list[Field]:
    found, place = [], 1
    for at in range(0, len(described) - FIELD + 1, FIELD):
        if described[at] == 0x0D:
            break
        kind, width, decimals = chr(described[at + 11]), described[at + 16], described[at + 17]
        found.append(Field(described[at : at + 11].split(b"\0")[0], kind, place, width, decimals))
        place += width
    return found


def _codec(said: str) -> str | None:
    """Python's name of what a .cpg names; None where it is none."""
    digits = "".join(letter for letter in said if letter.isdigit())
    number = {"65001": "utf-8", "936": "gb18030", "88591": "latin-1"}.get(digits, f"cp{digits}")
    for name in (said, number):
        try:
            return text.resolve(codecs.lookup(name).name)
        except LookupError:
            continue
    return None


def _texts(cells: list[bytes], name: str, encoding: str, faults: dict[int, list[Problem]]) -> pa.Array:
    try:
        if encoding == "utf-8":
            return pa.array(cells, pa.binary(), mask=[not cell for cell in cells]).cast(pa.string())
        texts = [cell.decode(encoding) or None for cell in cells]
        return pa.array(utf_8_told(name, texts, encoding, faults), pa.string())
    except (UnicodeDecodeError, pa.ArrowInvalid):
        read = [text.decode(cell, encoding) for cell in cells]
    for index, (found, wrong) in enumerate(read):
        if wrong == "cut":
            said = _("{name}: “{value}” is cut in the middle of a letter").format(name=name, value=found[:80])
            done = _("the part of a letter left out")
            faults.setdefault(index, []).append(Problem(said, name, found[:200], done))
        elif wrong:
            faults.setdefault(index, []).append(unread_letter(name, found))
    texts = [found or None for found, _wrong in read]
    return pa.array(utf_8_told(name, texts, encoding, faults), pa.string())


def _days(cells: Iterable[bytes], name: str, faults: dict[int, list[Problem]]) -> pa.Array:
    found: list[date | None] = []
    for index, cell in enumerate(cells):
        written = cell.decode("latin-1")
        if not cell.strip(b"0"):
            found.append(None)
            continue
        try:
            found.append(day(written))
        except ValueError:
            found.append(None)
            faults.setdefault(index, []).append(absent_day(name, written))
    return pa.array(found, pa.date32())
