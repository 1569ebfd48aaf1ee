"""Limits count from the day that a form states, and stated days are held against what has happened.

Counted by hand on the calendar of 2026, see test_limits: off are 25 to 27 September and 1 to 7 October, worked is
Saturday 10 October.
"""

from datetime import date

import pytest

from layers.casework.access.actor import NotAllowed
from layers.casework.cases.effects import StepInput
from layers.casework.cases.transitions import take_step
from layers.casework.deadlines.calendar_changes import recalculate_limits
from layers.casework.models import CalendarDay, Case
from tests.casework.conftest import Open, People
from tests.casework.papers import make_papers
from tests.casework.test_limits import Clock, at, clock, end, limit
from tests.casework.test_steps import investigated, sentences

pytestmark = pytest.mark.django_db
__all__ = ["clock"]  # a fixture


def serve(case: Case, people: People, clock: Clock, day: str, fine: int = 80000) -> None:
    """Issued on 21 September, served on the day."""
    notice = {
        "rights_text": "拟罚款",
        "noticed_penalty": "fine",
        "noticed_fine": fine,
        "noticed_confiscation": 0,
    }
    clock.now, entered = at(9, 21), clock.now
    take_step(case.pk, "issue_notice", people["first"], StepInput(notice, partner=people["second"].officer))
    clock.now = entered
    deliver(case, people, day, "serve_notice")


def deliver(case: Case, people: People, day: str, step: str = "deliver") -> None:
    make_papers(case, people["first"], step)
    fields = {"method": "mail", "delivered_on": day, "delivery_proof": str(case.evidence.earliest("pk").pk)}
    if step == "demand":
        fields["delivery_reason"] = "当事人外出"
    given = StepInput(fields, partner=people["second"].officer)
    take_step(case.pk, step, people["first"], given)


def demand(case: Case, people: People) -> None:
    take_step(case.pk, "issue_demand", people["first"], StepInput(partner=people["second"].officer))


@pytest.fixture
def ready(open_ordinary: Open, people: People, clock: Clock) -> Case:
    """Investigated and reviewed on Monday 21 September."""
    case = open_ordinary()
    investigated(case, people, fine="80000")
    return case


@pytest.fixture
def decided(ready: Case, people: People, clock: Clock) -> Case:
    serve(ready, people, clock, "2026-09-21", 20000)
    take_step(ready.pk, "waive_hearing", people["first"])
    take_step(ready.pk, "conclude_notice", people["leader"])
    decision = {"penalty": "fine", "fine": "20000", "decision_text": "罚款"}
    make_papers(ready, people["first"], "decide_penalty")
    take_step(ready.pk, "decide_penalty", people["head"], StepInput(decision))
    return ready


def test_the_party_s_time_for_a_hearing_counts_from_the_delivery(
    ready: Case, people: People, clock: Clock
) -> None:
    """Delivered on Thursday 24 September, entered on Monday: 28 to 30 September, 8 and 9 October."""
    clock.now = at(9, 28)
    serve(ready, people, clock, "2026-09-24")
    found = limit(ready, "hearing_request")
    assert (found.started, found.due) == (at(9, 24, 0), end(10, 9))
    CalendarDay.objects.create(day=date(2026, 9, 29), is_working=False, note="台风")
    recalculate_limits(people["leader"])
    assert limit(ready, "hearing_request").due == end(10, 10)  # counted anew from the same day


def test_payment_and_remedies_count_from_the_delivery(decided: Case, people: People, clock: Clock) -> None:
    """Delivered on 21 September, entered a week later: the 15th day is 6 October, the next working day the 8th;
    the 60th is 20 November (9 in September, 31, 20)."""
    clock.now = at(9, 28)
    deliver(decided, people, "2026-09-21")
    assert limit(decided, "payment").due == end(10, 8)
    assert limit(decided, "reconsideration").due == end(11, 20)


def test_a_demand_counts_from_its_own_delivery(decided: Case, people: People, clock: Clock) -> None:
    """Delivered on Friday 9 October, entered on Monday: 10, 12 to 16 and 19 to 22 October."""
    deliver(decided, people, "2026-09-21")
    clock.now = at(10, 9)
    demand(decided, people)
    clock.now = at(10, 12)
    deliver(decided, people, "2026-10-09", "demand")
    assert limit(decided, "demand_wait").due == end(10, 22)


def test_a_limit_that_ran_out_before_the_delivery_was_entered_has_run_out(
    ready: Case, people: People, clock: Clock
) -> None:
    """Delivered on 21 September: until 29 September."""
    clock.now = at(9, 30)
    serve(ready, people, clock, "2026-09-21")
    take_step(ready.pk, "conclude_notice", people["leader"])
    assert limit(ready, "hearing_request").status == "missed"


@pytest.mark.parametrize(
    ("day", "en", "zh"),
    [
        ("2026-09-29", '"Delivered on" cannot be later than today (', "“送达日期”不能晚于今天（"),
        (
            "2026-09-20",
            '"Delivered on" cannot be earlier than "Decide on a penalty" on 2026-09-21 (',
            "“送达日期”不能早于“作出处罚决定”（2026-09-21）（",
        ),
    ],
)
def test_no_delivery_in_the_future_or_before_the_decision(
    day: str, en: str, zh: str, decided: Case, people: People, clock: Clock
) -> None:
    clock.now = at(9, 28)
    with pytest.raises(NotAllowed) as refused:
        deliver(decided, people, day)
    assert en in sentences(refused)
    assert zh in refused.value.refusals[0].zh
    assert not decided.limits.filter(code="payment").exists()


def test_a_demand_is_not_delivered_before_it_was_issued(decided: Case, people: People, clock: Clock) -> None:
    clock.now = at(9, 22)
    deliver(decided, people, "2026-09-22")
    clock.now = at(10, 12)
    demand(decided, people)
    with pytest.raises(NotAllowed) as refused:
        deliver(decided, people, "2026-10-11", "demand")
    assert 'earlier than "Issue a written demand" on 2026-10-12' in sentences(refused)


def test_a_hearing_requested_too_late_is_refused_with_the_article(
    ready: Case, people: People, clock: Clock
) -> None:
    """Delivered on 21 September: 22 to 24, 28 and 29 September are the party's."""
    serve(ready, people, clock, "2026-09-21")
    clock.now = at(9, 30)
    for given in ({}, {"requested_on": "2026-09-30"}):
        with pytest.raises(NotAllowed) as refused:
            take_step(ready.pk, "request_hearing", people["first"], StepInput(given))
        [late] = refused.value.refusals
        assert (
            late.en == '"Time to request a hearing" ran out on 2026-09-29 '
            "(Administrative Penalty Law, Art. 64, 85)."
        )
        assert late.zh == "“当事人要求听证的期限”已于 2026-09-29 届满（《行政处罚法》第64、85条）。"
    ready.refresh_from_db()
    assert ready.state == "notice"
    assert limit(ready, "hearing_request").status == "running"


def test_a_hearing_requested_in_time_is_taken_on_the_last_day_and_when_entered_later(
    ready: Case, open_ordinary: Open, people: People, clock: Clock
) -> None:
    late = open_ordinary()
    investigated(late, people, fine="80000")
    for case in (ready, late):
        serve(case, people, clock, "2026-09-21")
    clock.now = end(9, 29)
    take_step(ready.pk, "request_hearing", people["first"])
    clock.now = at(9, 30)
    with pytest.raises(NotAllowed, match="不能早于“送达处罚告知书”"):
        take_step(late.pk, "request_hearing", people["first"], StepInput({"requested_on": "2026-09-20"}))
    take_step(late.pk, "request_hearing", people["first"], StepInput({"requested_on": "2026-09-29"}))


def test_who_waived_may_still_request_within_the_time_but_not_after_it(
    ready: Case, open_ordinary: Open, people: People, clock: Clock
) -> None:
    late = open_ordinary()
    investigated(late, people, fine="80000")
    for case in (ready, late):
        serve(case, people, clock, "2026-09-21")
        take_step(case.pk, "waive_hearing", people["first"])
    clock.now = at(9, 29)
    take_step(ready.pk, "request_hearing", people["first"])
    clock.now = at(9, 30)
    with pytest.raises(NotAllowed, match="届满"):
        take_step(late.pk, "request_hearing", people["first"])
