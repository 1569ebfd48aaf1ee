"""A paper tells what was so when its step was taken, and an archived file takes nothing more, at no door."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.gis.geos import MultiPolygon, Point, Polygon
from django.utils import timezone

from layers.casework.access.actor import Actor, NotAllowed
from layers.casework.cases import assignment, parties, relations
from layers.casework.cases.effects import StepInput
from layers.casework.cases.transitions import take_step
from layers.casework.documents.document_context import document_context
from layers.casework.documents.issuance import document_statuses, draft_document, issue_document
from layers.casework.evidence.custody import EvidenceItem, add_evidence
from layers.casework.models import Document, RelationKind
from layers.casework.procedures.versions import procedure_of
from layers.coordinates import STORE_SRID
from tests.cases.case_story import CaseStory, intended
from tests.cases.conftest import SignIn
from tests.casework.papers import BLANK, make_papers
from tests.field.conftest import HERE, phone, post

pytestmark = pytest.mark.django_db
OFFICE = {"kind": "organisation", "name": "邻家商行", "head": "周某"}


def told(story: CaseStory, code: str) -> dict[str, Any]:
    """What the paper would say if it were made now."""
    kind = procedure_of(story.case).documents[code]
    return document_context(story.case, draft_document(story.case, kind, ""))


def issue(story: CaseStory, code: str) -> Document:
    return issue_document(story.case.pk, code, story.people["first"], lambda *_: BLANK)


def add_piece(story: CaseStory, title: str) -> None:
    add_evidence(
        story.case.pk,
        EvidenceItem(f"{title}.txt", title=title),
        iter([title.encode()]),
        story.people["first"],
    )


def test_a_paper_lists_evidence_parties_and_facts_as_they_were_at_its_step(story: CaseStory) -> None:
    case, first = story.case, story.people["first"]
    parties.add_party(case.pk, "affected", OFFICE, first)
    row = case.parties.get(is_principal=False).pk
    story.take("check_lead", "first", facts="群众举报占道。", party_name="北仑演示餐饮有限公司")
    story.to_decision()
    make_papers(case, first, "deliver")
    before = {code: told(story, code) for code in ("lead_register", "penalty_decision")}
    add_piece(story, "事后补充")
    renamed = {"party_name": "改名后的公司", "party_address": "迁往别处", "party_head": "王某"}
    parties.correct_party(case.pk, renamed, "更名", first)
    parties.update_party(case.pk, row, {"head": "吴某"}, "换人", first)
    parties.add_party(case.pk, "witness", {"kind": "person", "name": "郑某"}, first)
    assignment.correct_position(case.pk, Point(121.9, 29.95, srid=STORE_SRID), "误差", first)
    case.refresh_from_db()
    story.take("deliver", "first", method="direct", delivered_on=str(timezone.localdate()))
    for code, said in before.items():
        now = told(story, code)
        for part in ("case", "party", "parties", "given", "evidence", "steps", "standing", "money"):
            assert now[part] == said[part], (code, part)
    assert [each["title"] for each in before["penalty_decision"]["evidence"]] == ["桌椅摆放", "门头招牌"]
    assert before["lead_register"]["case"]["description"] == "群众举报占道。"
    assert before["lead_register"]["given"]["fine"] == ""
    assert "占用公共场地" in before["penalty_decision"]["case"]["description"]
    assert before["penalty_decision"]["parties"]["affected"][0]["head"] == "周某"
    assert len(told(story, "file_catalogue")["evidence"]) == 3


def test_each_step_has_a_paper_of_its_own(story: CaseStory) -> None:
    story.take("file", "head")
    story.take("start_investigation", "first", certificate_shown=True)
    for record in ("第一次", "第二次"):
        story.take("inspect", "first", record=record, full_record=True)
    made = [issue(story, "scene_record") for _ in range(3)]
    events = [each.event.data["fields"]["record"] for each in made if each.event]
    assert events == ["第一次", "第二次", "第二次"]


def paid(story: CaseStory) -> None:
    story.take("record_payment", "first", paid="3000.50", receipt_number="A1", channel="bank")
    story.take("record_fulfilment", "first", fulfilment="已缴清")


def test_each_gate_names_the_paper_and_an_archived_file_takes_nothing_more(
    story: CaseStory, sign_in: SignIn
) -> None:
    case, people = story.case, story.people
    delivery = StepInput(
        {"method": "direct", "delivered_on": str(timezone.localdate())}, partner=people["second"].officer
    )
    story.to_review()
    story.take("issue_notice", "first", rights_text="拟处罚款", **intended("3000.50"))
    with pytest.raises(NotAllowed, match="须先制作“行政处罚告知书”"):
        take_step(case.pk, "serve_notice", people["first"], delivery)
    story.take("serve_notice", "first", **delivery.fields)
    story.take("waive_hearing", "first")
    story.take("conclude_notice", "leader")
    decision = StepInput({"penalty": "fine", "fine": "3000.50", "decision_text": "罚款。"})
    with pytest.raises(NotAllowed) as refused:
        take_step(case.pk, "decide_penalty", people["head"], decision)
    assert [each.zh.split("：")[0] for each in refused.value.refusals] == [
        "须先制作“案件调查终结报告”",
        "须先制作“送达回证”",
    ]
    story.take("decide_penalty", "head", **decision.fields)
    with pytest.raises(NotAllowed, match="须先制作“行政处罚决定书”"):
        take_step(case.pk, "deliver", people["first"], delivery)
    story.take("deliver", "first", **delivery.fields)
    paid(story)
    with pytest.raises(NotAllowed, match="须先制作“送达回证”：“送达决定书”要求制作"):
        take_step(case.pk, "close", people["head"])
    story.take("close", "head")
    with pytest.raises(NotAllowed, match="须先制作“立案审批表”"):
        take_step(case.pk, "archive", people["archivist"], StepInput({"file_number": "2026-1"}))
    story.take("archive", "archivist", file_number="2026-1")
    assert [each.kind.code for each in document_statuses(story.case) if each.is_outstanding] == [
        "file_catalogue"
    ]
    refuses_all(story)
    issue(story, "file_catalogue")
    refuses_all(story)
    sign_in("first")  # makes the account
    key = str(uuid4())
    note = post(client(people["first"]), "notes/", {"key": key, "case": case.pk, "note": "迟到的记录"})
    assert (note.status_code, "archived" in note.content.decode()) == (422, True)
    story.take("revoke", "head", reason="适用依据有误")
    assignment.add_note(case.pk, "重新办理", people["first"])


def client(actor: Actor) -> Any:
    assert actor.officer
    return phone(actor.officer.code)


def refuses_all(story: CaseStory) -> None:
    case, first, leader = story.case, story.people["first"], story.people["leader"]
    here = Point(HERE["lon"], HERE["lat"], srid=STORE_SRID)
    area = MultiPolygon(Polygon.from_bbox((121.84, 29.9, 121.841, 29.901)), srid=STORE_SRID)
    acts: list[Callable[[], object]] = [
        lambda: add_piece(story, "迟到"),
        lambda: issue(story, "penalty_decision"),
        lambda: assignment.add_note(case.pk, "迟到", first),
        lambda: assignment.correct_position(case.pk, here, "误差", first),
        lambda: assignment.draw_area(case.pk, area, "范围", first),
        lambda: assignment.hand_over(case.pk, case.department, "移交", leader),
        lambda: assignment.share(case.pk, [], "联办", leader),
        lambda: assignment.join(case.pk, case, leader, "重复"),
        lambda: parties.add_party(case.pk, "affected", OFFICE, first),
        lambda: parties.update_party(case.pk, 0, OFFICE, "更名", first),
        lambda: parties.remove_party(case.pk, 0, "误登", first),
        lambda: parties.correct_party(case.pk, {"party_name": "改名"}, "更名", first),
        lambda: relations.add_subject(case.pk, "buildings", 1, "楼", first),
        lambda: relations.remove_subject(case.pk, 0, first),
        lambda: relations.relate(case.pk, case, RelationKind.RELATED, first),
        lambda: relations.unrelate(case.pk, 0, first),
    ]
    before = case.events.count()
    for number, act in enumerate(acts):
        with pytest.raises(NotAllowed) as refused:
            act()
        assert "本案已归档" in str(refused.value.refusals[0]), number
    assert case.events.count() == before
