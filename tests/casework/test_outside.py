"""Whoever is concerned takes the steps that the procedure gives to people outside, and no others."""

from datetime import timedelta

import pytest
from django.utils import timezone

from layers.casework.access.actor import Actor, NotAllowed
from layers.casework.cases.effects import StepInput
from layers.casework.cases.replay import replay
from layers.casework.cases.transitions import take_step
from layers.casework.models import Limit, NoticeKind
from layers.casework.procedures.versions import procedure_of
from tests.cases.case_story import CaseStory, story

pytestmark = pytest.mark.django_db
__all__ = ["story"]
PARTY = Actor("当事人", outside="party")


@pytest.fixture
def noticed(story: CaseStory) -> CaseStory:
    story.to_notice()
    return story


def stated(told: CaseStory, text: str = "未占用盲道") -> None:
    take_step(told.case.pk, "state_defence", PARTY, StepInput({"defence": text}))
    told.case.refresh_from_db()


def test_the_party_states_its_defence_and_the_log_says_that_it_was_the_party(noticed: CaseStory) -> None:
    stated(noticed)
    event = noticed.case.events.get(step="state_defence")
    assert (event.officer, event.who, event.data["outside"]) == (None, "当事人", "party")
    assert event.data["fields"] == {"defence": "未占用盲道"}
    told = noticed.case.notices.filter(event=event, kind=NoticeKind.STEP)
    names = {notice.officer.code for notice in told if notice.officer}
    assert {"first", "leader"} <= names


def test_what_the_party_stated_must_be_answered_before_the_case_goes_on(noticed: CaseStory) -> None:
    stated(noticed)
    noticed.take("waive_hearing", "first")
    with pytest.raises(NotAllowed, match="听取陈述、申辩并复核"):
        noticed.take("conclude_notice", "leader")
    noticed.take("hear_defence", "first", defence="未占用盲道", answer="现场照片显示占用")
    stated(noticed, "另有照片为证")
    with pytest.raises(NotAllowed, match="听取陈述、申辩并复核"):
        noticed.take("conclude_notice", "leader")
    noticed.take("hear_defence", "first", defence="照片", answer="照片摄于次日")
    noticed.take("conclude_notice", "leader")
    assert noticed.case.state == "decision"


def test_nobody_acts_for_another(noticed: CaseStory) -> None:
    with pytest.raises(NotAllowed, match="只有当事人可以办理"):
        noticed.take("state_defence", "first", defence="x")
    with pytest.raises(NotAllowed, match="只有执法人员、中队（科室）负责人可以办理"):
        take_step(noticed.case.pk, "hear_defence", PARTY, StepInput({"defence": "x", "answer": "x"}))
    first = noticed.people["first"].officer
    assert first
    first.posts.append("party")
    first.save()
    with pytest.raises(NotAllowed, match="只有当事人可以办理"):
        noticed.take("state_defence", "first", defence="x")
    with pytest.raises(NotAllowed, match="只有执法人员可以办理"):
        take_step(noticed.case.pk, "state_defence", Actor("somebody"), StepInput({"defence": "x"}))


def test_the_day_of_a_request_is_the_day_on_which_the_party_makes_it(noticed: CaseStory) -> None:
    case, today = noticed.case, timezone.localdate()
    noticed_fine = {**case.facts, "fields": {**case.facts["fields"], "noticed_fine": 80000}}
    type(case).objects.filter(pk=case.pk).update(facts=noticed_fine)
    Limit.objects.filter(case=case, code="hearing_request").update(due=timezone.now() - timedelta(days=2))
    early = StepInput({"requested_on": today - timedelta(days=3)})
    with pytest.raises(NotAllowed, match="当事人要求听证的期限"):
        take_step(case.pk, "request_hearing", PARTY, early)
    Limit.objects.filter(case=case, code="hearing_request").update(due=timezone.now() + timedelta(days=2))
    event = take_step(case.pk, "request_hearing", PARTY)
    assert event.data["fields"] == {"requested_on": today.isoformat()}


def test_a_history_with_the_party_s_steps_is_taken_again_as_the_party_s(noticed: CaseStory) -> None:
    stated(noticed)
    taken = {each.event.step: each for each in replay(noticed.case, procedure_of(noticed.case)).steps}
    assert [refusal.sentence for refusal in taken["state_defence"].refusals] == []
