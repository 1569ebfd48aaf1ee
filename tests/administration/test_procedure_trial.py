"""A procedure is drawn, and a draft is tried on the cases that run and on a copy of one, before it is kept."""

import re
from typing import Any
from xml.etree import ElementTree

import pytest
from django.test import Client
from django.urls import reverse

from layers.casework.admin.procedure_drawing import ProcedureDrawing
from layers.casework.cases.replay import replay
from layers.casework.models import Case, Event, Limit
from layers.casework.procedures import Procedure, read_procedure
from layers.casework.procedures.versions import version_in_force
from layers.enforcement.models import PenaltyDecision
from tests.cases.case_story import CaseStory, story
from tests.casework.conftest import people
from tests.people import client_of
from tests.room_texts import procedure_texts, shipped_procedures

ADD = "/admin/casework/procedureversion/add/"
__all__ = ["people", "story"]
SVG = "{http://www.w3.org/2000/svg}"


def draft(*changes: tuple[str, str]) -> str:
    text = procedure_texts()["ordinary-um"]
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    return text


def read(text: str, base: str = procedure_texts()["ordinary"]) -> Procedure:
    return read_procedure(text, "", {"ordinary": base})


def parsed(svg: str) -> ElementTree.Element:
    return ElementTree.fromstring(svg)  # noqa: S314  drawn by ourselves


def words(svg: str) -> set[str]:
    return {"".join(each.itertext()) for each in parsed(svg).iter(f"{SVG}text")}


@pytest.mark.parametrize("code", ["simple", "ordinary", "urban", "ordinary-lr"])
def test_every_state_and_step_is_drawn(code: str) -> None:
    procedure = shipped_procedures()[code]
    drawn = words(ProcedureDrawing(procedure).svg())
    assert {str(each.title) for each in procedure.states.values()} <= drawn
    assert {str(each.title) for each in procedure.steps.values()} <= drawn


def test_arrows_lead_from_state_to_state_and_to_the_line_of_the_text() -> None:
    procedure = shipped_procedures()["urban"]
    root = parsed(ProcedureDrawing(procedure, own="urban").svg())
    arrows = {each.text for each in root.iter(f"{SVG}title") if each.text and "->" in each.text}
    wanted = {
        f"{source}->{step.target}"
        for step in procedure.steps.values()
        for source in step.sources
        if step.target not in (None, source)
    }
    assert arrows == wanted
    links = {each.get("{http://www.w3.org/1999/xlink}href") for each in root.iter(f"{SVG}a")}
    line = procedure.marks["steps", "dispatch"].line
    assert f"#line-{line}" in links


def test_what_is_new_changed_and_gone_is_marked() -> None:
    before = shipped_procedures()["urban"]
    text = procedure_texts()["urban"].replace("zh: 派遣, en", "zh: 派单, en", 1)
    after = read_procedure(text, "urban", {})
    (renamed,) = [code for code, step in after.steps.items() if step != before.steps[code]]
    assert renamed == "dispatch"
    assert "± 派单" in words(ProcedureDrawing(after, before).svg())
    larger, smaller = shipped_procedures()["ordinary-pl"], shipped_procedures()["ordinary"]
    title = str(larger.steps["demolish"].title)
    assert f"＋ {title}" in words(ProcedureDrawing(larger, smaller).svg())
    assert f"－ {title}" in words(ProcedureDrawing(smaller, larger).svg())


def test_words_of_a_text_are_no_markup() -> None:
    text = procedure_texts()["urban"].replace(
        "zh: 派遣, en: Dispatch", 'zh: "<script>&\\"", en: "<script>&\\""', 1
    )
    drawn = ProcedureDrawing(read_procedure(text, "urban", {})).svg()
    assert '<script>&"' in words(drawn)
    assert "<script" not in drawn


@pytest.mark.django_db
def test_the_history_of_a_case_is_taken_again_and_nothing_is_kept(story: CaseStory) -> None:
    story.to_decision()
    case, events, limits = story.case, Event.objects.count(), Limit.objects.count()
    found = replay(case, read(draft()))
    assert [each.event.step for each in found.steps] == list(
        case.events.filter(kind="step").order_by("pk").values_list("step", flat=True)
    )
    assert [each.refusals for each in found.steps] == [[]] * len(found.steps)
    assert (found.case.state, found.is_complete) == (case.state, True)
    assert {each.code: each.due for each in found.limits} == {
        each.code: each.due for each in case.limits.all()
    }
    assert (Event.objects.count(), Limit.objects.count()) == (events, limits)
    assert Case.objects.get(pk=case.pk).revision == case.revision
    assert PenaltyDecision.objects.get(case=case).fine == pytest.approx(3000.5)


@pytest.mark.django_db
def test_what_a_draft_asks_in_addition_stands_against_the_step(story: CaseStory) -> None:
    story.to_decision()
    base = procedure_texts()["ordinary"]
    old = "      penalty: {field: proposal, in: [penalise]}\n"
    assert old in base
    stricter = base.replace(old, old + "      received_on: required\n", 1).replace(
        "fields:\n", "fields:\n  received_on: {title: {zh: 收文日, en: Received on}, kind: text}\n", 1
    )
    found = replay(story.case, read(draft(), stricter))
    against = {each.event.step: [str(refusal.sentence) for refusal in each.refusals] for each in found.steps}
    (sentence,) = against.pop("conclude")
    assert "收文日" in sentence
    assert set(map(tuple, against.values())) == {()}
    assert found.is_complete


@pytest.mark.django_db
def test_a_step_that_the_draft_does_not_know_ends_the_trial(story: CaseStory) -> None:
    story.take("file", "head")
    story.take("start_investigation", "first", certificate_shown=True)
    text = procedure_texts()["simple"].replace("code: simple", "code: ordinary-um", 1)
    found = replay(story.case, read_procedure(text, "", {}))
    assert not found.is_complete
    assert [each.event.step for each in found.steps] == ["file"]
    assert found.case.state == "lead"


@pytest.mark.django_db
def test_checking_a_draft_draws_it_and_tries_it(story: CaseStory) -> None:
    story.to_decision()
    admin, kept = client_of("administrator"), version_in_force("ordinary-um")
    page = checked(
        admin, draft(("zh: 责令改正, en: Order correction", "zh: 责令限期改正, en: Order correction"))
    )
    assert "<svg" in page
    assert "± 责令限期改正" in page
    assert f"案件 {story.case.number}" in page
    assert "所有步骤均可办理" in page
    assert "步骤“责令限期改正”有变化。" not in page  # which starts from no state in which a case runs
    page = checked(admin, draft(), trial="no such number")
    assert "没有按此程序办理的案件“no such number”" in page
    shown = admin.get(reverse("admin:casework_procedureversion_change", args=[kept.pk])).content.decode()
    assert "<svg" in shown


@pytest.mark.django_db
def test_what_a_case_has_against_a_draft_is_seen_before_it_is_kept(story: CaseStory) -> None:
    story.to_decision()
    admin, kept = client_of("administrator"), version_in_force("ordinary-um")
    text = draft(("steps:\n", "steps:\n  conclude: {reason_required: true}\n"))
    given = {"text": text, "based_on": str(kept.pk), "trial": story.case.number, "_keep": "1"}
    response = admin.post(ADD, given, headers={"Accept-Language": "zh"})
    assert "用真实案件的副本试办，有步骤办不下去" in response.content.decode()
    assert version_in_force("ordinary-um") == kept
    tried = re.findall(r'name="tried" value="(\w+)"', response.content.decode())
    assert admin.post(ADD, {**given, "tried": tried[0]}).status_code == 302
    assert version_in_force("ordinary-um").text == text


@pytest.mark.django_db
def test_what_changes_for_the_cases_that_run_is_counted_by_state(story: CaseStory) -> None:
    admin = client_of("administrator")
    page = checked(
        admin, draft(("zh: 责令改正, en: Order correction", "zh: 责令限期改正, en: Order correction"))
    )
    row = page[page.index("在办案件") :]
    assert "线索" in row
    assert "步骤“责令限期改正”有变化。" in row


def checked(admin: Client, text: str, **more: Any) -> str:
    response = admin.post(ADD, {"text": text, "_check": "1", **more}, headers={"Accept-Language": "zh"})
    return str(response.content.decode())
