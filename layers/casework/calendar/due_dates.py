"""Time limits of procedures: when they end, and from when they warn.

How they are counted, in Asia/Shanghai and in whole seconds:

- Hours run from the moment itself, days from the day after (Civil Code 民法典 Art. 201): the day of the start
  event is not counted. A limit in days ends at 24:00 of its last day (Art. 203), written as 23:59:59.
- A last day that is a holiday moves to the first day after the holiday (Art. 203). Laws may say otherwise
  (Art. 204), so each rule asks for it with `roll`.
- A limit in months ends on the day of its last month that has the number of the start's, on the last day of a month
  that has none (Art. 202).
- Which unit a limit has is the rule's to say: 2, 3, 5 and 7 days are working days in the Penalty Law
  (行政处罚法 Art. 85), limits up to 10 days in the Compulsion Law (行政强制法 Art. 69), every limit in the
  Licensing Law (行政许可法 Art. 82); working hours are local configuration.
- While the clock is stopped nothing is counted. In days, the day it stops is counted and the day it resumes
  is not, as with the start; no law is known to say this, nor that a limit whose last day lies in a pause ends
  with the resuming day: local configuration.
"""

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from layers.casework.procedures.spans import Span, Unit

from .working_calendar import WorkingCalendar, local


@dataclass(frozen=True)
class Pause:
    """The clock is stopped from start to end, or still where there is no end."""

    start: datetime
    end: datetime | None

    def __post_init__(self) -> None:
        if self.end is not None and self.end < self.start:
            raise ValueError(f"a pause cannot end ({self.end}) before it starts ({self.start})")


def due_time(
    start: datetime,
    span: Span,
    calendar: WorkingCalendar,
    *,
    extensions: Sequence[Span] = (),
    pauses: Sequence[Pause] = (),
    roll: bool = False,
) -> datetime | None:
    """The last second of the limit; None while an open pause keeps it from ending.

    Each extension continues where what came before it ended, in its own unit. `roll` moves the last day once,
    after the extensions, and says nothing about limits in hours. Pauses may overlap and come in any order.
    """
    end = local(start)
    for part in (span, *extensions):
        end = _count(end, part, pauses, calendar)
    unit = (span, *extensions)[-1].unit
    while roll and unit.counts_days and not calendar.is_working(end.date()):
        working = datetime.combine(calendar.next_working(end.date()), end.timetz())
        end = _count(working, Span(0, unit), pauses, calendar)
    stopped = any(pause.end is None and _mark(pause.start, unit) <= end for pause in pauses)
    return None if stopped else end


def warning_time(due: datetime, warn: Span, calendar: WorkingCalendar) -> datetime:
    """When a warning begins: the first moment at which no more than ``warn`` is left."""
    if warn.unit is Unit.MONTH:
        return datetime.combine(month_later(local(due).date(), -warn.length), time(), local(due).tzinfo)
    if warn.unit.counts_days:
        step = calendar.add_working_days if warn.unit is Unit.WORKING_DAY else _days_before
        return datetime.combine(step(local(due).date(), -warn.length), time(), local(due).tzinfo)
    moment = due - warn.length * warn.unit.step
    while _left(moment, due, warn.unit, calendar) < warn.length * warn.unit.step:
        moment -= timedelta(minutes=30)
    return moment


def month_later(day: date, count: int) -> date:
    """So many months on, or back where count is negative."""
    years, month = divmod(day.month - 1 + count, 12)
    year = day.year + years
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _days_before(day: date, count: int) -> date:
    return day + timedelta(days=count)


def _count(start: datetime, span: Span, pauses: Sequence[Pause], calendar: WorkingCalendar) -> datetime:
    """The end of a span: every pause that begins before it adds what it took away, and ends before it.

    Months are not always as long, so they are counted from a start that is so much later.
    """
    unit = span.unit
    counted = begun = _mark(start, unit)
    end = _end(begun, span, calendar)
    for halt, resumed in sorted((_mark(p.start, unit), _mark(p.end, unit)) for p in pauses if p.end):
        counted = max(counted, halt)
        if counted <= end and counted < resumed:
            lost = _between(counted, resumed, unit, calendar)
            if unit is Unit.MONTH:
                begun += lost
                end = max(_end(begun, span, calendar), resumed)
            else:
                end = max(_after(end, lost, unit, calendar), resumed)
            counted = resumed
    return end


def _end(mark: datetime, span: Span, calendar: WorkingCalendar) -> datetime:
    if span.unit is Unit.MONTH:
        return datetime.combine(month_later(mark.date(), span.length), mark.timetz())
    return _after(mark, span.length * span.unit.step, span.unit, calendar)


def _mark(moment: datetime, unit: Unit) -> datetime:
    """Where the moment is counted from: itself in hours, the end of its day in days."""
    moment = local(moment).replace(microsecond=0)
    return datetime.combine(moment, time(23, 59, 59, tzinfo=moment.tzinfo)) if unit.counts_days else moment


def _after(mark: datetime, amount: timedelta, unit: Unit, calendar: WorkingCalendar) -> datetime:
    match unit:
        case Unit.WORKING_HOUR:
            return calendar.add_working_time(mark, amount)
        case Unit.WORKING_DAY:
            return datetime.combine(calendar.add_working_days(mark.date(), amount.days), mark.timetz())
        case Unit.HOUR | Unit.CALENDAR_DAY | Unit.MONTH:
            return mark + amount


def _between(since: datetime, until: datetime, unit: Unit, calendar: WorkingCalendar) -> timedelta:
    match unit:
        case Unit.WORKING_HOUR:
            return calendar.working_time_between(since, until)
        case Unit.WORKING_DAY:
            return calendar.working_days_between(since.date(), until.date()) * unit.step
        case Unit.HOUR | Unit.CALENDAR_DAY | Unit.MONTH:
            return until - since


def _left(now: datetime, due: datetime, unit: Unit, calendar: WorkingCalendar) -> timedelta:
    return _between(_mark(now, unit), _mark(due, unit), unit, calendar)
