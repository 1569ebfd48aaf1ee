"""MapInfo tables through GDAL, their days and whole numbers as the files say: GDAL breaks off at a day that no calendar has,
and makes the nearest number of one that is too large. Text is in the encoding that its bytes are in."""

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from itertools import islice
from pathlib import Path

from importers import encoding as text

from . import vector
from .dbase import DbaseTable, cut_off
from .source import Batch, Source
from .values import DAYS, TIMES, WHOLE_NUMBERS, Reading

COLUMNS = re.compile(r"^\s*(?:Columns|Fields)\s+(\d+)", re.IGNORECASE)
DELIMITER = re.compile(r'^\s*Delimiter\s+"(.)"', re.IGNORECASE)
KIND = re.compile(r"\s(\w+)\s*(?:\(.*)?(?:;.*)?$")
NATIVE = re.compile(r"Type\s+NATIVE", re.IGNORECASE)
DAY_BYTES = 4
HEAD = 5000
"""Lines in which the columns are described."""

CHARSET = re.compile(r'^(\s*!?charset\s+)"?([\w-]+)"?', re.IGNORECASE)
NEUTRAL = r'\1"Neutral"'
CHARSETS = {
    "windowslatin1": "cp1252",
    "windowssimpchinese": "gb18030",
    "windowstradchinese": "big5",
    "windowsjapanese": "cp932",
    "windowskorean": "cp949",
}
READ = {"date": DAYS, **dict.fromkeys(("integer", "smallint", "largeint"), WHOLE_NUMBERS)}

Texts = Mapping[int, Sequence[str | None]]
"""What is written for each row, by the place of the column."""

Columns = Mapping[str, tuple[Reading, Sequence[str | None]]]


def read(path: Path, file_layer: str | None, encoding: str | None) -> Source:
    head = _head(path)
    beside = {each.suffix.lower(): each for each in path.parent.iterdir() if each.stem == path.stem}
    found, note = (encoding, "") if encoding else _encoding(path, head, beside)
    kinds = _kinds(head)
    written, rows = _written(path, head, beside, kinds)
    source = vector.read(
        _without_charset(path, beside) if note else path, file_layer, found, without=frozenset(written)
    )
    source.notes[:0] = filter(None, [note])
    named = {source.headings[place]: (READ[kinds[place]], texts) for place, texts in written.items()}
    times = [heading for heading, kind in zip(source.headings, kinds, strict=False) if kind == "datetime"]
    return replace(source, stream=partial(_stream, path, source, named, times, rows))


def _head(path: Path) -> list[str]:
    with path.open(encoding="latin-1") as file:
        return list(islice(file, HEAD))


def _encoding(path: Path, head: list[str], beside: Mapping[str, Path]) -> tuple[str | None, str]:
    """None where that of the file is to be found from its rows; else what its bytes are though it says something else."""
    said = next((match[2].lower() for line in head if (match := CHARSET.match(line))), "")
    stated = CHARSETS.get(said)
    if stated is None:
        return None, ""
    rows = beside.get(".mid") if path.suffix.lower() == ".mif" else None
    found = text.compare_file(rows or path, stated)
    return (None, "") if found == stated else (found, text.contradiction(path, stated, found))


def _without_charset(path: Path, beside: Mapping[str, Path]) -> Path:
    """In a folder within that of the file, so that GDAL hands on the bytes as they are."""
    folder = path.parent / "copied"
    folder.mkdir(exist_ok=True)
    made = folder / path.name
    with (
        path.open(encoding="latin-1", newline="") as file,
        made.open("w", encoding="latin-1", newline="") as copied,
    ):
        copied.writelines(CHARSET.sub(NEUTRAL, line) for line in file)
    for each in beside.values():
        if each != path:
            (folder / each.name).symlink_to(each)
    return made


def _stream(path: Path, source: Source, written: Columns, times: list[str], rows: int) -> Iterator[Batch]:
    """Raises ImporterError where there are more rows of values than of shapes."""
    count = 0
    for batch in source.stream():
        faults = {index: [*each] for index, each in batch.faults.items()}
        here = slice(batch.start, batch.start + len(batch))
        read = {name: reading.column(name, texts[here], faults) for name, (reading, texts) in written.items()}
        read |= {name: TIMES.column(name, batch.columns[name].to_pylist(), faults) for name in times}
        columns = {name: read[name] if name in read else batch.columns[name] for name in source.headings}
        yield replace(batch, columns=columns, faults=faults)
        count += len(batch)
    if count < rows:
        raise cut_off(path)


def _written(path: Path, head: list[str], beside: Mapping[str, Path], kinds: list[str]) -> tuple[Texts, int]:
    """What GDAL would change, and how many rows of values there are, 0 where GDAL counts them."""
    if path.suffix.lower() == ".mif" and ".mid" in beside:
        delimiter = next((found[1] for line in head if (found := DELIMITER.match(line))), "\t")
        return _of_text(beside[".mid"], delimiter, kinds)
    days = [place for place, kind in enumerate(kinds) if kind == "date"]
    if days and ".dat" in beside and any(map(NATIVE.search, head)):
        return _of_table(beside[".dat"], days), 0
    return {}, 0


def _kinds(head: list[str]) -> list[str]:
    for number, line in enumerate(head):
        if found := COLUMNS.match(line):
            described = head[number + 1 : number + 1 + int(found[1])]
            return [match[1].lower() if (match := KIND.search(column)) else "" for column in described]
    return []


def _of_text(path: Path, delimiter: str, kinds: list[str]) -> tuple[Texts, int]:
    found: dict[int, list[str | None]] = {place: [] for place, kind in enumerate(kinds) if kind in READ}
    rows = 0
    with path.open(encoding="latin-1", newline="") as file:
        for cells in filter(None, csv.reader(file, delimiter=delimiter)):
            rows += 1
            for place, texts in found.items():
                cell = cells[place].strip() if place < len(cells) else ""
                texts.append(cell if (cell.strip("0") if kinds[place] == "date" else cell) else None)
    return found, rows


def _of_table(path: Path, places: list[int]) -> Texts:
    """Year, month and day, the year in two bytes with the smaller first."""
    table = DbaseTable(path)
    found = {}
    for place in places:
        at = table.fields[place].at
        cells = table.rows[table.kept, at : at + DAY_BYTES].astype(int).tolist()
        days = (f"{low + 256 * high:04}{month:02}{day:02}" for low, high, month, day in cells)
        found[place] = [day if day.strip("0") else None for day in days]
    return found
