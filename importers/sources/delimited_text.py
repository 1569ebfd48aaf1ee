"""CSV and its kin, a batch of rows at a time; positions lie in columns."""

import csv
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from django.utils.translation import gettext as _

from importers import encoding as text
from importers.errors import ImporterError

from .source import Batch, Source
from .tables import batches_of, headings_of
from .vector import first_line

SEPARATORS = ",;\t|"
csv.field_size_limit(16 * 1024 * 1024)  # a polygon as WKT


def read(path: Path, encoding: str | None) -> Source:
    chosen = text.resolve(encoding) if encoding else text.detect_file(path)
    lines = _lines(path, chosen)
    headings = headings_of(path, next(lines, []))
    return Source(
        headings,
        partial(_text_rows, path, chosen, headings),
        notes=[_("text read as {chosen}").format(chosen=chosen)],
    )


def _lines(path: Path, encoding: str) -> Iterator[list[str]]:
    try:
        with path.open(encoding=encoding, newline="") as file:
            first = file.readline()
            file.seek(0)
            separator = max(SEPARATORS, key=first.count)
            yield from csv.reader(file, delimiter=separator)
    except UnicodeError:
        raise ImporterError(
            _("{path} is not written in {encoding}; name its encoding with --encoding.").format(
                path=path.name, encoding=encoding
            )
        ) from None
    except csv.Error as problem:
        raise ImporterError(
            _("{path} is no table: {reason}.").format(path=path.name, reason=first_line(problem))
        ) from None


def _text_rows(path: Path, encoding: str, headings: list[str]) -> Iterator[Batch]:
    lines = _lines(path, encoding)
    next(lines, None)
    yield from batches_of(path, (line for line in lines if line), headings)
