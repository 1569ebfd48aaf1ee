"""Which cases somebody asks for: what an address says, as a condition over cases.

The board, the statistics, the search and their links speak of cases in the same words, so that every figure leads
to just the cases that it counts. The condition is laid over :func:`layers.casework.access.permissions.department_cases`.
"""

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode

from django.db.models import Exists, OuterRef, Q
from django.db.models.expressions import RawSQL
from django.utils.timezone import get_default_timezone

from layers.casework.analytics.indicators import MARKS, case_marks_sql, measures
from layers.casework.models import Case, LeadSource, Limit, LimitStatus
from layers.casework.procedures.titles import procedure_titles
from layers.registry.text import Text

NOBODY = "-"
"""Stands for cases without an officer, a grid cell or a division."""

CODE = re.compile(r"[\w.\-]{1,40}")
FIRST, LAST = date(1990, 1, 1), date(2200, 1, 1)


class CaseStanding:
    """How an open case stands to the agency's next limit."""

    ON_TIME = "on_time"
    WARNING = "warning"
    OVERDUE = "overdue"
    UNLIMITED = "unlimited"
    OPEN = "open"
    CLOSED = "closed"


STANDINGS: Mapping[str, Text] = {
    CaseStanding.ON_TIME: Text("期限内", "On time"),
    CaseStanding.WARNING: Text("即将到期", "Due soon"),
    CaseStanding.OVERDUE: Text("已逾期", "Overdue"),
    CaseStanding.UNLIMITED: Text("未计时", "No limit running"),
    CaseStanding.OPEN: Text("在办", "Open"),
    CaseStanding.CLOSED: Text("已结", "Closed"),
}

SOON = timedelta(days=1)
"""From when a case warns that has a due time but no limits of ours, such as one from another system."""


class FilterError(ValueError):
    """The address asks for something that makes no sense; ``sentence`` says what."""

    def __init__(self, sentence: Text) -> None:
        self.sentence = sentence
        super().__init__(str(sentence))


@dataclass(frozen=True)
class CaseFilter:
    """Codes as they stand in addresses, "" where all are meant; days are those on which cases were reported."""

    state: str = ""
    standing: str = ""
    officer: str = ""
    grid: str = ""
    division: str = ""
    department: str = ""
    category: str = ""
    procedure: str = ""
    lead: str = ""
    post: str = ""
    measure: str = ""
    since: date | None = None
    until: date | None = None
    closed_since: date | None = None
    closed_until: date | None = None

    def q(self, now: datetime) -> Q:
        """The condition over :class:`~layers.casework.models.Case`."""
        found = Q()
        for name, condition in _CONDITIONS.items():
            value = getattr(self, name)
            if value:
                found &= condition(value)
        if self.standing:
            found &= standing_q(self.standing, now)
        if self.measure:
            found &= measure_q(self.measure, found, now)
        return found

    def query(self, **changes: object) -> str:
        """The address's query, with some of the words changed."""
        words = {name: getattr(self, name) for name in NAMES} | changes
        return urlencode({NAMES[name]: str(value) for name, value in words.items() if value})

    def __bool__(self) -> bool:
        return any(getattr(self, field.name) for field in fields(self))


NAMES = {field.name: field.name for field in fields(CaseFilter)} | {"since": "from", "until": "to"}
"""The fields by the names that addresses use."""


def parse_filter(query: Mapping[str, str]) -> CaseFilter:
    """Other words in the address are left alone. Raises FilterError."""
    words = {name: query.get(word, "").strip() for name, word in NAMES.items()}
    found: dict[str, Any] = {**words, **{name: _day(NAMES[name], words[name]) for name in DAYS}}
    for name, value in words.items():
        if name not in DAYS:
            _check(name, value)
    _check_order(found["since"], found["until"])
    _check_order(found["closed_since"], found["closed_until"])
    return CaseFilter(**found)


DAYS = ("since", "until", "closed_since", "closed_until")

_KNOWN: Mapping[str, frozenset[str]] = {
    "standing": frozenset(STANDINGS),
    "lead": frozenset(LeadSource.values),
}


def _check(name: str, value: str) -> None:
    known = _known(name) if value else None
    fits = len(value) <= 80 if name == "category" else CODE.fullmatch(value) is not None
    if value and ((known is not None and value not in known) or not fits):
        shown = value[:40]
        raise FilterError(
            Text(
                f"“{NAMES[name]}”不能是“{shown}”。",
                f"“{shown}” is no value of “{NAMES[name]}”.",
            )
        )


def _known(name: str) -> Collection[str] | None:
    if name == "procedure":
        return procedure_titles()
    return measures() if name == "measure" else _KNOWN.get(name)


def _day(word: str, value: str) -> date | None:
    if not value:
        return None
    try:
        found = date.fromisoformat(value)
    except ValueError:
        found = None
    if found is None or not FIRST <= found <= LAST:
        raise FilterError(
            Text(
                f"“{word}”须为 2026-11-24 这样的日期。",
                f"“{word}” must be a day such as 2026-11-24.",
            )
        )
    return found


def _check_order(first: date | None, last: date | None) -> None:
    if first and last and first > last:
        raise FilterError(
            Text(
                f"起始日期 {first} 晚于截止日期 {last}。",
                f"The first day {first} is after the last day {last}.",
            )
        )


def start_of_day(day: date) -> datetime:
    return datetime.combine(day, time(), get_default_timezone())


def standing_q(standing: str, now: datetime) -> Q:
    """A case stands by the next limit of the agency, which is its ``due``."""
    running = Limit.objects.filter(case=OuterRef("pk"), status=LimitStatus.RUNNING)
    next_limit = running.filter(due=OuterRef("due"))
    warned = Exists(next_limit.filter(warn__lte=now))
    bare = Q(due__lt=now + SOON) & ~Exists(next_limit)
    is_open, ahead = Q(closed=None), Q(due__gte=now)
    return {
        CaseStanding.OPEN: is_open,
        CaseStanding.CLOSED: ~is_open,
        CaseStanding.UNLIMITED: is_open & Q(due=None),
        CaseStanding.OVERDUE: is_open & Q(due__lt=now),
        CaseStanding.WARNING: is_open & ahead & (warned | bare),
        CaseStanding.ON_TIME: is_open & ahead & ~(warned | bare),
    }[standing]


def measure_q(measure: str, among: Q, now: datetime) -> Q:
    """The cases of one set of :func:`~layers.casework.analytics.indicators.measures`, among those of a condition."""
    sql, params = case_marks_sql(Case.objects.filter(among), now)
    marks = f"SELECT *, {MARKS} FROM ({sql}) AS said"
    keys = f"SELECT id FROM ({marks}) AS marked WHERE {measures()[measure].sql}"
    return Q(pk__in=RawSQL(keys, params))  # noqa: S611


def _code_q(path: str) -> Callable[[str], Q]:
    return lambda value: Q(**{path.rpartition("__")[0]: None}) if value == NOBODY else Q(**{path: value})


def _division_q(code: str) -> Q:
    """A division's cases, with those of its parts: codes of nine and of six digits are filled up with zeros."""
    for digits in (6, 9):
        if code.isdigit() and len(code) == 12 and set(code[digits:]) == {"0"}:
            return Q(division__code__startswith=code[:digits])
    return _code_q("division__code")(code)


def _post_q(post: str) -> Q:
    """Cases in which somebody with this post took a step."""
    return Q(summary__posts__contains=[post])


_CONDITIONS: Mapping[str, Callable[..., Q]] = {
    "state": lambda value: Q(state=value),
    "officer": _code_q("handler__code"),
    "grid": _code_q("grid_cell__code"),
    "division": _division_q,
    "department": lambda value: Q(department__code=value),
    "category": lambda value: Q(category=value),
    "procedure": lambda value: Q(procedure=value),
    "lead": lambda value: Q(lead_source=value),
    "post": _post_q,
    "since": lambda day: Q(reported__gte=start_of_day(day)),
    "until": lambda day: Q(reported__lt=start_of_day(day + timedelta(days=1))),
    "closed_since": lambda day: Q(closed__gte=day),
    "closed_until": lambda day: Q(closed__lte=day),
}
