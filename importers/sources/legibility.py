"""Texts in the encoding of their file: the cells that are not are told with their row, and the others stay."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pyarrow as pa

from importers.encoding import decode, in_utf_8, is_of_bytes

from .source import Problem
from .values import foreign_text, unread_letter

HALVES = re.compile("[\ud800-\udfff]")


class IllegibleText(Exception):
    """Most texts are in another encoding."""


def legible_columns(columns: Mapping[str, pa.Array], faults: dict[int, list[Problem]]) -> dict[str, pa.Array]:
    """The columns with every text readable; rows where that was not so get a fault. Raises IllegibleText."""
    found = dict(columns)
    for name, column in columns.items():
        try:
            column.validate(full=True)
        except pa.ArrowInvalid:
            found[name] = _legible(name, column, faults)
    return found


def decoded_column(
    name: str, column: Iterable[Any], encoding: str, faults: dict[int, list[Problem]]
) -> pa.Array:
    """Values of which the texts hold a byte in each letter, as text of an encoding."""
    cells = list(column)
    if not any(isinstance(cell, str) for cell in cells):
        return pa.array(column)
    return _texts(
        name, [None if cell is None else cell.encode("latin-1") for cell in cells], encoding, faults
    )


def whole_letters(name: str, cells: Sequence[str | None], faults: dict[int, list[Problem]]) -> pa.Array:
    """Texts; a row with half a letter of UTF-16 in it gets a fault."""
    found = [None if cell is None else HALVES.sub("\ufffd", cell) for cell in cells]
    for index, (cell, text) in enumerate(zip(cells, found, strict=True)):
        if cell != text:
            faults.setdefault(index, []).append(unread_letter(name, text or ""))
    return pa.array(found, pa.string())


def utf_8_told(
    name: str, cells: Sequence[str | None], encoding: str, faults: dict[int, list[Problem]]
) -> Sequence[str | None]:
    """Texts of an encoding; a row with a text that is UTF-8 all the same gets a fault, and the text as it is meant."""
    if not is_of_bytes(encoding):
        return cells
    found = list(cells)
    for index, cell in enumerate(cells):
        if cell and not cell.isascii() and (meant := in_utf_8(cell.encode(encoding, "replace"), cell)):
            faults.setdefault(index, []).append(foreign_text(name, meant))
            found[index] = meant
    return found


def _legible(name: str, column: pa.Array, faults: dict[int, list[Problem]]) -> pa.Array:
    kind = pa.large_binary() if pa.types.is_large_string(column.type) else pa.binary()
    return _texts(name, column.view(kind).to_pylist(), "utf-8", faults)


def _texts(name: str, cells: list[bytes | None], encoding: str, faults: dict[int, list[Problem]]) -> pa.Array:
    read = [("", "") if cell is None else decode(cell, encoding) for cell in cells]
    bad = [index for index, (_text, wrong) in enumerate(read) if wrong]
    foreign = sum(not (cell is None or cell.isascii()) for cell in cells)
    if len(bad) * 2 > foreign and len(bad) > 1:
        raise IllegibleText(name)
    for index in bad:
        faults.setdefault(index, []).append(unread_letter(name, read[index][0]))
    texts = [None if cell is None else text for cell, (text, _wrong) in zip(cells, read, strict=True)]
    return pa.array(utf_8_told(name, texts, encoding, faults), pa.string())
