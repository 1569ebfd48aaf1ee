"""MapInfo tables through GDAL, their days as the files say: GDAL breaks off at one that no calendar has."""

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from itertools import islice
from pathlib import Path

from . import vector
from .dbase import DbaseTable
from .source import Batch, Source
from .values import DAYS, TIMES

COLUMNS = re.compile(r"^\s*(?:Columns|Fields)\s+(\d+)", re.IGNORECASE)
DELIMITER = re.compile(r'^\s*Delimiter\s+"(.)"', re.IGNORECASE)
KIND = re.compile(r"\s(\w+)\s*(?:\(.*)?(?:;.*)?$")
NATIVE = re.compile(r"Type\s+NATIVE", re.IGNORECASE)
DAY_BYTES = 4
HEAD = 5000
"""Lines in which the columns are described."""

Days = Mapping[int, Sequence[str]]
"""What is written for each row, by the place of the column."""


def read(path: Path, file_layer: str | None, encoding: str | None) -> Source:
    with path.open(encoding="latin-1") as file:
        kinds = _kinds(list(islice(file, HEAD)))
    days = _days(path, [place for place, kind in enumerate(kinds) if kind == "date"])
    source = vector.read(path, file_layer, encoding, without=frozenset(days))
    named = {source.headings[place]: texts for place, texts in days.items()}
    times = [heading for heading, kind in zip(source.headings, kinds, strict=False) if kind == "datetime"]
    return replace(source, stream=partial(_stream, source, named, times)) if named or times else source


def _stream(source: Source, days: Mapping[str, Sequence[str]], times: list[str]) -> Iterator[Batch]:
    for batch in source.stream():
        faults = {index: [*each] for index, each in batch.faults.items()}
        rows = slice(batch.start, batch.start + len(batch))
        read = {
            name: DAYS.column(name, [text if text.strip("0") else None for text in texts[rows]], faults)
            for name, texts in days.items()
        }
        read |= {name: TIMES.column(name, batch.columns[name].to_pylist(), faults) for name in times}
        columns = {name: read[name] if name in read else batch.columns[name] for name in source.headings}
        yield replace(batch, columns=columns, faults=faults)


def _days(path: Path, places: list[int]) -> Days:
    beside = {each.suffix.lower(): each for each in path.parent.iterdir() if each.stem == path.stem}
    with path.open(encoding="latin-1") as file:
        head = list(islice(file, HEAD))
    if not places:
        return {}
    if path.suffix.lower() == ".mif" and ".mid" in beside:
        delimiter = next((found[1] for line in head if (found := DELIMITER.match(line))), "\t")
        return _of_text(beside[".mid"], delimiter, places)
    if ".dat" in beside and any(map(NATIVE.search, head)):
        return _of_table(beside[".dat"], places)
    return {}


def _kinds(head: list[str]) -> list[str]:
    for number, line in enumerate(head):
        if found := COLUMNS.match(line):
            described = head[number + 1 : number + 1 + int(found[1])]
            return [match[1].lower() if (match := KIND.search(column)) else "" for column in described]
    return []


def _of_text(path: Path, delimiter: str, places: list[int]) -> Days:
    found: dict[int, list[str]] = {place: [] for place in places}
    with path.open(encoding="latin-1", newline="") as file:
        for cells in csv.reader(file, delimiter=delimiter):
            if cells:
                for place, texts in found.items():
                    texts.append(cells[place].strip() if place < len(cells) else "")
    return found


def _of_table(path: Path, places: list[int]) -> Days:
    """Year, month and day, the year in two bytes with the smaller first."""
    table = DbaseTable(path)
    found = {}
    for place in places:
        at = table.fields[place].at
        cells = table.rows[table.kept, at : at + DAY_BYTES].astype(int).tolist()
        found[place] = [f"{low + 256 * high:04}{month:02}{day:02}" for low, high, month, day in cells]
    return found
