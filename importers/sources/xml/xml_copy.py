"""Rows of XML for GDAL in a copy where what they say stands as text under names of ours.

GDAL takes fields whose names differ in case for one, makes numbers of codes and other days of those that no calendar has.
"""

import re
import shutil
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any
from xml.sax import SAXParseException
from xml.sax.expatreader import ExpatParser
from xml.sax.saxutils import XMLGenerator
from xml.sax.xmlreader import AttributesImpl

import pyarrow as pa

from importers import encoding as text
from importers.errors import ImporterError
from importers.sources.source import Batch, Problem, Source
from importers.sources.values import Reading
from importers.sources.vector import wrongly_encoded
from layers.sentences.sentence import gettext as _

DECLARED = re.compile(rb"""^\s*<\?xml\s[^>]*encoding\s*=\s*["']([^"']+)""")
DECLARATION = re.compile(r"\A\s*<\?xml.*?\?>", re.DOTALL)
PIECE = 1 << 16
MARK = "="
"""Before every text, so that none looks like a number."""

Elements = list[tuple[str, str]]
"""Those that are open, each with what its attributes call it."""

POSITION = "position"
BETWEEN = "; "
"""Several values of one name in a row."""


@dataclass
class Row:
    """What is said in an element that becomes a row, by where it was said and its name."""

    element: str
    depth: int
    values: dict[tuple[str, str], str]

    def add(self, place: str, name: str, value: str) -> None:
        before = self.values.get((place, name))
        self.values[place, name] = value if before is None else f"{before}{BETWEEN}{value}"


class RowCopy(XMLGenerator, ABC):
    """Of each row what is not ``copied`` is written at its end, under names of ours."""

    rows: frozenset[str]
    dropped: frozenset[str] = frozenset()
    """Elements beside rows that are not copied."""

    def __init__(self, out: Any) -> None:
        super().__init__(out, "utf-8", short_empty_elements=True)
        self.notes: list[str] = []
        self.names: dict[tuple[str, str], str] = {}
        """Ours, by where a value is said and what it is called there."""
        self.path: Elements = []
        self.open: list[Row] = []
        self.texts: list[str] = []
        self.is_leaf = False
        self.dropped_below = 0

    @abstractmethod
    def is_copied(self, name: str) -> bool:
        """Of an element within a row, by its name without prefix."""

    def copied_attributes(self, name: str, attrs: AttributesImpl) -> AttributesImpl:
        return attrs

    @abstractmethod
    def value_name(self, path: Elements) -> tuple[str, str] | None:
        """Where a text is said and its name, by the elements that it is within, each with what its attributes call it;
        None for what is no value."""

    @abstractmethod
    def wrong_positions(self, name: str, attrs: AttributesImpl | None, content: str) -> str:
        """What an element that is copied says of a position and is none: where it begins by its attributes, where it
        ends by its content."""

    @abstractmethod
    def write_values(self, row: Row, values: Mapping[str, str]) -> None:
        """After the row's last element, within it."""

    @contextmanager
    def element(self, name: str, /, **attributes: str) -> Iterator[None]:
        super().startElement(name, AttributesImpl(attributes))
        yield
        super().endElement(name)

    def write(self, name: str, content: str) -> None:
        with self.element(name):
            super().characters(content)

    def startElement(self, name: str, attrs: AttributesImpl) -> None:
        self.path.append((name, attrs.get("name", "")))
        if not self.open and not self.dropped_below and local(name) in self.dropped:
            self.dropped_below = len(self.path)
        if self._is_taken:
            self.texts, self.is_leaf = [], True
            return
        super().startElement(name, self.copied_attributes(local(name), attrs))
        self.texts = []
        if local(name) in self.rows:
            self.open.append(Row(name, len(self.path), {}))
        self._look_at_positions(name, attrs)

    def endElement(self, name: str) -> None:
        if self.open and len(self.path) == self.open[-1].depth:
            row = self.open.pop()
            self.write_values(row, {self._name(key): f"{MARK}{said}" for key, said in row.values.items()})
        if not self._is_taken:
            super().endElement(name)
            self._look_at_positions(name, None, "".join(self.texts))
            self.texts = []
        elif self.open and self.is_leaf and (key := self.value_name(self._within)):
            self.open[-1].add(*key, "".join(self.texts).strip())
        self.is_leaf = False
        if len(self.path) == self.dropped_below:
            self.dropped_below = 0
        self.path.pop()

    def characters(self, content: str) -> None:
        self.texts.append(content)
        if not self._is_taken:
            super().characters(content)

    def _look_at_positions(self, name: str, attrs: AttributesImpl | None, content: str = "") -> None:
        wrong = self.wrong_positions(local(name), attrs, content) if self.open else ""
        for row in self.open if wrong else ():
            row.values.setdefault(("", POSITION), wrong)

    @property
    def _within(self) -> Elements:
        """The elements of the row that are open."""
        return self.path[self.open[-1].depth :] if self.open else []

    @property
    def _is_taken(self) -> bool:
        """Whether what is read now is not copied."""
        within = self._within
        return bool(self.dropped_below or (within and not self.is_copied(local(within[0][0]))))

    def _name(self, key: tuple[str, str]) -> str:
        return self.names.setdefault(key, f"x{len(self.names)}")


def local(name: str) -> str:
    return name.rpartition(":")[2]


def copy(path: Path, kind: type[RowCopy], encoding: str | None) -> tuple[Path, RowCopy]:
    """In a folder within that of the file, under its name."""
    folder = path.parent / "copied"
    folder.mkdir(exist_ok=True)
    chosen, note = (text.resolve(encoding), "") if encoding else encoding_of(path)
    parser = ExpatParser()
    try:
        with path.open(encoding=chosen) as file, (folder / path.name).open("wb") as made:
            writer = kind(made)
            writer.notes += filter(None, [note])
            parser.setContentHandler(writer)
            while piece := file.read(PIECE):
                parser.feed(piece)
            parser.close()
    except SAXParseException as problem:
        raise ImporterError(
            _("{path} cannot be read beyond line {line:,}: {reason}.").format(
                path=path.name, line=problem.getLineNumber(), reason=problem.getMessage()
            )
        ) from None
    except UnicodeError:
        raise wrongly_encoded(path, chosen) from None
    return folder / path.name, writer


def encoding_of(path: Path) -> tuple[str, str]:
    """That which an XML file names, unless its bytes contradict it, and what is to be said of it then."""
    with path.open("rb") as file:
        head = file.read(1024)
    for mark, encoding in text.BYTE_ORDER_MARKS.items():
        if head.startswith(mark):
            return encoding, ""
    said = DECLARED.match(head)
    if said is None and (unmarked := text.unmarked_utf_16(head)):
        return unmarked, ""
    stated = text.resolve(said[1].decode("ascii", "replace").lower()) if said else "utf-8"
    is_plain = "<".encode(stated) == b"<"  # else its first line would not be read as it was
    found = text.compare_file(path, stated) if is_plain else text.detect_file(path)
    return found, "" if found == stated else text.contradiction(path, stated, found)


def in_utf_8(path: Path, encoding: str) -> Path:
    """In a folder within that of the file, under its name: GDAL and expat know few encodings."""
    folder = path.parent / "copied"
    folder.mkdir(exist_ok=True)
    made = folder / path.name
    try:
        with path.open(encoding=encoding) as file, made.open("w", encoding="utf-8") as copied:
            copied.write(DECLARATION.sub("", file.read(PIECE)))
            shutil.copyfileobj(file, copied, PIECE)
    except UnicodeError:
        raise wrongly_encoded(path, encoding) from None
    return made


def readable(path: Path) -> Path:
    """A file whose parts GDAL can name: itself, or what it holds in UTF-8."""
    chosen, note = encoding_of(path)
    return in_utf_8(path, chosen) if note or chosen != "utf-8" else path


def as_written(source: Source, copied: RowCopy, readings: Mapping[tuple[str, str], Reading]) -> Source:
    """The source of a copy with the values of the file; ``readings`` are of those that are more than text."""
    ours = {column: key for key, column in copied.names.items() if column in source.headings}
    standard = {name: column for column, (place, name) in ours.items() if not place}
    columns: dict[str, str] = {}
    for heading in source.headings:
        if heading not in ours:
            columns[heading] = standard.get(heading, heading)
    for column, (place, name) in ours.items():
        if column not in columns.values():
            columns[_free(columns, place, name)] = column
    of_column = {column: readings[key] for column, key in ours.items() if key in readings}
    stream = partial(_stream, source, columns, {*ours}, of_column)
    return replace(source, headings=[*columns], stream=stream, notes=[*copied.notes, *source.notes])


def _free(taken: Mapping[str, str], place: str, name: str) -> str:
    wanted = name
    while wanted in taken:
        wanted = f"{place} {wanted}".strip()
    return wanted


def _stream(
    source: Source, columns: Mapping[str, str], ours: set[str], readings: Mapping[str, Reading]
) -> Iterator[Batch]:
    for batch in source.stream():
        faults = {index: [*each] for index, each in batch.faults.items()}
        found = {
            heading: _read(heading, batch.columns[column], readings.get(column), faults)
            if column in ours
            else batch.columns[column]
            for heading, column in columns.items()
        }
        yield replace(batch, columns=found, faults=faults)


def _read(
    heading: str, column: pa.Array, reading: Reading | None, faults: dict[int, list[Problem]]
) -> pa.Array:
    cells = [None if cell is None else str(cell).removeprefix(MARK) or None for cell in column.to_pylist()]
    return reading.column(heading, cells, faults) if reading else pa.array(cells, pa.string())
