"""CSV and its kin, a batch of rows at a time; positions lie in columns."""

import csv
import re
from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path

from importers import encoding as text
from importers.errors import ImporterError
from importers.options import label_of
from importers.sources.source import Batch, Source
from importers.sources.vector import first_line
from layers.sentences.sentence import gettext as _

from .batches import batches_of, says_something
from .headings import MOST_TITLES, split_headings

SEPARATORS = ",;\t|"
SEPARATOR_LINE = re.compile(r'"?sep=(.)"?', re.IGNORECASE)
"""The line by which a spreadsheet is told the separator."""
csv.field_size_limit(16 * 1024 * 1024)  # a polygon as WKT


def read(path: Path, encoding: str | None) -> Source:
    chosen = text.resolve(encoding) if encoding else text.detect_file(path)
    headings, _rows, notes = split_headings(path, _lines(path, chosen))
    if headings != list(map(text.legible, headings)):
        raise _wrongly_encoded(path, chosen)
    return Source(
        headings,
        partial(_text_rows, path, chosen, headings),
        notes=[_("text read as {chosen}").format(chosen=chosen), *notes],
    )


def _lines(path: Path, encoding: str) -> Iterator[list[str]]:
    try:
        with path.open(encoding=encoding, newline="", errors="surrogateescape") as file:
            separator, skipped = _separator([file.readline() for _line in range(MOST_TITLES + 1)])
            file.seek(0)
            for _line in range(skipped):
                file.readline()
            yield from _records(path, file, separator, skipped)
    except UnicodeError:
        raise _wrongly_encoded(path, encoding) from None
    except csv.Error as problem:
        raise ImporterError(
            _("{path} is no table: {reason}.").format(path=path.name, reason=first_line(problem))
        ) from None


def _wrongly_encoded(path: Path, encoding: str) -> ImporterError:
    return ImporterError(
        _("{path} is not written in {encoding}; choose its encoding under {option}.").format(
            option=label_of("encoding"), path=path.name, encoding=encoding
        )
    )


def _separator(lines: list[str]) -> tuple[str, int]:
    """What stands between cells, and how many lines say nothing else (``sep=;``).

    Titles above the headings have none or another, so the lines after them are asked as well.
    """
    stated = SEPARATOR_LINE.fullmatch(lines[0].lstrip("\ufeff").strip("\r\n"))
    if stated:
        return stated[1], 1
    counts = {each: [line.count(each) for line in lines] for each in SEPARATORS}
    return max(SEPARATORS, key=lambda each: (sum(map(bool, counts[each])), counts[each])), 0


def _records(path: Path, file: Iterable[str], separator: str, skipped: int) -> Iterator[list[str]]:
    """Raises ImporterError where a quotation mark is never closed, or what is between two is followed by more."""
    reader = csv.reader(file, delimiter=separator, strict=True)
    while True:
        line = skipped + reader.line_num + 1
        try:
            record = next(reader, None)
        except csv.Error as problem:
            if "field larger" in str(problem):
                raise
            raise _unclosed(path, line, at_end="end of data" in str(problem)) from None
        if record is None:
            return
        yield record


def _unclosed(path: Path, line: int, *, at_end: bool) -> ImporterError:
    if at_end:
        said = _(
            "{path}: a quotation mark that is opened in line {line:,} is never closed; put it right and deliver the file again."
        )
    else:
        said = _(
            "{path}: in line {line:,} text goes on after a closing quotation mark; write quotation marks within a cell twice and deliver the file again."
        )
    return ImporterError(said.format(path=path.name, line=line))


def _text_rows(path: Path, encoding: str, headings: list[str]) -> Iterator[Batch]:
    _headings, lines, _notes = split_headings(path, _lines(path, encoding))
    yield from batches_of(path, filter(says_something, lines), headings, encoding)
