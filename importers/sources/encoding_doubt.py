"""Whether a file leaves open in which encoding its text is, and how it would read in each that may be meant."""

import codecs
from pathlib import Path

from importers import encoding
from importers.errors import ImporterError
from importers.safety.inspection import open_checked

from . import files
from .source import Source

CANDIDATES = ("gb18030", "big5", "cp932", "cp949", "utf-8", "latin-1")
LOOKED_AT = 4 * 1024 * 1024
SHOWN = 3


def is_in_doubt(path: Path, file_layer: str | None) -> bool:
    """No byte order mark, no word of the file's own, letters beyond ASCII, and not UTF-8 throughout."""
    with open_checked(path) as found:
        chosen, _inner = files.choose_file(found, file_layer, path)
        if chosen.suffix.lower() in files.TEXTS:
            return _is_guessed(chosen)
        table = next((each for each in chosen.parent.glob(f"{chosen.stem}.[dD][bB][fF]")), None)
        says = any(chosen.parent.glob(f"{chosen.stem}.[cC][pP][gG]"))
        return chosen.suffix.lower() == ".shp" and table is not None and not says and _is_guessed(table)


def readings(path: Path, file_layer: str | None) -> list[dict[str, object]]:
    """Headings and first rows in each encoding in which the file can be read, those that differ."""
    found: list[dict[str, object]] = []
    for candidate in CANDIDATES:
        try:
            with files.open_source(path, file_layer, candidate) as source:
                read = _first_cells(source)
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
