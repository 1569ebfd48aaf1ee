"""A step that opens a case of another procedure: handed down, waited for, and told of its end."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.translation import override

from geoportal.cases.lists.notice_sentences import notice_sentence
from layers.agencies.models import Department, Officer
from layers.base.models import Building
from layers.casework.access.actor import Actor, NotAllowed
from layers.casework.cases import assignment, relations
from layers.casework.cases.creation import CaseIntake, open_case
from layers.casework.cases.effects import StepInput
from layers.casework.cases.overdue import record_overdue_limits
from layers.casework.cases.replay import replay
from layers.casework.cases.transitions import take_step, take_step_with_files
from layers.casework.log.event_log import log_flaws
from layers.casework.models import Case, CaseRelation, EventKind, Notice, NoticeKind, RelationKind
from layers.casework.procedures.versions import procedure_of, save_version, version_in_force
from tests.casework.conftest import People
from tests.casework.subtask_texts import OWN, WHEN, WORK

Ordered = Callable[..., tuple[Case, Case]]


@pytest.fixture
def planner(people: People) -> Actor:
    unit, _ = Department.objects.get_or_create(code="PL", defaults={"name": "规划", "name_en": "Planning"})
    officer = Officer.objects.create(code="XPL", name="规划员", department=unit, posts=["officer"])
    return Actor(officer.name, officer)


@pytest.fixture
def ordered(people: People, planner: Actor) -> Ordered:
    officer = people["first"].officer
    assert officer is not None
    officer.posts = ["officer"]
    officer.save()

    def order(text: str = OWN) -> tuple[Case, Case]:
        save_version(WORK, {}, "test", "work")
        save_version(text, {}, "test", "own")
        unit = Department.objects.get(code="UM")
        party = {"party_kind": "organisation", "party_name": "海港木业公司"}
        case = open_case(CaseIntake("占道", unit, version_in_force("own"), party=party), people["first"])
        take_step(case.pk, "order", people["first"], StepInput({"fine": 300}, note="三日内修补"))
        case.refresh_from_db()
        return case, case.related_from.get().case

    return order


def told(case: Case) -> list[str]:
    found = Notice.objects.filter(case=case, kind=NoticeKind.SUBTASK, officer__isnull=False)
    return sorted(notice.officer.name for notice in found if notice.officer)


@pytest.mark.django_db
def test_it_is_handed_title_party_and_facts_and_told_to_its_department(
    ordered: Ordered, planner: Actor
) -> None:
    case, child = ordered()
    assert (child.procedure, child.department.code, child.title) == ("work", "PL", "占道")
    assert (child.party_name, child.description, child.fields) == (
        "海港木业公司",
        "三日内修补",
        {"fine": 300},
    )
    assert child.handler is None
    link = CaseRelation.objects.get()
    assert (link.case, link.other, link.kind, link.step) == (child, case, RelationKind.CHILD, "order")
    assert case.events.get(kind=EventKind.STEP).data["opened"] == child.number
    assert child.events.get(kind=EventKind.OPENED).data["parent"] == case.number
    assert "规划员" in told(child)
    assert told(case) == []


@pytest.mark.django_db(transaction=True)
def test_the_case_waits_for_its_end_and_is_told_of_it(
    ordered: Ordered, people: People, planner: Actor
) -> None:
    case, child = ordered()
    with pytest.raises(NotAllowed, match="“交办修补”尚有子案未办结"):
        take_step(case.pk, "close", people["first"])
    assignment.add_note(child.pk, "已安排", planner)
    assert case.events.filter(kind=EventKind.SUBTASK).count() == 0
    take_step(child.pk, "close", planner)
    event = case.events.get(kind=EventKind.SUBTASK)
    assert (event.officer, event.data["subtask"], event.data["act"]) == (
        planner.officer,
        child.number,
        "ended",
    )
    assert event.data["state"] == {"zh": "结案", "en": "Closed"}
    assert people["first"].name in told(case)
    case.refresh_from_db()
    assert case.facts["subtasks"] == {
        "order": {"waiting": 0, "closed": 1, "dismissed": 0, "outcome": ["closed"]}
    }
    take_step(case.pk, "close", people["first"])
    assert list(log_flaws()) == []


@pytest.mark.django_db
def test_one_that_goes_on_again_is_waited_for_again(ordered: Ordered, people: People, planner: Actor) -> None:
    case, child = ordered()
    take_step(child.pk, "close", planner)
    take_step(child.pk, "again", planner)
    acts = [event.data["act"] for event in case.events.filter(kind=EventKind.SUBTASK)]
    assert acts == ["ended", "reopened"]
    with pytest.raises(NotAllowed, match="尚有子案未办结"):
        take_step(case.pk, "close", people["first"])


@pytest.mark.django_db
def test_one_that_is_joined_to_another_case_has_ended(
    ordered: Ordered, people: People, planner: Actor
) -> None:
    case, child = ordered()
    unit = Department.objects.get(code="PL")
    other = open_case(CaseIntake("同一处破损", unit, version_in_force("work")), planner)
    assignment.join(child.pk, other, planner, "同一处")
    case.refresh_from_db()
    assert case.facts["subtasks"]["order"]["outcome"] == ["joined"]
    said = case.events.get(kind=EventKind.SUBTASK).data
    assert (said["act"], said["state"]["zh"]) == ("joined", "已并入另一案件")
    take_step(case.pk, "close", people["first"])


OPEN_END = OWN.replace("    awaits: [order]\n", "").replace(
    "  pause:\n",
    "  again:\n    title: {zh: 返工, en: Again}\n    from: [closed]\n    to: lead\n    by: [officer]\n"
    "    basis: law 2\n    reopens: true\n  pause:\n",
)
STOPPING = OPEN_END.replace("party: true}", "party: true, stops: refuse}")


@pytest.mark.django_db
def test_what_is_open_when_the_case_ends_is_told_and_goes_on(
    ordered: Ordered, people: People, planner: Actor
) -> None:
    case, child = ordered(OPEN_END)
    take_step(case.pk, "close", people["first"])
    event = child.events.get(kind=EventKind.PARENT)
    assert (event.who, event.data["parent"], event.data["act"]) == (
        people["first"].name,
        case.number,
        "ended",
    )
    assert event.data["state"] == {"zh": "结案", "en": "Closed"}
    notice = Notice.objects.get(event=event, officer=planner.officer)
    with override("zh-hans"):
        assert notice_sentence(notice, {}) == f"主案 {case.number}：结案。"
    child.refresh_from_db()
    assert (child.state, child.is_open) == ("lead", True)
    take_step(case.pk, "again", people["first"])
    assert child.events.filter(kind=EventKind.PARENT).last().data["act"] == "reopened"  # type: ignore[union-attr]


@pytest.mark.django_db
def test_an_ended_case_is_told_of_its_sub_task_and_stays_ended(
    ordered: Ordered, people: People, planner: Actor
) -> None:
    case, child = ordered(OPEN_END)
    take_step(case.pk, "close", people["first"])
    take_step(child.pk, "close", planner)
    case.refresh_from_db()
    assert (case.state, case.is_open) == ("closed", False)
    assert case.facts["subtasks"]["order"] == {
        "waiting": 0,
        "closed": 1,
        "dismissed": 0,
        "outcome": ["closed"],
    }
    assert case.events.last().kind == EventKind.SUBTASK  # type: ignore[union-attr]
    assert child.events.filter(kind=EventKind.PARENT).count() == 1


@pytest.mark.django_db(transaction=True)
def test_one_that_stops_with_its_case_ends_by_the_step_that_the_text_names(
    ordered: Ordered, people: People, planner: Actor
) -> None:
    case, child = ordered(STOPPING)
    take_step(case.pk, "order", people["first"], StepInput({"fine": 1}))
    take_step(child.pk, "close", planner)
    take_step(case.pk, "close", people["first"])
    case.refresh_from_db()
    first, second = (link.case for link in case.related_from.order_by("case_id"))
    assert (first.state, second.state, second.outcome) == ("closed", "given_up", "too_dear")
    event = second.events.get(kind=EventKind.STEP)
    assert (event.step, event.officer, event.data["parent"]) == ("refuse", None, case.number)
    assert case.facts["subtasks"]["order"]["outcome"] == ["closed", "too_dear"]
    again = replay(second, procedure_of(second))
    assert [step.refusals for step in again.steps] == [[]]
    assert list(log_flaws()) == []


@pytest.mark.django_db
def test_one_that_cannot_stop_says_why_and_the_case_ends_all_the_same(
    ordered: Ordered, people: People, planner: Actor
) -> None:
    case, child = ordered(STOPPING)
    Case.objects.filter(pk=child.pk).update(joined_to=case)
    take_step(case.pk, "close", people["first"])
    note = child.events.get(kind=EventKind.NOTE)
    assert (note.data["step"], note.data["parent"]) == ("refuse", case.number)
    assert note.data["refused"][0]["zh"] == "该案已并入另一案件，请在该案办理。"
    case.refresh_from_db()
    assert not case.is_open


@pytest.mark.django_db
def test_sub_tasks_of_a_case_that_is_joined_to_another_are_told_and_go_on(
    ordered: Ordered, people: People, planner: Actor
) -> None:
    case, child = ordered(STOPPING)
    other = open_case(CaseIntake("同一处", case.department, version_in_force("own")), people["first"])
    assignment.join(case.pk, other, people["first"], "同一处")
    said = child.events.get(kind=EventKind.PARENT).data
    assert (said["act"], said["state"]["zh"]) == ("joined", "已并入另一案件")
    child.refresh_from_db()
    assert child.is_open


@pytest.mark.django_db
def test_what_the_case_is_about_is_handed_down(ordered: Ordered, people: People, planner: Actor) -> None:
    about = "subjects:\n  buildings: {most: 2}\n"
    case, _ = ordered(OWN.replace("party: true}", "subjects: true}") + about)
    house = Building.objects.get(name="政务大楼")
    relations.add_subject(case.pk, "buildings", house.pk, house.name, people["first"])
    take_step(case.pk, "order", people["first"])
    child = case.related_from.order_by("case_id").last().case  # type: ignore[union-attr]
    assert list(child.subjects.values_list("layer", "feature")) == [("buildings", house.pk)]
    assert child.events.get(kind=EventKind.OPENED).data["subjects"] == [
        {"layer": "buildings", "feature": house.pk}
    ]


def close_with_files(child: Case, planner: Actor) -> None:
    take_step_with_files(child.pk, "close", planner, StepInput(), {})


def run_out(child: Case, planner: Actor) -> None:
    child.limits.update(due=timezone.now() - timedelta(days=1))
    assert record_overdue_limits() == 1


@pytest.mark.parametrize("act", [close_with_files, run_out])
@pytest.mark.django_db
def test_a_case_is_held_before_its_sub_task_lest_two_wait_for_one_another(
    act: Callable[[Case, Actor], None], ordered: Ordered, planner: Actor
) -> None:
    _, child = ordered()
    with CaptureQueriesContext(connection) as captured:
        act(child, planner)
    held = [each["sql"] for each in captured if "FOR UPDATE" in each["sql"]]
    assert "casework_caserelation" in held[0]


@pytest.mark.parametrize(
    ("condition", "ends", "allowed"),
    [
        ("field: order.closed, over: 0", "close", True),
        ("field: order.closed, over: 0", "refuse", False),
        ("field: order.dismissed, over: 0", "refuse", True),
        ("field: order.outcome, in: [too_dear]", "refuse", True),
        ("field: order.outcome, in: [too_dear]", "close", False),
    ],
)
@pytest.mark.django_db
def test_conditions_ask_how_it_ended(
    condition: str, ends: str, allowed: bool, ordered: Ordered, people: People, planner: Actor
) -> None:
    case, child = ordered(OWN.replace("    awaits: [order]\n", WHEN % condition))
    take_step(child.pk, ends, planner)
    if allowed:
        take_step(case.pk, "close", people["first"])
    else:
        with pytest.raises(NotAllowed, match="未修"):
            take_step(case.pk, "close", people["first"])


@pytest.mark.django_db
def test_the_department_may_be_named_in_the_form_and_is_the_own_one_where_nothing_is_said(
    ordered: Ordered, people: People, planner: Actor
) -> None:
    field = "  fine: {title: {zh: 罚款, en: Fine}, kind: number}\n"
    named = (
        OWN.replace(field, f"{field}  where: {{title: {{zh: 承办部门, en: Who}}, kind: unit}}\n")
        .replace("fields: {fine: optional}", "fields: {fine: optional, where: optional}")
        .replace("department: PL", "department: where")
    )
    case, child = ordered(named)
    assert (child.department.code, child.handler) == ("UM", people["first"].officer)
    take_step(case.pk, "order", people["first"], StepInput({"where": "PL"}))
    case.refresh_from_db()
    assert case.related_from.order_by("case_id").last().case.department.code == "PL"  # type: ignore[union-attr]
    assert case.facts["subtasks"]["order"]["waiting"] == 2


@pytest.mark.django_db
def test_a_sub_task_stays_with_its_case(ordered: Ordered, people: People) -> None:
    case, _ = ordered()
    link = CaseRelation.objects.get()
    with pytest.raises(NotAllowed, match="不能解除"):
        relations.unrelate(case.pk, link.pk, people["first"])


@pytest.mark.django_db
def test_both_histories_are_taken_again_without_opening_anything(
    ordered: Ordered, people: People, planner: Actor
) -> None:
    case, child = ordered(OWN.replace("    awaits: [order]\n", WHEN % "field: order.closed, over: 0"))
    take_step(child.pk, "close", planner)
    take_step(case.pk, "close", people["first"])
    before = Case.objects.count()
    for each in (case, child):
        each.refresh_from_db()
        found = replay(each, procedure_of(each))
        assert [step.refusals for step in found.steps] == [[]] * len(found.steps)
        assert (found.is_complete, found.case.state) == (True, "closed")
        assert found.case.fields == {"fine": 300}
    assert Case.objects.count() == before
