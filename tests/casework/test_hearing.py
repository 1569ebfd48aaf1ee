"""A hearing: who may chair it, notice of more than seven working days from its delivery, and dates that contradict nothing.

Counted by hand on the calendar of 2026, whose National Day is off from 1 to 7 October; Saturday the 10th is worked.
"""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from layers.casework.procedures.vocabulary import FieldKind
from layers.casework.rules.case_snapshot import CaseDates
from layers.casework.rules.credentials import Credentials
from layers.casework.rules.step_records import StepRecord
from layers.casework.rules.steps.step_attempt import StepAttempt
from layers.casework.rules.steps.step_rules import step_refusals
from tests.casework.test_step_rules import (
    AN,
    BO,
    CALLED,
    CHAIR,
    HEAD,
    LEGAL,
    QUALIFIED,
    SERVED,
    heard,
    noticed,
)
from tests.casework.walks import Walk
from tests.room_texts import shipped_procedures

PROOF = {"evidence": 7, "title": "公告", "sha256": "0" * 64}


def sentences(
    walk: Walk,
    step: str,
    who: Credentials,
    given: dict[str, Any],
    *,
    today: date = date(2026, 9, 28),
    days: dict[str, date] | None = None,
    named: dict[str, int] | None = None,
) -> list[str]:
    case = replace(walk.snapshot(), dates=CaseDates(today, days or {}))
    attempt = StepAttempt(case, walk.procedure.steps[step], who, None, given, "理由", named or {})
    return [each.sentence.zh for each in step_refusals(attempt)]


def called(**other: Any) -> dict[str, Any]:
    return {**CALLED, "hearing_date": "2026-10-14", **other}


@pytest.fixture
def requested() -> Walk:
    return noticed().take("request_hearing", AN)


def test_a_notice_says_when_where_and_who(requested: Walk) -> None:
    assert sentences(requested, "announce_hearing", LEGAL, called()) == []
    for name in ("hearing_date", "hearing_time", "hearing_place", "hearing_chair"):
        title = requested.procedure.fields()[name].title.zh
        [said] = sentences(requested, "announce_hearing", LEGAL, called(**{name: ""}))
        assert said == f"须填写“{title}”（《行政处罚法》第64条）。"


def test_who_investigated_does_not_chair(requested: Walk) -> None:
    [said] = sentences(requested, "announce_hearing", LEGAL, called(), named={"hearing_chair": AN.id})
    assert said == "“听证主持人”不得是办理过“开始调查”的人员（《行政处罚法》第64条）。"
    assert sentences(requested, "announce_hearing", LEGAL, called(), named={"hearing_chair": CHAIR.id}) == []
    asked = requested.procedure.fields()["hearing_chair"]
    assert asked.posts == ("chair",)  # so that the legal reviewer is offered to nobody


def test_the_hearing_is_held_by_whom_the_notice_names() -> None:
    walk = noticed().take("request_hearing", AN).take("announce_hearing", LEGAL, **CALLED)
    walk = walk.take("serve_hearing_notice", AN, **SERVED).lapsed()
    held: dict[str, Any] = {"record": "笔录", "full_record": True}
    other = replace(CHAIR, id=42, code="C42")
    [said] = [each.sentence.zh for each in walk.refused("hold_hearing", other, **held)]
    assert said == "本案此事由主持人办理（《行政处罚法》第64条）。"
    assert walk.why("hold_hearing", CHAIR, **held) == set()


def test_who_chaired_does_not_review() -> None:
    both = Credentials(CHAIR.id, frozenset({"chair", "legal"}), QUALIFIED, code=CHAIR.code)
    walk = heard().take("submit_hearing", CHAIR)
    assert walk.why("pass_legal_review", both, opinion="合法") == {"separation"}
    assert walk.why("pass_legal_review", LEGAL, opinion="合法") == set()


LATE = "“听证日期”须晚于 {}（《行政处罚法》第64、85条）。"
ANNOUNCED = {"method": "announcement", "delivery_proof": PROOF, "delivery_reason": "下落不明"}


@pytest.mark.parametrize(
    ("day", "given", "last"),
    [
        ("2026-10-14", {}, None),
        ("2026-10-13", {}, "2026-10-13"),  # the seventh: 29 and 30 September, 8 to 10, 12 and 13 October
        ("2026-10-14", {"delivered_on": "2026-09-30"}, "2026-10-15"),
        ("2026-11-06", ANNOUNCED, "2026-11-06"),
        ("2026-11-09", ANNOUNCED, None),
    ],
)
def test_it_lies_more_than_seven_working_days_after_the_notice_was_delivered(
    requested: Walk, day: str, given: dict[str, Any], last: str | None
) -> None:
    walk = requested.take("announce_hearing", LEGAL, **called(hearing_date=day))
    tried = {"attempted_on": "2026-09-28", "attempt_time": "9时", "attempt_place": "住所"}
    walk = walk.take(
        "attempt_delivery",
        AN,
        BO,
        **tried,
        attempt_method="mail",
        attempt_result="returned",
        attempt_proof=PROOF,
    )
    form = {"method": "direct", "delivered_on": "2026-09-28", **given}
    found = sentences(walk, "serve_hearing_notice", AN, form, today=date(2026, 9, 30))
    assert found == ([LATE.format(last)] if last else [])


def test_a_notice_that_could_not_be_served_in_time_is_not_issued(requested: Walk) -> None:
    """Today is 28 September: the seventh working day is 13 October."""
    assert sentences(requested, "announce_hearing", LEGAL, called(hearing_date="2026-10-13")) == [
        LATE.format("2026-10-13")
    ]
    assert sentences(requested, "announce_hearing", LEGAL, called()) == []


def test_a_hearing_in_the_past_is_not_announced(requested: Walk) -> None:
    found = sentences(requested, "announce_hearing", LEGAL, called(), today=date(2026, 10, 14))
    assert found == ["“听证日期”须晚于今天（《行政处罚法》第64条）。", LATE.format("2026-10-23")]


@pytest.mark.parametrize("far", ["0001-01-01", "9999-12-31"])
@pytest.mark.parametrize("method", ["direct", "announcement"])
def test_a_day_from_which_no_calendar_counts_is_refused(requested: Walk, far: str, method: str) -> None:
    walk = requested.take("announce_hearing", LEGAL, **called())
    said = sentences(walk, "serve_hearing_notice", LEGAL, {"delivered_on": far, "method": method})
    assert any(sentence.startswith("“送达日期”填写有误") for sentence in said)


def test_a_hearing_put_off_wants_a_new_notice_that_is_served(requested: Walk) -> None:
    walk = requested.take("announce_hearing", LEGAL, **CALLED).take("serve_hearing_notice", AN, **SERVED)
    walk = walk.take("postpone_hearing", LEGAL, **called()).lapsed()
    assert walk.why("hold_hearing", CHAIR, record="笔录", full_record=True) == {"after"}
    walk = walk.take("serve_hearing_notice", AN, **SERVED).lapsed()
    assert walk.why("hold_hearing", CHAIR, record="笔录", full_record=True) == set()


def test_the_record_has_a_date_of_its_own_not_before_the_announced_one() -> None:
    walk = noticed().take("request_hearing", AN).take("announce_hearing", LEGAL, **called())
    walk = walk.take("serve_hearing_notice", AN, **SERVED).lapsed()
    held: dict[str, Any] = {"record": "笔录", "full_record": True}
    early = ["“实际听证日期（不填为今天）”不能早于“听证日期”（2026-10-14）（《行政处罚法》第64条）。"]
    for given, today, expected in (
        (held, date(2026, 10, 13), early),
        ({**held, "held_on": "2026-10-13"}, date(2026, 10, 15), early),
        ({**held, "held_on": "2026-10-14"}, date(2026, 10, 15), []),
        (held, date(2026, 10, 14), []),
    ):
        assert sentences(walk, "hold_hearing", CHAIR, given, today=today) == expected


ORDERED = [
    (code, step.code, field.name, earlier)
    for code, procedure in sorted(shipped_procedures().items())
    for step in procedure.steps.values()
    for field in step.fields
    for earlier in field.not_before.steps
]


@pytest.mark.parametrize(("code", "step", "name", "earlier"), ORDERED)
def test_no_day_lies_before_what_it_follows(code: str, step: str, name: str, earlier: str) -> None:
    procedure = shipped_procedures()[code]
    walk = Walk(procedure, state=procedure.steps[step].sources[0], history=(StepRecord(earlier, (1,)),))
    title = procedure.fields()[name].title.zh
    said = f"“{title}”不能早于“{procedure.steps[earlier].title.zh}”（2026-09-21）"
    days = {earlier: date(2026, 9, 21)}
    for day, is_refused in (("2026-09-20", True), ("2026-09-21", False)):
        found = sentences(walk, step, HEAD, {name: day}, days=days)
        assert any(each.startswith(said) for each in found) is is_refused


@pytest.mark.parametrize("code", sorted(shipped_procedures()))
def test_every_stated_day_is_past_or_to_come(code: str) -> None:
    dates = [each for each in shipped_procedures()[code].fields().values() if each.kind is FieldKind.DATE]
    assert [each.name for each in dates if not (each.past or each.future)] == []
