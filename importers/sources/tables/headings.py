"""Where the headings of a table stand: below titles, in one line or, where cells are merged, in several."""

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import chain, islice, pairwise
from pathlib import Path
from typing import Any, TypeVar

from importers.encoding import legible
from importers.errors import ImporterError
from importers.position_words import name_pairs, name_positions
from layers.sentences.sentence import gettext as _

MOST_TITLES, MOST_LINES = 5, 3
"""Lines above the headings, and lines that these fill."""

Line = list[str]
Cells = TypeVar("Cells", bound=Sequence[Any])


def split_headings(path: Path, rows: Iterator[Cells]) -> tuple[list[str], Iterator[Cells], list[str]]:
    """The headings, the rows below them, and what is to be said of how they were found."""
    first = list(islice(rows, MOST_TITLES + MOST_LINES + 1))
    lines = [["" if cell is None else str(cell).strip() for cell in row] for row in first]
    start = _first_line(lines)
    end = start + _filled_lines(lines[start:])
    found = _joined(lines[start:end]) if lines else []
    if start and len(set(found)) < len(found) and len(_cells(lines[start - 1])) > 1:
        found, start = _joined(lines[start - 1 : end]), start - 1
    notes = []
    if said := ", ".join(f"“{_title(line)}”" for line in lines[:start] if any(line)):
        notes.append(_("above the headings stands {titles}, a title").format(titles=said))
    if end - start > 1:
        notes.append(_("the headings fill {count} lines").format(count=end - start))
    return _named(path, found), chain(first[end:], rows), notes


def _first_line(lines: list[Line]) -> int:
    """Below titles: lines with one cell or none above a line of several, under which several are filled too; also lines
    with several cells above a fuller one that says where the rows lie."""
    start = next((number for number, line in enumerate(lines) if len(_cells(line)) > 1), 0)
    if any(len(_cells(line)) == 1 for line in lines[start + 1 : start + 2]):
        start = 0
    known = _cells(lines[start]) if lines else []
    if _name_positions([known]) and len(set(known)) == len(known):
        return start
    for number in range(start + 1, min(len(lines), MOST_TITLES + 1)):
        if not _name_positions(lines[number : number + 1]):
            continue
        merged = (above for above in range(start, number) if above + _filled_lines(lines[above:]) > number)
        if (above := next(merged, None)) is not None:
            return above
        if len(_cells(lines[number])) > len(known) or len(set(known)) < len(known):
            return number
    return start


def _filled_lines(lines: list[Line]) -> int:
    """How many lines the headings fill, by their merged cells: of each only the first is filled, and what it is over is
    named in the next line, where all else is empty."""
    width = max((number + 1 for line in lines for number, cell in enumerate(line) if cell), default=0)
    tops = [bool(cell) for cell in _padded(lines[0], width)] if lines else []
    count = 1
    for line in lines[1:MOST_LINES]:
        over = _merged(tops)
        filled = [bool(cell) for cell in _padded(line, width)]
        firsts = [number for number, top in enumerate(tops) if top and over[number]]
        outside = any(cell and not inside for cell, inside in zip(filled, over, strict=True))
        outside = outside and not name_pairs({cell.lower() for cell in line})
        if not firsts or outside or not all(filled[number] for number in firsts):
            break
        if over[0] and not _name_positions([line]):
            break  # a row whose first cells alone are filled
        tops = [top or cell for top, cell in zip(tops, filled, strict=True)]
        count += 1
    return count if count == 1 or all(tops) else 1


def _merged(tops: list[bool]) -> list[bool]:
    """Whether each column lies under a cell that is over several; what is right of the last one with a cell may be."""
    starts = [number for number, top in enumerate(tops) if top]
    found = [False] * len(tops)
    for start, end in pairwise([*starts, len(tops)]):
        found[start:end] = [end - start > 1] * (end - start)
    return found


def _joined(lines: list[Line]) -> Line:
    """The lowest cell of each column, with those above it where it stands over several."""
    width = max(map(len, lines))
    columns: list[Line] = [[] for _column in range(width)]
    named: set[int] = set()
    for line in lines:
        above, before = "", set(named)
        for number, cell in enumerate(_padded(line, width)):
            above = cell or ("" if number in before or line is lines[-1] else above)
            columns[number] += [above] if above else []
            named |= {number} if cell else set()
    lowest = [column[-1] if column else "" for column in columns]
    often = Counter(lowest)
    return [
        " ".join(dict.fromkeys(column)) if often[last] > 1 else last
        for column, last in zip(columns, lowest, strict=True)
    ]


def _named(path: Path, headings: Line) -> list[str]:
    while headings and not headings[-1]:
        headings = headings[:-1]
    if not headings:
        raise ImporterError(_("{path} holds no rows.").format(path=path.name))
    named = [heading or f"column {place}" for place, heading in enumerate(headings, 1)]
    if len(set(named)) < len(named):
        raise ImporterError(
            _("{path} has two columns of the same name; rename one of them.").format(path=path.name)
        )
    return named


def _name_positions(lines: list[Line]) -> bool:
    return name_positions({cell.lower() for line in lines for cell in line})


def _cells(line: Line) -> Line:
    return [cell for cell in line if cell]


def _padded(line: Line, width: int) -> Line:
    return [*line, *[""] * (width - len(line))]


def _title(line: Line) -> str:
    return legible(" ".join(_cells(line))[:80])
