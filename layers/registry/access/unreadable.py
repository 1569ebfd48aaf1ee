"""Values that the database holds and Python has no word for: infinite dates and numbers, years before the first or
beyond the last, times that other time zones put there."""

import math
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.backends.utils import CursorWrapper
from psycopg2.extensions import PYDATE, PYDATETIME, PYDATETIMETZ, new_type, register_type

DATE, TIMESTAMP, TIMESTAMPTZ = 1082, 1114, 1184
NUMBERS = (700, 701, 1700)
"""Object identifiers of types, as PostgreSQL numbers them."""


class Unreadable:
    """Stands for such a value; ``text`` is what the database writes."""

    def __init__(self, text: str) -> None:
        self.text = text

    def __str__(self) -> str:
        return self.text


def read_what_can_be(cursor: CursorWrapper) -> None:
    """Have the cursor give :class:`Unreadable` for a date or time where it would raise or give another one."""
    for caster in CASTERS:
        register_type(caster, cursor.cursor)


def readable(value: Any) -> Any:
    """A number as it is, unless it is infinite or none."""
    if isinstance(value, float | Decimal) and not math.isfinite(value):
        return Unreadable(str(value))
    return value


def readable_sql(value: str, type_code: int) -> str:
    """The same of an SQL value, as a condition; empty for types all of whose values can be read."""
    if type_code in NUMBERS:
        return f"{value} NOT IN ('NaN', 'Infinity', '-Infinity')"
    if type_code == DATE:
        return f"{value} BETWEEN '0001-01-01' AND '9999-12-31'"
    if type_code in {TIMESTAMP, TIMESTAMPTZ}:  # not of the first and last year, as below
        return f"({value} >= '0002-01-01' AND {value} < '9999-01-01')"
    return ""


def unreadable_member(row: Mapping[str, Any]) -> dict[str, list[str]]:
    """A member beside the properties of a GeoJSON feature that names those which are null because of it."""
    names = [name for name, value in row.items() if isinstance(value, Unreadable)]
    return {"unreadable": names} if names else {}


def _day(text: Any, cursor: Any) -> Any:
    return _read(PYDATE, text, cursor)


def _time(text: Any, cursor: Any) -> Any:
    return _within(_read(PYDATETIME, text, cursor), text)


def _time_with_zone(text: Any, cursor: Any) -> Any:
    return _within(_read(PYDATETIMETZ, text, cursor), text)


def _read(read: Any, text: str | None, cursor: Any) -> Any:
    if text is None:
        return None
    if text.endswith(("infinity", "BC")):
        return Unreadable(text)
    try:
        return read(text, cursor)
    except (ValueError, OverflowError):
        return Unreadable(text)


def _within(found: Any, text: str) -> Any:
    """Not of the first and last year: in some time zone they have no name."""
    is_time = isinstance(found, datetime)
    return Unreadable(text) if is_time and not date.min.year < found.year < date.max.year else found


CASTERS = (
    new_type((DATE,), "DATE", _day),
    new_type((TIMESTAMP,), "TIMESTAMP", _time),
    new_type((TIMESTAMPTZ,), "TIMESTAMPTZ", _time_with_zone),
)
