"""Whether a file leaves open in which encoding its text is, and how it would read in each that may be meant.

Of files that were found safe.
"""

import codecs
from pathlib import Path

from importers import encoding
from importers.errors import ImporterError

from . import files
from .source import Source

CANDIDATES = ("gb18030", "big5", "cp932", "cp949", "utf-8", "latin-1")
IN_ANY = files.TEXTS | {".shp", ".tab", ".mif", ".dxf"}
"""Endings of files whose text may be in any of them; all others are in one by their own rules."""
LOOKED_AT = 4 * 1024 * 1024
SHOWN = 3


def is_in_doubt(path: Path) -> bool:
    """No byte order mark, no word of the file's own, letters beyond ASCII, and not UTF-8 throughout."""
    if path.suffix.lower() in files.TEXTS:
        return _is_guessed(path)
    table = next((each for each in path.parent.glob(f"{path.stem}.[dD][bB][fF]")), None)
    says = any(path.parent.glob(f"{path.stem}.[cC][pP][gG]"))
    return path.suffix.lower() == ".shp" and table is not None and not says and _is_guessed(table)


def readings(path: Path, inner: str | None) -> list[dict[str, object]]:
    """Headings and first rows in each encoding in which the file can be read, those that differ."""
    found: list[dict[str, object]] = []
    for candidate in CANDIDATES:
        try:
            read = _first_cells(files.read(path, inner, candidate))
        except ImporterError:
            continue
        if read not in [each["cells"] for each in found]:
            found.append({"encoding": candidate, "cells": read})
    return found


def _first_cells(source: Source) -> list[str]:
    """Those that are not only ASCII, of the headings and the first rows."""
    cells = list(source.headings)
    for index in range(min(SHOWN, len(source.sample))):
        cells += [str(value) for value in source.sample.values(index).values() if value is not None]
    return [cell[:40] for cell in cells if not cell.isascii()][: 4 * SHOWN]


def _is_guessed(path: Path) -> bool:
    with path.open("rb") as file:
        content = file.read(LOOKED_AT)
    if content.isascii() or encoding.unmarked_utf_16(content):
        return False
    if any(content.startswith(mark) for mark in encoding.BYTE_ORDER_MARKS):
        return False
    try:
        codecs.getincrementaldecoder("utf-8")().decode(content)
    except UnicodeDecodeError:
        return True
    return False
