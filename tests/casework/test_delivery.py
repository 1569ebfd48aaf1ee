"""How papers reach the party: only in lawful ways, with what proves it, and from which day periods count.

Counted by hand on the calendar of 2026, whose National Day is off from 1 to 7 October.
"""

from dataclasses import replace
from datetime import date, datetime
from typing import Any

import pytest

from layers.casework.calendar.working_calendar import LOCAL, WorkingCalendar
from layers.casework.deadlines.limits import LimitTrigger, advance_limits
from layers.casework.models import Case
from layers.casework.procedures import Facts
from layers.casework.procedures.money import MoneyState
from layers.casework.rules.step_records import StepRecord
from tests.casework.walks import Walk, anybody
from tests.room_texts import shipped_procedures

ORDINARY = shipped_procedures()["ordinary"]
PROOF = {"evidence": 7, "title": "回执", "sha256": "0" * 64}


TRIED: dict[str, Any] = {
    "attempted_on": "2026-01-05",
    "attempt_time": "9时30分",
    "attempt_place": "住所",
    "attempt_method": "direct",
    "attempt_proof": PROOF,
}
ANNOUNCED: dict[str, Any] = {"method": "announcement", "delivery_proof": PROOF, "delivery_reason": "下落不明"}
DECIDED = (StepRecord("decide_penalty", (3,)),)


def refused(party: str = "organisation", confirmed: bool = False, tried: str = "", **given: Any) -> list[str]:
    """What stands against the delivery of a decision; ``tried`` is what an attempt before came to."""
    officer, partner = anybody(ORDINARY, 1), anybody(ORDINARY, 2)
    walk = Walk(ORDINARY, party, state="delivery", history=DECIDED)
    if tried:
        walk = walk.take("attempt_delivery", officer, partner, **TRIED, attempt_result=tried)
    if confirmed:
        signed: dict[str, Any] = {"electronic_address": "office@example.org", "confirmation": PROOF}
        walk = walk.take("confirm_electronic", officer, **signed)
    found = walk.refused("deliver", officer, partner, delivered_on="2026-01-05", **given)
    return [each.sentence.zh for each in found]


@pytest.mark.parametrize("party", ["person", "organisation"])
@pytest.mark.parametrize(
    "given",
    [
        {"method": "direct"},
        {"method": "direct", "signer_is": "agent", "signer": "李律师"},
        {"method": "mail", "delivery_proof": PROOF},
        {"method": "left", "delivery_proof": PROOF, "delivery_reason": "拒绝签收，录像", "tried": "refused"},
        {**ANNOUNCED, "tried": "unreachable"},
        {**ANNOUNCED, "tried": "returned"},
    ],
)
def test_lawful_ways(party: str, given: dict[str, Any]) -> None:
    assert refused(party, **given) == []


@pytest.mark.parametrize(
    ("party", "given", "said"),
    [
        ("person", {"method": "mail"}, "送达凭证"),
        ("person", {"method": "left", "delivery_proof": PROOF, "tried": "refused"}, "拒收事由"),
        ("person", {**ANNOUNCED, "delivery_reason": "", "tried": "returned"}, "公告原因和经过"),
        ("person", {**ANNOUNCED, "delivery_proof": "", "tried": "returned"}, "送达凭证"),
        (
            "person",
            {"method": "left", "delivery_proof": PROOF, "delivery_reason": "拒收"},
            "《民事诉讼法》第89条",
        ),
        (
            "person",
            {"method": "left", "delivery_proof": PROOF, "delivery_reason": "拒收", "tried": "absent"},
            "留置送达须先登记拒收的送达经过",
        ),
        ("person", ANNOUNCED, "《民事诉讼法》第95条"),
        ("person", {**ANNOUNCED, "tried": "refused"}, "公告送达须先登记下落不明"),
        ("person", {**ANNOUNCED, "tried": "absent"}, "公告送达须先登记下落不明"),
        ("person", {"method": "electronic", "delivery_proof": PROOF}, "第61条"),
        ("organisation", {"method": "forwarded", "delivery_proof": PROOF}, "《民事诉讼法》第92、93条"),
        (
            "organisation",
            {"method": "direct", "signer_is": "family", "signer": "某人"},
            "《民事诉讼法》第88条",
        ),
        ("person", {"method": "direct", "signer_is": "mailroom", "signer": "某人"}, "《民事诉讼法》第88条"),
        ("person", {"method": "direct", "signer_is": "family"}, "签收人姓名"),
        (
            "person",
            {
                "method": "left",
                "signer_is": "family",
                "signer": "某人",
                "delivery_proof": PROOF,
                "delivery_reason": "拒收",
                "tried": "refused",
            },
            "《民事诉讼法》第89、90、95条",
        ),
    ],
)
def test_unlawful_ways(party: str, given: dict[str, Any], said: str) -> None:
    [sentence] = refused(party, **given)
    assert said in sentence


def test_electronic_delivery_needs_the_confirmation_on_file() -> None:
    assert refused("person", confirmed=True, method="electronic", delivery_proof=PROOF) == []


def test_an_attempt_says_when_where_how_and_what_came_of_it() -> None:
    officer, partner = anybody(ORDINARY, 1), anybody(ORDINARY, 2)
    walk = Walk(ORDINARY, state="delivery", history=DECIDED)
    told: dict[str, Any] = {**TRIED, "attempt_result": "refused"}
    assert walk.why("attempt_delivery", officer, **told) == {"officers"}
    for name in told:
        [refusal] = walk.refused("attempt_delivery", officer, partner, **{**told, name: ""})
        assert ORDINARY.fields()[name].title.zh in refusal.sentence.zh


def test_what_was_tried_for_one_paper_counts_for_no_other() -> None:
    """Refused was the notice; the decision is not left for that, and nothing is tried of what has been delivered."""
    officer, partner = anybody(ORDINARY, 1), anybody(ORDINARY, 2)
    told: dict[str, Any] = {**TRIED, "attempt_result": "refused"}
    walk = Walk(ORDINARY, state="notice", history=(StepRecord("issue_notice", (3,)),))
    assert Walk(ORDINARY, state="notice").why("attempt_delivery", officer, partner, **told) == {"when"}
    walk = walk.take("attempt_delivery", officer, partner, **told)
    left: dict[str, Any] = {
        "method": "left",
        "delivery_proof": PROOF,
        "delivery_reason": "拒收",
        "delivered_on": "2026-01-05",
    }
    walk = walk.take("serve_notice", officer, partner, **left)
    assert walk.why("attempt_delivery", officer, partner, **told) == {"when"}
    walk = replace(walk, state="delivery", history=(*walk.history, *DECIDED))
    [refusal] = walk.refused("deliver", officer, partner, **left)
    assert "第89条" in refusal.sentence.zh


@pytest.mark.parametrize("code", sorted(shipped_procedures()))
def test_no_step_makes_the_paper_that_it_delivers(code: str) -> None:
    """A paper is final before it is served; what is made of the delivery is its receipt."""
    for step in shipped_procedures()[code].steps.values():
        delivered = set(step.delivers.documents) if step.delivers else set()
        assert not delivered & set(step.documents)
        assert not step.delivers or not step.delivers.method or delivered <= set(step.papers)


def test_a_demand_that_is_not_handed_over_says_why() -> None:
    officer, partner = anybody(ORDINARY, 1), anybody(ORDINARY, 2)
    walk = Walk(ORDINARY, state="execution")
    given = {"method": "mail", "delivery_proof": PROOF, "delivered_on": "2026-01-05"}
    assert walk.why("demand", officer, partner, **given) == {"after", "field"}
    assert walk.why("demand", officer, partner, **given, delivery_reason="当事人外出") == {"after"}


def due(step: str, limit: str, method: str, day: str) -> date:
    """The last day of a limit that the delivery of its document starts."""
    fields = {"method": method, "delivered_on": day}
    facts = Facts(fields=fields, money=frozenset({MoneyState.OWED}))
    at = datetime(2026, 12, 1, 10, tzinfo=LOCAL)
    trigger = LimitTrigger(ORDINARY, step, at, facts, fields)
    found = advance_limits(Case(facts={}), [], trigger, WorkingCalendar())
    [last] = [each.due for each in found if each.code == limit]
    assert last
    return last.astimezone(LOCAL).date()


@pytest.mark.parametrize(
    ("step", "limit", "method", "last"),
    [
        ("deliver", "payment", "mail", date(2026, 10, 8)),  # signed on 21 September; 6 October is off
        ("deliver", "payment", "announcement", date(2026, 11, 5)),  # delivered on 21 October
        ("deliver", "reconsideration", "mail", date(2026, 11, 20)),
        ("deliver", "reconsideration", "announcement", date(2026, 12, 21)),  # 20 December is a Sunday
        ("serve_notice", "hearing_request", "left", date(2026, 9, 29)),  # 22 to 24, 28, 29; Mid-Autumn is off
        ("serve_notice", "hearing_request", "announcement", date(2026, 10, 28)),
        ("demand", "demand_wait", "announcement", date(2026, 11, 4)),
    ],
)
def test_periods_count_from_the_delivery_of_their_own_document(
    step: str, limit: str, method: str, last: date
) -> None:
    assert due(step, limit, method, "2026-09-21") == last
