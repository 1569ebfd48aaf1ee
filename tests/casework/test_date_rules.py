"""Dates that a form states: never to come, never before what they follow, and within a limit where that is asked."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from layers.casework.procedures import Facts, Field, FieldKind
from layers.casework.rules.case_snapshot import CaseDates, CaseSnapshot
from layers.casework.rules.credentials import Credentials
from layers.casework.rules.steps.available_steps import limits_by_step
from layers.casework.rules.steps.date_rules import date_refusals
from layers.casework.rules.steps.step_attempt import StepAttempt
from layers.registry.text import Text
from tests.room_texts import shipped_procedures

TODAY = date(2026, 3, 10)
DAY = timedelta(days=1)
ORDINARY = shipped_procedures()["ordinary"]
DELIVERED = Field("delivered_on", Text("送达日期", "Delivered on"), FieldKind.DATE, past=True)
PLANNED = replace(DELIVERED, name="planned_on", past=False)


def refused(
    given: Mapping[str, Any],
    *,
    fields: tuple[Field, ...] = (DELIVERED,),
    after: tuple[str, ...] = (),
    within: Mapping[str, str] | None = None,
    steps: Mapping[str, date] | None = None,
    limits: Mapping[str, date] | None = None,
) -> list[tuple[str, str]]:
    step = replace(ORDINARY.steps["deliver"], fields=fields, after=after, within=within or {})
    attempt = StepAttempt(CaseSnapshot(ORDINARY, "delivery", Facts()), step, Credentials(1), fields=given)
    found = date_refusals(attempt, CaseDates(TODAY, steps or {}, limits or {}))
    return [(each.code, each.sentence.en.split(" (")[0]) for each in found]


@pytest.mark.parametrize(
    ("day", "sentences"),
    [
        (TODAY, []),
        (TODAY - DAY, []),
        (TODAY + DAY, [("day", '"Delivered on" cannot be later than today')]),
    ],
)
def test_what_has_happened_is_not_to_come(day: date, sentences: list[tuple[str, str]]) -> None:
    assert refused({"delivered_on": day.isoformat()}) == sentences
    assert refused({"planned_on": day.isoformat()}, fields=(PLANNED,)) == []


def test_it_did_not_happen_before_the_case_was_opened() -> None:
    opened = {"opened": TODAY - 3 * DAY}
    assert refused({"delivered_on": str(TODAY - 3 * DAY)}, steps=opened) == []
    assert refused({"delivered_on": str(TODAY - 4 * DAY)}, steps=opened) == [
        ("day", '"Delivered on" cannot be earlier than "Case opened" on 2026-03-07')
    ]


def test_it_did_not_happen_before_the_last_step_that_it_follows() -> None:
    taken = {"opened": TODAY - 9 * DAY, "file": TODAY - 5 * DAY, "decide_penalty": TODAY - 2 * DAY}
    after = ("file", "decide_penalty")
    assert refused({"delivered_on": str(TODAY - 2 * DAY)}, steps=taken, after=after) == []
    title = ORDINARY.steps["decide_penalty"].title.en
    assert refused({"delivered_on": str(TODAY - 3 * DAY)}, steps=taken, after=after) == [
        ("day", f'"Delivered on" cannot be earlier than "{title}" on 2026-03-08')
    ]
    assert (
        refused({"delivered_on": str(TODAY - 6 * DAY)}, steps=taken) == []
    )  # it follows nothing but the opening


@pytest.mark.parametrize(
    ("given", "last", "is_refused"),
    [
        ({}, TODAY, False),
        ({}, TODAY - DAY, True),
        ({"delivered_on": str(TODAY - DAY)}, TODAY - DAY, False),
        ({"delivered_on": str(TODAY - DAY)}, TODAY - 2 * DAY, True),
        ({"delivered_on": "no day"}, TODAY - DAY, True),
    ],
)
def test_what_must_happen_within_a_limit_counts_by_its_own_day_or_today(
    given: Mapping[str, str], last: date, is_refused: bool
) -> None:
    found = refused(given, within={"hearing_request": "delivered_on"}, limits={"hearing_request": last})
    title = ORDINARY.deadlines["hearing_request"].title.en
    assert found == ([("within", f'"{title}" ran out on {last}')] if is_refused else [])
    assert refused(given, within={"hearing_request": "delivered_on"}) == []  # it never ran


def test_a_running_limit_is_told_at_each_step_that_ends_it() -> None:
    ends = ORDINARY.deadlines["hearing_request"].ends
    assert limits_by_step(ORDINARY, {"hearing_request": None}) == {step: ["hearing_request"] for step in ends}
    assert limits_by_step(ORDINARY, {}) == {}
