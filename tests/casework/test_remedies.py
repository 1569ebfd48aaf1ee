"""Remedies lapse before the court is asked, and it is asked within three months of that (Compulsion Law, Art. 53).

Counted by hand; 2027's holidays are not announced yet, so its days count by their weekday.
"""

from datetime import date, datetime, time
from typing import Any

import pytest

from layers.casework.calendar.due_dates import due_time
from layers.casework.calendar.working_calendar import LOCAL, WorkingCalendar
from layers.casework.deadlines.limits import LimitTrigger, advance_limits
from layers.casework.models import Case, Limit
from layers.casework.procedures import Facts, ProcedureError, read_procedure
from layers.casework.procedures.money import MoneyState
from layers.casework.procedures.spans import Span, Unit
from tests.casework.walks import Walk, anybody
from tests.room_texts import procedure_texts, shipped_procedures


@pytest.mark.parametrize(
    ("start", "months", "last"),
    [
        (date(2026, 9, 21), 6, date(2027, 3, 22)),  # the 21st is a Sunday
        (date(2026, 8, 31), 6, date(2027, 3, 1)),  # February has no 31st, its last day is a Sunday
        (date(2026, 11, 30), 3, date(2027, 3, 1)),  # 28 February is a Sunday
        (date(2026, 1, 5), 3, date(2026, 4, 7)),  # Qingming is off from 4 to 6 April
        (date(2026, 7, 1), 12, date(2027, 7, 1)),
    ],
)
def test_months_end_on_the_day_of_the_same_number(start: date, months: int, last: date) -> None:
    begun = datetime.combine(start, time(10), LOCAL)
    found = due_time(begun, Span(months, Unit.MONTH), WorkingCalendar(), roll=True)
    assert found
    assert found.date() == last


def advanced(code: str, limits: list[Limit], step: str, day: str, **fields: Any) -> dict[str, date]:
    """The last days of the limits that run after a step."""
    facts = Facts(fields=fields, money=frozenset({MoneyState.OWED}))
    at = datetime.combine(date.fromisoformat(day), time(10), LOCAL)
    trigger = LimitTrigger(shipped_procedures()[code], step, at, facts, fields)
    advance_limits(Case(facts={}), limits, trigger, WorkingCalendar())
    return {each.code: each.due.astimezone(LOCAL).date() for each in limits if each.due and not each.ended}


def test_the_three_months_follow_reconsideration_and_lawsuit() -> None:
    found = advanced("ordinary", [], "deliver", "2026-09-21", method="direct", delivered_on="2026-09-21")
    assert (found["reconsideration"], found["lawsuit"]) == (date(2026, 11, 20), date(2027, 3, 22))
    assert found["application"] == date(2027, 6, 22)


def test_after_a_decision_on_the_spot_reconsideration_alone_is_waited_for() -> None:
    found = advanced("simple", [], "deliver", "2026-09-21")
    assert "lawsuit" not in found  # Reconsideration Law, Art. 23
    assert (found["reconsideration"], found["application"]) == (date(2026, 11, 20), date(2027, 2, 22))


def test_a_remedy_that_was_asked_for_gives_fifteen_days_more() -> None:
    limits: list[Limit] = []
    advanced("ordinary", limits, "deliver", "2026-09-21", method="direct", delivered_on="2026-09-21")
    pending = advanced("ordinary", limits, "record_remedy", "2026-10-12", lodged_on="2026-10-12")
    assert not {"reconsideration", "lawsuit", "application"} & set(pending)
    decided = {"remedy": "reconsideration", "concluded_on": "2026-12-01"}
    found = advanced("ordinary", limits, "conclude_remedy", "2026-12-02", **decided)
    assert (found["suit_after_remedy"], found["application"]) == (date(2026, 12, 16), date(2027, 3, 16))


@pytest.mark.parametrize("code", ["ordinary", "simple"])
def test_the_court_is_not_asked_while_a_remedy_may_come_or_is_pending(code: str) -> None:
    procedure, head = shipped_procedures()[code], anybody(shipped_procedures()[code], 1)
    waits = set(procedure.steps["apply_court"].waits)
    assert {"reconsideration", "suit_after_remedy", "demand_wait"} <= waits
    for limit in waits:
        walk = Walk(procedure, state="execution", running=frozenset({limit}))
        assert "waits" in walk.why("apply_court", head)
    lodged = Walk(procedure, state="execution").taken("record_remedy", head, None, {"remedy": "lawsuit"})
    assert "when" in lodged.why("apply_court", head)


def test_a_building_is_not_taken_down_before_both_remedies_lapsed() -> None:
    assert {"reconsideration", "lawsuit"} <= set(shipped_procedures()["ordinary-pl"].steps["demolish"].waits)


def test_a_limit_follows_only_what_stands_before_it() -> None:
    own = "extends: ordinary\ncode: own\ndeadlines:\n  lawsuit: {follows: [application]}\n"
    with pytest.raises(ProcedureError) as wrong:
        read_procedure(own, "own", procedure_texts())
    said = [each.sentence.en for each in wrong.value.problems]
    assert "'application' must stand before 'lawsuit' and follow nothing itself." in said
