"""Working days by the State Council's notices for 2025 and 2026, counted by hand and against themselves.

Off in 2025: 1–8 October (at work on Sunday 28 September, Saturday 11 October). Off in 2026: 1–3 January (at work
on Sunday 4), 15–23 February (at work on Saturdays 14 and 28), 25–27 September, 1–7 October.
"""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from chinese_calendar import holidays
from hypothesis import given
from hypothesis import strategies as st

from layers.casework.calendar.working_calendar import LOCAL, OFFICE_HOURS, WorkingCalendar

NOTICES = WorkingCalendar()
HOUR = timedelta(hours=1)

days = st.dates(date(2003, 6, 1), date(2031, 6, 1))
moments = st.datetimes(datetime(2025, 9, 20), datetime(2026, 3, 10), timezones=st.just(LOCAL))
spans = st.timedeltas(timedelta(), timedelta(hours=80))
calendars = st.builds(
    WorkingCalendar, st.dictionaries(st.dates(date(2025, 9, 1), date(2026, 4, 1)), st.booleans(), max_size=12)
)


def at(*moment: int) -> datetime:
    year, month, day, hour, minute = moment
    return datetime(year, month, day, hour, minute, tzinfo=LOCAL)


@pytest.mark.parametrize(
    ("day", "working"),
    [
        (date(2025, 9, 28), True),  # Sunday, made up for National Day and Mid-Autumn
        (date(2025, 9, 30), True),
        (date(2025, 10, 1), False),
        (date(2025, 10, 8), False),  # the eighth day off, because Mid-Autumn fell into the week
        (date(2025, 10, 9), True),
        (date(2025, 10, 11), True),  # Saturday, made up
        (date(2025, 10, 12), False),
        (date(2026, 1, 4), True),  # Sunday, made up for New Year
        (date(2026, 2, 14), True),  # Saturday before Spring Festival
        (date(2026, 2, 16), False),
        (date(2026, 2, 23), False),
        (date(2026, 2, 24), True),
        (date(2026, 2, 28), True),  # Saturday after Spring Festival
    ],
)
def test_holidays_are_off_and_make_up_days_are_at_work(day: date, working: bool) -> None:
    assert NOTICES.is_working(day) is working


@given(st.dates())
def test_no_year_is_too_far(day: date) -> None:
    NOTICES.is_working(day)


@given(st.dates(date(max(max(holidays).year, 2026) + 1, 1, 1)))
def test_beyond_the_notices_the_weekday_decides(day: date) -> None:
    assert NOTICES.is_working(day) == (day.isoweekday() <= 5)


@given(days, st.booleans())
def test_what_the_district_entered_wins(day: date, working: bool) -> None:
    corrected = WorkingCalendar({day: working})
    assert corrected.is_working(day) is working


@pytest.mark.parametrize(
    ("day", "count", "found"),
    [
        (date(2025, 9, 26), 1, date(2025, 9, 28)),  # Friday to the made-up Sunday
        (date(2025, 9, 30), 1, date(2025, 10, 9)),
        (date(2025, 10, 9), 3, date(2025, 10, 13)),  # Friday 10, Saturday 11, Monday 13
        (date(2026, 2, 13), 2, date(2026, 2, 24)),
        (date(2025, 12, 31), 1, date(2026, 1, 4)),
        (date(2026, 2, 24), -2, date(2026, 2, 13)),  # Saturday 14, Friday 13
        (date(2025, 10, 5), 0, date(2025, 10, 5)),
    ],
)
def test_working_days_are_added_over_holidays(day: date, count: int, found: date) -> None:
    assert NOTICES.add_working_days(day, count) == found


def test_a_year_is_announced_once_its_national_day_is_entered() -> None:
    assert NOTICES.is_announced(date(2026, 12, 31))
    assert not NOTICES.is_announced(date(2027, 1, 4))
    entered = WorkingCalendar({date(2027, 10, 1): False})
    assert entered.is_announced(date(2027, 1, 4))
    assert not entered.is_announced(date(2028, 1, 4))


def test_the_next_working_day_may_be_the_day_itself() -> None:
    assert NOTICES.next_working(date(2025, 9, 28)) == date(2025, 9, 28)
    assert NOTICES.next_working(date(2025, 10, 1)) == date(2025, 10, 9)


def test_february_2026_has_sixteen_working_days() -> None:
    assert NOTICES.working_days_between(date(2026, 1, 31), date(2026, 2, 28)) == 16
    assert NOTICES.working_days_between(date(2026, 2, 28), date(2026, 1, 31)) == -16


@given(calendars, days, st.integers(0, 60))
def test_counting_inverts_adding(calendar: WorkingCalendar, day: date, count: int) -> None:
    later = calendar.add_working_days(day, count)
    assert calendar.working_days_between(day, later) == count
    assert count == 0 or calendar.is_working(later)


@given(calendars, days, st.integers(0, 30), st.integers(0, 30))
def test_days_may_be_added_in_two_parts(calendar: WorkingCalendar, day: date, one: int, two: int) -> None:
    halfway = calendar.add_working_days(day, one)
    assert calendar.add_working_days(halfway, two) == calendar.add_working_days(day, one + two)


@given(days, st.integers(0, 40), days, st.booleans())
def test_a_correction_changes_only_what_spans_it(day: date, count: int, entered: date, working: bool) -> None:
    corrected = WorkingCalendar({entered: working}).add_working_days(day, count)
    plain = NOTICES.add_working_days(day, count)
    if not day < entered <= max(plain, corrected):
        assert corrected == plain
    assert abs(NOTICES.working_days_between(plain, corrected)) <= 1


@pytest.mark.parametrize(
    ("start", "hours", "end"),
    [
        (at(2025, 9, 29, 9, 0), 2, at(2025, 9, 29, 11, 0)),
        (at(2025, 9, 29, 10, 0), 2, at(2025, 9, 29, 12, 0)),  # ends with the session
        (at(2025, 9, 29, 10, 0), 4, at(2025, 9, 29, 16, 0)),  # over lunch
        (at(2025, 9, 29, 7, 0), 1, at(2025, 9, 29, 9, 30)),  # before opening
        (at(2025, 9, 29, 13, 0), 1, at(2025, 9, 29, 15, 0)),  # at lunch
        (at(2025, 9, 29, 16, 30), 2, at(2025, 9, 30, 9, 30)),  # over night
        (at(2025, 9, 30, 17, 15), 4, at(2025, 10, 9, 14, 15)),  # night, eight days off, lunch
        (at(2025, 9, 27, 10, 0), 1, at(2025, 9, 28, 9, 30)),  # from a Saturday into the made-up Sunday
        (at(2025, 10, 3, 3, 0), 0, at(2025, 10, 3, 3, 0)),
    ],
)
def test_working_hours_skip_lunch_night_and_holidays(start: datetime, hours: int, end: datetime) -> None:
    assert NOTICES.add_working_time(start, hours * HOUR) == end
    assert NOTICES.working_time_between(start, end) == hours * HOUR
    assert NOTICES.working_time_between(end, start) == -hours * HOUR


@given(calendars, moments, spans, spans)
def test_working_time_may_be_added_in_two_parts(
    calendar: WorkingCalendar, start: datetime, one: timedelta, two: timedelta
) -> None:
    halfway = calendar.add_working_time(start, one)
    assert calendar.add_working_time(halfway, two) == calendar.add_working_time(start, one + two)


@given(calendars, moments, spans)
def test_measuring_inverts_adding_working_time(
    calendar: WorkingCalendar, start: datetime, span: timedelta
) -> None:
    assert calendar.working_time_between(start, calendar.add_working_time(start, span)) == span


def test_other_office_hours_can_be_given() -> None:
    through = WorkingCalendar(hours=((time(9), time(17)),))
    assert through.add_working_time(at(2025, 9, 29, 10, 0), 4 * HOUR) == at(2025, 9, 29, 14, 0)


def test_a_moment_elsewhere_is_read_on_local_clocks() -> None:
    found = NOTICES.add_working_time(datetime(2025, 9, 28, 16, 30, tzinfo=UTC), HOUR)  # 00:30 on Monday
    assert found == at(2025, 9, 29, 9, 30)
    assert found.tzinfo is LOCAL


def test_a_moment_without_time_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="no time zone"):
        NOTICES.add_working_time(datetime(2025, 9, 29, 9), HOUR)


def test_working_time_is_not_counted_backwards() -> None:
    with pytest.raises(ValueError, match="backwards"):
        NOTICES.add_working_time(at(2025, 9, 29, 9, 0), -HOUR)


@pytest.mark.parametrize("hours", [(), OFFICE_HOURS[::-1], ((time(12), time(8)),)])
def test_office_hours_that_never_open_are_refused(hours: tuple[tuple[time, time], ...]) -> None:
    with pytest.raises(ValueError, match="office hours"):
        WorkingCalendar(hours=hours)
