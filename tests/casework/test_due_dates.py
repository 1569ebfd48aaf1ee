"""Time limits of statutes over real holidays, counted by hand, and against a count day by day."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from layers.casework.calendar.due_dates import Pause, due_time, warning_time
from layers.casework.calendar.working_calendar import LOCAL, WorkingCalendar
from layers.casework.procedures.spans import Span, Unit

NOTICES = WorkingCalendar()
DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)
HOURS, WORKING_HOURS = Unit.HOUR, Unit.WORKING_HOUR
DAYS, WORKING_DAYS = Unit.CALENDAR_DAY, Unit.WORKING_DAY

HANDLING = Span(90, DAYS)  # Penalty Law Art. 60
EXTENDED = Span(30, DAYS)  # market supervision
ANSWER = Span(2, WORKING_DAYS)


def at(year: int, month: int, day: int, hour: int = 9, minute: int = 0) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=LOCAL)


def end_of(year: int, month: int, day: int) -> datetime:
    return datetime(year, month, day, 23, 59, 59, tzinfo=LOCAL)


# Statutes


def test_ninety_days_from_filing_end_in_spring_festival() -> None:
    assert due_time(at(2025, 11, 20), HANDLING, NOTICES) == end_of(2026, 2, 18)


def test_the_last_day_in_spring_festival_moves_behind_it() -> None:
    assert due_time(at(2025, 11, 20), HANDLING, NOTICES, roll=True) == end_of(2026, 2, 24)


def test_thirty_days_more_continue_at_the_ninetieth_not_at_the_moved_day() -> None:
    extended = due_time(at(2025, 11, 20), HANDLING, NOTICES, extensions=[EXTENDED], roll=True)
    assert extended == end_of(2026, 3, 20)


def test_a_decision_before_spring_festival_is_delivered_within_seven_working_days() -> None:
    # 14 (Saturday, made up), 24–27, 28 (Saturday, made up) February, 2 March
    assert due_time(at(2026, 2, 13), Span(7, WORKING_DAYS), NOTICES) == end_of(2026, 3, 2)


def test_a_hearing_is_requested_within_five_working_days_around_national_day() -> None:
    # 28 (Sunday, made up), 29, 30 September, 9, 10 October
    assert due_time(at(2025, 9, 26), Span(5, WORKING_DAYS), NOTICES) == end_of(2025, 10, 10)


def test_a_lead_is_checked_within_fifteen_and_fifteen_working_days_over_new_year() -> None:
    check = Span(15, WORKING_DAYS)
    assert due_time(at(2025, 12, 15), check, NOTICES) == end_of(2026, 1, 6)
    assert due_time(at(2025, 12, 15), check, NOTICES, extensions=[check]) == end_of(2026, 1, 27)


def test_measures_on_the_spot_are_reported_within_24_hours_even_at_night_in_a_holiday() -> None:
    assert due_time(at(2026, 2, 16, 22, 15), Span(24, HOURS), NOTICES, roll=True) == at(2026, 2, 17, 22, 15)


def test_a_seizure_lasts_thirty_and_thirty_days() -> None:
    seizure = Span(30, DAYS)
    # the thirtieth day is a Saturday made up for Spring Festival, and stays
    assert due_time(at(2026, 1, 15), seizure, NOTICES, roll=True) == end_of(2026, 2, 14)
    assert due_time(at(2026, 1, 15), seizure, NOTICES, extensions=[seizure]) == end_of(2026, 3, 16)


def test_rubbish_is_removed_within_four_working_hours_over_night_holiday_and_lunch() -> None:
    assert due_time(at(2025, 9, 30, 17, 15), Span(4, WORKING_HOURS), NOTICES) == at(2025, 10, 9, 14, 15)


def test_an_appraisal_stops_the_clock_for_the_days_after_it_began() -> None:
    appraisal = Pause(at(2025, 12, 1), at(2025, 12, 11))  # 2–11 December do not count
    assert due_time(at(2025, 11, 20), HANDLING, NOTICES, pauses=[appraisal]) == end_of(2026, 2, 28)


def test_a_hearing_over_national_day_takes_only_its_working_days() -> None:
    hearing = Pause(at(2025, 9, 30), at(2025, 10, 10))  # 9 and 10 October do not count
    assert due_time(at(2025, 9, 29), Span(5, WORKING_DAYS), NOTICES, pauses=[hearing]) == end_of(2025, 10, 15)


def test_the_year_may_end_within_a_limit() -> None:
    assert due_time(at(2025, 12, 31), Span(1, WORKING_DAYS), NOTICES) == end_of(2026, 1, 4)
    assert due_time(at(2025, 12, 2), EXTENDED, NOTICES, roll=True) == end_of(2026, 1, 4)  # from 1 January


def test_a_year_without_notice_is_counted_by_weekdays_until_the_district_enters_it() -> None:
    entered = WorkingCalendar({date(2040, 1, 2): False})
    assert due_time(at(2039, 12, 30), Span(1, WORKING_DAYS), NOTICES) == end_of(2040, 1, 2)
    assert due_time(at(2039, 12, 30), Span(1, WORKING_DAYS), entered) == end_of(2040, 1, 3)


def test_leap_days_count() -> None:
    assert due_time(at(2024, 2, 28), Span(1, DAYS), NOTICES) == end_of(2024, 2, 29)
    assert due_time(at(2024, 2, 1), EXTENDED, NOTICES) == end_of(2024, 3, 2)
    assert due_time(at(2026, 2, 1), EXTENDED, NOTICES) == end_of(2026, 3, 3)


def test_no_days_means_the_same_day() -> None:
    assert due_time(at(2026, 3, 3), Span(0, DAYS), NOTICES) == end_of(2026, 3, 3)


def test_the_day_of_the_start_is_the_local_one() -> None:
    after_midnight = datetime(2026, 3, 2, 16, 30, tzinfo=UTC)
    assert due_time(after_midnight, Span(1, DAYS), NOTICES) == end_of(2026, 3, 4)


def test_extensions_may_have_other_units() -> None:
    mixed = [Span(1, WORKING_DAYS), Span(24, HOURS)]
    assert due_time(at(2026, 3, 3, 10), Span(72, HOURS), NOTICES, extensions=mixed) == end_of(2026, 3, 10)


# Pauses


def test_an_open_pause_keeps_the_limit_from_ending() -> None:
    assert due_time(at(2026, 3, 2), ANSWER, NOTICES, pauses=[Pause(at(2026, 3, 4), None)]) is None


def test_an_open_pause_after_the_end_changes_nothing() -> None:
    assert due_time(at(2026, 3, 2), ANSWER, NOTICES, pauses=[Pause(at(2026, 3, 5), None)]) == end_of(
        2026, 3, 4
    )


def test_pauses_before_the_start_and_after_the_end_change_nothing() -> None:
    outside = [Pause(at(2026, 2, 1), at(2026, 3, 2, 8)), Pause(at(2026, 3, 5), at(2026, 4, 1))]
    for span in (ANSWER, Span(2, DAYS), Span(40, HOURS), Span(8, WORKING_HOURS)):
        assert due_time(at(2026, 3, 2), span, NOTICES, pauses=outside) == due_time(
            at(2026, 3, 2), span, NOTICES
        )


def test_a_start_within_a_pause_counts_from_the_day_after_it() -> None:
    assert due_time(
        at(2026, 3, 2), ANSWER, NOTICES, pauses=[Pause(at(2026, 2, 25), at(2026, 3, 4))]
    ) == end_of(2026, 3, 6)


def test_overlapping_pauses_count_once() -> None:
    overlapping = [Pause(at(2026, 3, 5), at(2026, 3, 11)), Pause(at(2026, 3, 3), at(2026, 3, 9))]
    assert due_time(at(2026, 3, 2), Span(10, DAYS), NOTICES, pauses=overlapping) == end_of(2026, 3, 20)


def test_a_pause_within_a_day_takes_hours_but_no_day() -> None:
    talk = [Pause(at(2026, 3, 3, 10), at(2026, 3, 3, 13))]
    assert due_time(at(2026, 3, 2), ANSWER, NOTICES, pauses=talk) == end_of(2026, 3, 4)
    assert due_time(at(2026, 3, 3, 9), Span(4, HOURS), NOTICES, pauses=talk) == at(2026, 3, 3, 16)
    assert due_time(at(2026, 3, 3, 9), Span(4, WORKING_HOURS), NOTICES, pauses=talk) == at(2026, 3, 3, 17)


def test_a_limit_stopped_on_its_last_day_ends_with_the_resuming_day() -> None:
    stopped = [Pause(at(2026, 3, 4), at(2026, 3, 10))]
    assert due_time(at(2026, 3, 2), ANSWER, NOTICES, pauses=stopped) == end_of(2026, 3, 10)


def test_a_limit_never_ends_while_it_is_stopped_even_where_nothing_would_be_counted() -> None:
    weekend = [Pause(at(2026, 3, 6, 12), at(2026, 3, 8))]
    assert due_time(at(2026, 3, 5), Span(1, WORKING_DAYS), NOTICES, pauses=weekend) == end_of(2026, 3, 8)
    assert due_time(at(2026, 3, 5), Span(1, WORKING_DAYS), NOTICES, pauses=weekend, roll=True) == end_of(
        2026, 3, 9
    )
    assert due_time(at(2026, 3, 6, 9), Span(3, WORKING_HOURS), NOTICES, pauses=weekend) == at(2026, 3, 8)


def test_a_moved_last_day_can_be_stopped_too() -> None:
    # Saturday 7 moves to Monday 9, which is stopped until Saturday 14, which moves to Monday 16
    stopped = [Pause(at(2026, 3, 8), at(2026, 3, 14))]
    assert due_time(at(2026, 3, 2), Span(5, DAYS), NOTICES, pauses=stopped, roll=True) == end_of(2026, 3, 16)
    assert (
        due_time(at(2026, 3, 2), Span(5, DAYS), NOTICES, pauses=[Pause(at(2026, 3, 8), None)], roll=True)
        is None
    )


def test_mistakes_are_refused() -> None:
    with pytest.raises(ValueError, match="negative"):
        Span(-1, DAYS)
    with pytest.raises(ValueError, match="before it starts"):
        Pause(at(2026, 3, 4), at(2026, 3, 3))
    with pytest.raises(ValueError, match="no time zone"):
        due_time(datetime(2026, 3, 4), ANSWER, NOTICES)


# Warnings


@pytest.mark.parametrize(
    ("limit", "warn", "begins"),
    [
        (end_of(2025, 10, 10), Span(3, WORKING_DAYS), at(2025, 9, 29, 0)),  # 30 September, 9, 10 October
        (end_of(2025, 10, 10), Span(3, DAYS), at(2025, 10, 7, 0)),
        (end_of(2025, 10, 10), Span(0, WORKING_DAYS), at(2025, 10, 10, 0)),
        (at(2026, 3, 3, 15), Span(2, HOURS), at(2026, 3, 3, 13)),
        (at(2026, 3, 3, 15), Span(2, WORKING_HOURS), at(2026, 3, 3, 11)),  # before lunch
        (at(2026, 3, 3, 9), Span(2, WORKING_HOURS), at(2026, 3, 2, 16)),  # the day before
    ],
)
def test_a_warning_begins_when_so_much_is_left(limit: datetime, warn: Span, begins: datetime) -> None:
    assert warning_time(limit, warn, NOTICES) == begins


# Whatever the dates

moments = st.datetimes(
    datetime(2025, 9, 20), datetime(2026, 3, 10), timezones=st.sampled_from([LOCAL, UTC])
).map(lambda moment: moment.replace(microsecond=0))
units = st.sampled_from(Unit)
spans = st.builds(Span, st.integers(0, 40), units)
ladders = st.lists(spans, max_size=2)
closed = st.builds(lambda ends: Pause(min(ends), max(ends)), st.tuples(moments, moments))
breaks = st.lists(closed, max_size=3)
calendars = st.builds(
    WorkingCalendar, st.dictionaries(st.dates(date(2025, 9, 1), date(2026, 4, 1)), st.booleans(), max_size=12)
)


def ends(
    start: datetime,
    span: Span,
    calendar: WorkingCalendar,
    ladder: list[Span],
    pauses: list[Pause],
    roll: bool,
) -> datetime:
    found = due_time(start, span, calendar, extensions=ladder, pauses=pauses, roll=roll)
    assert found is not None
    return found


@given(moments, spans, calendars, ladders, breaks, st.booleans())
def test_the_end_is_local_aware_and_not_before_the_start(
    start: datetime,
    span: Span,
    calendar: WorkingCalendar,
    ladder: list[Span],
    pauses: list[Pause],
    roll: bool,
) -> None:
    end = ends(start, span, calendar, ladder, pauses, roll)
    assert end.tzinfo is LOCAL
    assert end >= start


@given(moments, moments, spans, calendars, ladders, breaks, st.booleans())
def test_a_later_start_never_ends_earlier(
    one: datetime,
    two: datetime,
    span: Span,
    calendar: WorkingCalendar,
    ladder: list[Span],
    pauses: list[Pause],
    roll: bool,
) -> None:
    first, second = (
        ends(start, span, calendar, ladder, pauses, roll) for start in (min(one, two), max(one, two))
    )
    assert first <= second


@given(moments, spans, st.integers(1, 5), calendars, ladders, breaks, st.booleans())
def test_a_longer_limit_never_ends_earlier(
    start: datetime,
    span: Span,
    more: int,
    calendar: WorkingCalendar,
    ladder: list[Span],
    pauses: list[Pause],
    roll: bool,
) -> None:
    longer = Span(span.length + more, span.unit)
    assert ends(start, span, calendar, ladder, pauses, roll) <= ends(
        start, longer, calendar, ladder, pauses, roll
    )


@given(moments, spans, calendars, ladders, breaks, closed, st.booleans())
def test_another_pause_never_makes_it_earlier(
    start: datetime,
    span: Span,
    calendar: WorkingCalendar,
    ladder: list[Span],
    pauses: list[Pause],
    another: Pause,
    roll: bool,
) -> None:
    before = ends(start, span, calendar, ladder, pauses, roll)
    assert before <= ends(start, span, calendar, ladder, [*pauses, another], roll)


@given(moments, spans, calendars, ladders, closed, moments, st.booleans())
def test_splitting_a_pause_changes_nothing(
    start: datetime,
    span: Span,
    calendar: WorkingCalendar,
    ladder: list[Span],
    pause: Pause,
    halfway: datetime,
    roll: bool,
) -> None:
    assume(pause.end is not None and pause.start <= halfway <= pause.end)
    parts = [Pause(halfway, pause.end), Pause(pause.start, halfway)]
    assert ends(start, span, calendar, ladder, [pause], roll) == ends(
        start, span, calendar, ladder, parts, roll
    )


@given(moments, spans, calendars, ladders, breaks, moments, st.booleans())
def test_an_open_pause_is_waited_for_exactly_when_its_end_will_matter(
    start: datetime,
    span: Span,
    calendar: WorkingCalendar,
    ladder: list[Span],
    pauses: list[Pause],
    halt: datetime,
    roll: bool,
) -> None:
    without = ends(start, span, calendar, ladder, pauses, roll)
    much_later = Pause(halt, max(halt, start) + 1000 * DAY)
    waiting = due_time(
        start, span, calendar, extensions=ladder, pauses=[*pauses, Pause(halt, None)], roll=roll
    )
    if ends(start, span, calendar, ladder, [*pauses, much_later], roll) == without:
        assert waiting == without
    else:
        assert waiting is None


@given(moments, st.integers(0, 40), st.sampled_from([DAYS, WORKING_DAYS]), calendars, breaks)
def test_a_limit_in_days_is_what_a_walk_from_day_to_day_finds(
    start: datetime, length: int, unit: Unit, calendar: WorkingCalendar, pauses: list[Pause]
) -> None:
    day, left = start.astimezone(LOCAL).date(), length
    halts = [(p.start.astimezone(LOCAL).date(), p.end.astimezone(LOCAL).date()) for p in pauses if p.end]
    while left or any(halt <= day < resumed for halt, resumed in halts):
        day += DAY
        stopped = any(halt < day <= resumed for halt, resumed in halts)
        left -= bool(left) and not stopped and (unit is DAYS or calendar.is_working(day))
    assert due_time(start, Span(length, unit), calendar, pauses=pauses) == end_of(
        day.year, day.month, day.day
    )


@given(moments, st.integers(0, 60), calendars)
def test_a_limit_of_working_days_holds_exactly_that_many(
    start: datetime, length: int, calendar: WorkingCalendar
) -> None:
    first, last = (
        start.astimezone(LOCAL).date(),
        ends(start, Span(length, WORKING_DAYS), calendar, [], [], False),
    )
    walked = (first + n * DAY for n in range(1, (last.date() - first).days + 1))
    assert sum(map(calendar.is_working, walked)) == length


@given(moments, st.integers(1, 30), st.sampled_from([HOURS, WORKING_HOURS]), calendars, closed)
def test_a_limit_in_hours_holds_that_many_outside_the_pause(
    start: datetime, length: int, unit: Unit, calendar: WorkingCalendar, pause: Pause
) -> None:
    end = ends(start, Span(length, unit), calendar, [], [pause], False)
    halt, resumed = (min(max(moment, start), end) for moment in (pause.start, pause.end or pause.start))
    passed = [calendar.working_time_between(*part) for part in ((start, end), (halt, resumed))]
    if unit is HOURS:
        passed = [end - start, resumed - halt]
    assert passed[0] - passed[1] == timedelta(hours=length)


@given(moments, spans, calendars, st.dates(date(2025, 9, 1), date(2026, 5, 1)), st.booleans())
def test_a_correction_changes_only_limits_that_span_it(
    start: datetime, span: Span, calendar: WorkingCalendar, entered: date, working: bool
) -> None:
    corrected = WorkingCalendar({**calendar.corrections, entered: working})
    before, after = (ends(start, span, each, [], [], False) for each in (calendar, corrected))
    if not start.astimezone(LOCAL).date() <= entered <= max(before, after).date():
        assert before == after
