"""Working days and working hours of the district; all local times are Asia/Shanghai."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import takewhile
from zoneinfo import ZoneInfo

from chinese_calendar import holidays, workdays

LOCAL = ZoneInfo("Asia/Shanghai")
OFFICE_HOURS = ((time(8, 30), time(12)), (time(14), time(17, 30)))  # local configuration, no law

_DAY = timedelta(days=1)
_NONE = timedelta()
_SATURDAY = 5


def local(moment: datetime) -> datetime:
    """The moment on the district's clocks; a naive one is refused, for it could be any of several."""
    if moment.tzinfo is None:
        raise ValueError(f"{moment} has no time zone; give an aware time")
    return moment.astimezone(LOCAL)


@dataclass(frozen=True)
class WorkingCalendar:
    """Working days by the State Council's yearly notices, with public holidays and make-up days (调休).

    Source: the library chinese-calendar, corrected by what the district entered. Days that no notice has
    reached yet are taken to be working from Monday to Friday, which is provisional.
    """

    corrections: Mapping[date, bool] = field(default_factory=dict, hash=False)  # is it a working day?
    hours: tuple[tuple[time, time], ...] = OFFICE_HOURS  # of a working day

    def __post_init__(self) -> None:
        bounds = [bound for session in self.hours for bound in session]
        if not bounds or bounds != sorted(set(bounds)):
            raise ValueError(f"office hours must follow one another within a day: {self.hours}")

    def is_working(self, day: date) -> bool:
        if day in self.corrections:
            return self.corrections[day]
        return day in workdays or (day.weekday() < _SATURDAY and day not in holidays)

    def is_announced(self, day: date) -> bool:
        """Whether the notice of the day's year is known: it always names the National Day, 1 October."""
        national_day = date(day.year, 10, 1)
        return national_day in holidays or national_day in self.corrections

    def add_working_days(self, day: date, count: int) -> date:
        """The count-th working day after the day, or before it where count is negative; itself for 0."""
        step = _DAY if count > 0 else -_DAY
        left = abs(count)
        while left:
            day += step
            left -= self.is_working(day)
        return day

    def working_days_between(self, after: date, until: date) -> int:
        """Working days later than the first day, up to and including the last; negative if it is earlier."""
        if until < after:
            return -self.working_days_between(until, after)
        return sum(self.is_working(after + n * _DAY) for n in range(1, (until - after).days + 1))

    def next_working(self, day: date) -> date:
        """The day itself if it is working."""
        return day if self.is_working(day) else self.add_working_days(day, 1)

    def add_working_time(self, start: datetime, span: timedelta) -> datetime:
        """When so much working time has passed; a span that fills a session ends with it, not after the break."""
        if span < _NONE:
            raise ValueError(f"working time cannot be counted backwards: {span}")
        moment = local(start)
        sessions = self._sessions(moment.date())
        while span:
            opens, closes = next(sessions)
            moment = max(moment, opens)
            worked = min(span, max(closes - moment, _NONE))
            moment, span = moment + worked, span - worked
        return moment

    def working_time_between(self, start: datetime, end: datetime) -> timedelta:
        """Working time from start to end; negative if the end is earlier."""
        if end < start:
            return -self.working_time_between(end, start)
        start, end = local(start), local(end)
        begun = takewhile(lambda session: session[0] < end, self._sessions(start.date()))
        return sum((max(min(closes, end) - max(opens, start), _NONE) for opens, closes in begun), _NONE)

    def _sessions(self, day: date) -> Iterator[tuple[datetime, datetime]]:
        """Office hours from this day on, without end."""
        while True:
            if self.is_working(day):
                for opens, closes in self.hours:
                    yield datetime.combine(day, opens, LOCAL), datetime.combine(day, closes, LOCAL)
            day += _DAY
