"""What the rules may ask of a case, as it stands at a moment."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from layers.casework.calendar.working_calendar import WorkingCalendar
from layers.casework.procedures.conditions import Facts
from layers.casework.procedures.model import Procedure

from .money.account import Account, account_on
from .money.entries import CHANGING, MoneyEntry
from .step_records import PaperCall, StepRecord


@dataclass(frozen=True)
class CaseInventory:
    """What a case has: pieces of evidence by kind, how many came after the last time of each step, whether its geometry is of the procedure's kind, the roles in
    which somebody takes part, the features that it is about where the procedure has rules of them, and the documents
    that steps called for and that nobody made yet, each with its step."""

    evidence: Mapping[str, int] = field(default_factory=dict)
    located: bool = True
    parties: frozenset[str] = frozenset()
    subjects: frozenset[tuple[str, int]] = frozenset()
    wanting: tuple[PaperCall, ...] = ()
    since: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class CaseDates:
    """What the dates of a form are held against.

    ``steps`` are the days of the opening and of the steps taken, ``limits`` the last days of the case's limits,
    ``starts`` the days on which these began. ``calendar`` is asked for only where working days are counted.
    """

    today: date
    steps: Mapping[str, date] = field(default_factory=dict)
    limits: Mapping[str, date] = field(default_factory=dict)
    starts: Mapping[str, date] = field(default_factory=dict)
    calendar: Callable[[], WorkingCalendar] = WorkingCalendar


@dataclass(frozen=True)
class CaseSnapshot:
    """A case in one state of its procedure. Without ``inventory`` evidence and geometry are not looked at,
    without ``dates`` no date of a form is."""

    procedure: Procedure
    state: str
    facts: Facts
    history: Sequence[StepRecord] = ()
    inventory: CaseInventory | None = None
    dates: CaseDates | None = None
    entries: Sequence[MoneyEntry] = ()

    @property
    def account(self) -> Account:
        """On the day of its dates; without them nothing is late."""
        return procedure_account(self.procedure, self.entries, self.dates)


def procedure_account(
    procedure: Procedure, entries: Sequence[MoneyEntry], dates: CaseDates | None
) -> Account:
    if procedure.money is None or not entries:
        return Account()
    if dates is None:
        return account_on(max(each.on for each in entries), entries, None, procedure.money.daily)
    due = _last_day(procedure.money.due, entries, dates)
    return account_on(dates.today, entries, due, procedure.money.daily, dates.calendar)


def _last_day(limit: str, entries: Sequence[MoneyEntry], dates: CaseDates) -> date | None:
    """To pay what was decided last; None while only what was decided before had a limit."""
    decided = max((each.on for each in entries if each.kind in CHANGING), default=date.min)
    return dates.limits.get(limit) if dates.starts.get(limit, date.min) >= decided else None
