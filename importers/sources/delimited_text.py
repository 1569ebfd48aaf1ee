"""CSV and its kin, a batch of rows at a time; positions lie in columns."""

import csv
import re
from collections.abc import Iterable, Iterator
from functools import partial
from itertools import chain
from pathlib import Path

from django.utils.translation import gettext as _

from importers import encoding as text
from importers.errors import ImporterError
from importers.options import label_of

from .source import Batch, Source
from .tables import batches_of, headings_of, without_title
from .vector import first_line

SEPARATORS = ",;\t|"
SEPARATOR_LINE = re.compile(r'"?sep=(.)"?', re.IGNORECASE)
"""The line by which a spreadsheet is told the separator."""
END = "\x04 end of the file"
"""Stands as a line of its own behind the last one, unless a cell is still open there."""
csv.field_size_limit(16 * 1024 * 1024)  # a polygon as WKT


def read(path: Path, encoding: str | None) -> Source:
    chosen = text.resolve(encoding) if encoding else text.detect_file(path)
    lines, notes = without_title(_lines(path, chosen))
    headings = headings_of(path, next(lines, []))
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
            separator, skipped = _separator(file.readline(), file.readline())
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


def _separator(first: str, second: str) -> tuple[str, int]:
    """What stands between cells, and how many lines say nothing else (``sep=;``).

    A title above the headings has none, so the second line is asked as well.
    """
    stated = SEPARATOR_LINE.fullmatch(first.lstrip("\ufeff").strip("\r\n"))
    if stated:
        return stated[1], 1
    return max(SEPARATORS, key=lambda each: (first.count(each), second.count(each))), 0


def _records(path: Path, file: Iterable[str], separator: str, skipped: int) -> Iterator[list[str]]:
    """Raises ImporterError where a quotation mark is never closed, which swallows the rest of the file, the end too."""
    reader = csv.reader(chain(file, [END]), delimiter=separator)
    for record in reader:
        if record and record[-1].endswith(END):
            if record != [END]:
                opened = skipped + reader.line_num - sum(cell.count("\n") for cell in record)
                raise ImporterError(
                    _(
                        "{path}: a quotation mark that is opened in line {line:,} is never closed; put it right and deliver the file again."
                    ).format(path=path.name, line=opened)
                )
            return
        yield record


def _text_rows(path: Path, encoding: str, headings: list[str]) -> Iterator[Batch]:
    lines, _notes = without_title(_lines(path, encoding))
    next(lines, None)
    yield from batches_of(path, (line for line in lines if line), headings)
