"""Excel sheets, a batch of rows at a time; positions lie in columns."""

from collections.abc import Generator, Iterator
from contextlib import closing, contextmanager
from functools import partial
from itertools import chain, starmap
from pathlib import Path
from typing import Any

from importers.errors import ImporterError
from importers.options import label_of
from importers.sources.source import Batch, Source
from importers.sources.vector import first_line
from layers.child_process.limits import Limits
from layers.child_process.work import values_limited
from layers.errors import TooCostly
from layers.sentences.sentence import gettext as _

from . import sheet_cells
from .batches import batches_of, says_something
from .headings import split_headings
from .merged_cells import Merged, Row, fill

LIMITS = Limits(megabytes=1500, seconds=300, written=0)
"""A sheet of a million rows and six columns takes a third of the memory."""


def read(path: Path, sheet: str | None) -> Source:
    name, hidden = _choose(path, sheet)
    with _rows(path, name) as (merged, found):
        headings, rows, notes = split_headings(path, found)
        notes = [*hidden, *notes]
        first = next(rows, None)
        below = [] if first is None else [each for each in merged if each[0] >= first.number]
        if below:
            notes.append(
                _("{count:,} merged cells are over several rows; what they say was taken for each").format(
                    count=len(below)
                )
            )
        batch = next(_batches(path, chain(filter(None, [first]), rows), headings, merged), None)
    source = Source(headings, partial(_stream, path, name, headings), notes=notes, midnights_as_days=True)
    if batch is not None:
        source.sample = batch  # or all would be read again for it
    return source


def sheets(path: Path) -> list[str]:
    """Those with cells; a chart that fills a sheet has none."""
    return [name for name, _is_seen in _sheets(path)]


def _sheets(path: Path) -> list[tuple[str, bool]]:
    """Each with whether it is seen where the workbook is opened."""
    if not (found := [(name, is_seen) for name, is_seen in _values(path)]):
        raise ImporterError(_("{path} holds no rows.").format(path=path.name))
    return found


def _choose(path: Path, sheet: str | None) -> tuple[str, list[str]]:
    """The one that is meant, or the only one that is seen; and what is to be said of others."""
    found = _sheets(path)
    names, seen = [name for name, _is_seen in found], [name for name, is_seen in found if is_seen]
    if sheet is None and len(seen) == 1 < len(names):
        hidden = _(", ").join(name for name in names if name not in seen)
        return seen[0], [_("hidden sheets that were not read: {names}").format(names=hidden)]
    if sheet is not None and sheet not in names:
        raise ImporterError(
            _("{path} has no sheet “{sheet}”; it has {names}.").format(
                path=path.name, sheet=sheet, names=", ".join(names)
            )
        )
    if sheet is None and len(names) > 1:
        raise ImporterError(
            _("{path} holds several sheets; choose one under {option}: {names}.").format(
                option=label_of("file_layer"), path=path.name, names=", ".join(names)
            )
        )
    return sheet or names[0], []


def _stream(path: Path, name: str, headings: list[str]) -> Iterator[Batch]:
    with _rows(path, name) as (merged, found):
        _headings, rows, _notes = split_headings(path, found)
        yield from _batches(path, rows, headings, merged)


def _batches(path: Path, rows: Iterator[Row], headings: list[str], merged: Merged) -> Iterator[Batch]:
    filled = (row for row in rows if says_something(row))
    return batches_of(path, fill(filled, merged), headings)


@contextmanager
def _rows(path: Path, name: str) -> Iterator[tuple[Merged, Iterator[Row]]]:
    """The merged cells and the rows of a sheet, to be read within the block."""
    with closing(_values(path, name)) as values:
        if next(values):
            raise ImporterError(
                _(
                    "{path} holds formulas without their results; open it in a spreadsheet, save it and deliver it again."
                ).format(path=path.name)
            )
        yield next(values), starmap(Row, enumerate(chain.from_iterable(values), 1))


def _values(path: Path, *name: str) -> Generator[Any]:
    try:
        yield from values_limited(LIMITS, sheet_cells.values, str(path), *name)
    except TooCostly:
        raise ImporterError(
            _(
                "{path} takes more memory or time than a workbook may; remove cells that stand far from the others, or save the sheet as CSV."
            ).format(path=path.name)
        ) from None
    except Exception as problem:  # noqa: BLE001  whatever reading a stranger's file raises
        raise ImporterError(
            _("{path} is no Excel workbook (.xlsx): {reason}.").format(
                path=path.name, reason=first_line(problem)
            )
        ) from None
