"""What readers say of single values that cannot be taken as they are written."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from layers.registry.declaration.values import date_or_time, day, number, whole
from layers.sentences.sentence import gettext as _

from .source import Problem

SHOWN, KEPT = 80, 200
"""Letters of a value in a sentence, and beside it."""


def unread_letter(name: str, written: str) -> Problem:
    wrong = _("{name}: a letter of “{value}” cannot be read").format(name=name, value=written[:SHOWN])
    return Problem(wrong, name, written[:KEPT])


def foreign_text(name: str, written: str) -> Problem:
    wrong = _("{name}: “{value}” is written in UTF-8, other than the rest of the file").format(
        name=name, value=written[:SHOWN]
    )
    return Problem(wrong, name, written[:KEPT])


def absent_day(name: str, written: str) -> Problem:
    wrong = _("{name}: “{value}” is no day of the calendar").format(name=name, value=written[:SHOWN])
    return Problem(wrong, name, written[:KEPT])


def no_number(name: str, written: str) -> Problem:
    wrong = _("{name}: “{value}” is no number of its column").format(name=name, value=written[:SHOWN])
    return Problem(wrong, name, written[:KEPT])


def ended_text(name: str, written: str) -> Problem:
    shown = written.replace("\0", "\ufffd")
    wrong = _("{name}: “{value}” holds a character that ends texts").format(name=name, value=shown[:SHOWN])
    return Problem(wrong, name, shown[:KEPT])


def no_position(name: str, written: str) -> Problem:
    wrong = _("{name}: “{value}” is no position").format(name=name, value=written[:SHOWN])
    return Problem(wrong, name, written[:KEPT])


def no_shape() -> Problem:
    return Problem(_("its surfaces hold what is no position, or name one that is not in the file"))


@dataclass(frozen=True)
class Reading:
    """How the texts of a field are read, and what is said of one of which ``read`` raises ValueError."""

    read: Callable[[str], Any]
    fault: Callable[[str, str], Problem]
    kind: pa.DataType

    def column(self, name: str, cells: Iterable[str | None], faults: dict[int, list[Problem]]) -> pa.Array:
        found = []
        for index, cell in enumerate(cells):
            try:
                found.append(None if cell is None else self.read(cell))
            except (ValueError, OverflowError):
                found.append(None)
                faults.setdefault(index, []).append(self.fault(name, cell or ""))
        return pa.array(found, self.kind)


def _time(written: str) -> str:
    date_or_time(written)
    return written


def _time_or_part(written: str) -> str:
    return written if PART_OF_A_DATE.fullmatch(written) else _time(written)


def _none(written: str) -> None:
    raise ValueError(written)


PART_OF_A_DATE = re.compile(r"\d{4}(-(0[1-9]|1[0-2]))?")
DAYS = Reading(day, absent_day, pa.date32())
TIMES = Reading(_time, absent_day, pa.string())
TIMES_OR_YEARS = Reading(_time_or_part, absent_day, pa.string())
NUMBERS = Reading(number, no_number, pa.float64())
WHOLE_NUMBERS = Reading(whole, no_number, pa.int64())
NO_POSITIONS = Reading(_none, no_position, pa.string())
"""Of what is kept only where it is none."""
