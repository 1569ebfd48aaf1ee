"""What is owed on a day, counted from the entries and from nothing else.

- Each day after the last day to pay adds the daily percentage of what is late on it (行政处罚法 Art. 72(1)), at most as
  much as was decided. Of a fine that is paid in part the rest alone is late, and what is paid goes to the fine before
  it goes to what was added: no law says either, local configuration.
- Nothing is added from the day on which a remedy was asked for to the day on which it was concluded (Art. 73).
- A deferral divides what is left by its instalments, evenly in amount and in time, the last one on its last day
  (Art. 66); a last day that is a holiday moves to the next working day, as of every limit (Civil Code, Art. 203).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from layers.casework.calendar.working_calendar import WorkingCalendar
from layers.casework.procedures.money import EntryKind, MoneyState

from .entries import FEN, NOTHING, MoneyEntry

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Instalment:
    due: date
    amount: Decimal


@dataclass(frozen=True)
class Account:
    """Yuan on a day. ``surcharge`` is what was added less what was ``reduced``; ``due`` the next last day to pay, None
    where there is none; ``late`` what of the debt is past it; ``written_off`` what nobody collects any more."""

    decided: Decimal = NOTHING
    paid: Decimal = NOTHING
    refunded: Decimal = NOTHING
    surcharge: Decimal = NOTHING
    reduced: Decimal = NOTHING
    late: Decimal = NOTHING
    written_off: Decimal = NOTHING
    due: date | None = None
    instalments: tuple[Instalment, ...] = ()

    @property
    def held(self) -> Decimal:
        return self.paid - self.refunded

    @property
    def owed_debt(self) -> Decimal:
        """Of what was decided."""
        return NOTHING if self.written_off else max(NOTHING, self.decided - self.held)

    @property
    def owed(self) -> Decimal:
        return max(NOTHING, self.decided + self.surcharge - self.held - self.written_off)

    @property
    def owed_surcharge(self) -> Decimal:
        return self.owed - self.owed_debt

    @property
    def overpaid(self) -> Decimal:
        return max(NOTHING, self.held - self.decided - self.surcharge)

    @property
    def states(self) -> frozenset[MoneyState]:
        told = {
            MoneyState.OWED: self.owed > 0,
            MoneyState.LATE: self.late > 0 and self.owed > 0,
            MoneyState.OVERPAID: self.overpaid > 0,
            MoneyState.SETTLED: self.owed == 0 and self.overpaid == 0,
        }
        return frozenset(state for state, holds in told.items() if holds)


def account_on(
    day: date,
    entries: Sequence[MoneyEntry],
    due: date | None,
    daily: Decimal,
    calendar: Callable[[], WorkingCalendar] = WorkingCalendar,
) -> Account:
    """``due`` is the last day to pay that the decision gives, None until it is known; ``daily`` is in percent."""
    book = _Book(due=due, daily=daily, calendar=calendar)
    for entry in entries:
        if entry.on <= day:
            book.enter(entry)
    return book.account(day)


@dataclass
class _Book:
    due: date | None
    daily: Decimal
    calendar: Callable[[], WorkingCalendar]
    decided: Decimal = NOTHING
    reduced: Decimal = NOTHING
    written_off: Decimal = NOTHING
    moved: list[tuple[date, Decimal]] = field(default_factory=list)
    refunded: Decimal = NOTHING
    plans: list[tuple[date, Decimal, tuple[Instalment, ...]]] = field(default_factory=list)
    halts: list[tuple[date, date]] = field(default_factory=list)
    ended: date | None = None

    def enter(self, entry: MoneyEntry) -> None:
        match entry.kind:
            case EntryKind.DECIDED | EntryKind.CANCELLED:
                self.decided, self.reduced, self.written_off = entry.amount, NOTHING, NOTHING
                self.plans, self.halts, self.ended = [], [], None
            case EntryKind.PAID:
                self.moved.append((entry.on, entry.amount))
            case EntryKind.REFUNDED:
                self.moved.append((entry.on, -entry.amount))
                self.refunded += entry.amount
            case EntryKind.REDUCED:
                self.reduced += entry.amount
            case EntryKind.DEFERRED if entry.until:
                rest = max(NOTHING, self.decided - self.held(entry.on + DAY))
                self.plans.append((entry.on, self.decided - rest, instalments(entry, rest, self.calendar())))
            case EntryKind.HALTED:
                self.halts.append((entry.on, date.max))
            case EntryKind.CONTINUED if self.halts:
                self.halts[-1] = (self.halts[-1][0], entry.on)
            case EntryKind.ENDED:
                self.ended = entry.on
                self.written_off = self.account(entry.on).owed

    def held(self, before: date) -> Decimal:
        return sum((amount for on, amount in self.moved if on < before), NOTHING)

    def late(self, day: date) -> Decimal:
        """What of the debt should have been paid before the day, and was not."""
        plan = next((each for each in reversed(self.plans) if each[0] < day), None)
        if plan:
            called = plan[1] + sum((each.amount for each in plan[2] if each.due < day), NOTHING)
        else:
            called = self.decided if self.due and self.due < day else NOTHING
        return max(NOTHING, called - self.held(day))

    def surcharge(self, day: date) -> Decimal:
        """From the first day late to the day, both counted."""
        found, last = NOTHING, min(day, self.ended or day)
        at = min((each for each in (self.due, *(plan[0] for plan in self.plans)) if each), default=last) + DAY
        while at <= last and found < self.decided:
            if not any(start <= at <= end for start, end in self.halts):
                found += self.late(at) * self.daily / 100
            at += DAY
        return min(found, self.decided).quantize(FEN)

    def account(self, day: date) -> Account:
        plan = self.plans[-1][2] if self.plans else ()
        added = self.surcharge(day)
        reduced = min(self.reduced, added)
        held = self.held(day + DAY)
        waiting = [each.due for each in plan if each.due >= day]
        return Account(
            decided=self.decided,
            paid=held + self.refunded,
            refunded=self.refunded,
            surcharge=added - reduced,
            reduced=reduced,
            late=self.late(day) if held < self.decided else NOTHING,
            written_off=self.written_off,
            due=(min(waiting) if waiting else plan[-1].due) if plan else self.due,
            instalments=plan,
        )


def instalments(entry: MoneyEntry, rest: Decimal, calendar: WorkingCalendar) -> tuple[Instalment, ...]:
    """The last one takes what does not divide."""
    assert entry.until is not None  # noqa: S101 - a deferral has a last day
    span, part = entry.until - entry.on, (rest / entry.parts).quantize(FEN)
    days = [
        calendar.next_working(entry.on + span * number // entry.parts) for number in range(1, entry.parts + 1)
    ]
    amounts = [part] * (entry.parts - 1) + [rest - part * (entry.parts - 1)]
    return tuple(map(Instalment, days, amounts))
