"""Several departments asked for their opinions at once, each with its own time: joined, answered, silent, and read."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from layers.agencies.models import Department, Officer
from layers.casework.access.actor import Actor, NotAllowed
from layers.casework.calendar.district import district_calendar
from layers.casework.calendar.due_dates import due_time
from layers.casework.cases.consultations import answer_consultation, close_silent_consultations
from layers.casework.cases.creation import CaseIntake, open_case
from layers.casework.cases.effects import StepInput
from layers.casework.cases.transitions import take_step
from layers.casework.models import (
    Case,
    Consultation,
    ConsultationStatus,
    EventKind,
    Notice,
    NoticeKind,
)
from layers.casework.procedures import Facts, holds, read_procedure
from layers.casework.procedures.conditions import FieldAbove
from layers.casework.procedures.model import Consulting
from layers.casework.procedures.spans import Span, Unit
from layers.casework.procedures.versions import save_version, version_in_force
from layers.casework.rules.consultations import is_joined
from tests.casework.conftest import People
from tests.casework.small_procedure import SMALL, line_of, problems_of

ASKS = "    consults: {units: {PL: 5 working days, HP: 24 hours}}\n"
OWN = (
    SMALL.replace("code: small", "code: own")
    .replace("place: {geometry: point, required: lead}", "place: {geometry: none}")
    .replace(
        "  pause:\n",
        "  ask:\n    title: {zh: 征求意见, en: Ask}\n    from: [lead]\n    by: [officer]\n    basis: law 2\n"
        + ASKS
        + "  pause:\n",
    )
    .replace("    basis: law 2\n", "    basis: law 2\n    after: [ask]\n    awaits: [ask]\n", 1)
)
Asked = Callable[..., Case]


@pytest.fixture
def others(people: People) -> dict[str, Actor]:
    """An officer of each department that is asked."""
    found = {}
    for code, name in (("PL", "规划员"), ("HP", "住建员")):
        unit, _ = Department.objects.get_or_create(code=code, defaults={"name": code, "name_en": code})
        officer = Officer.objects.create(code=f"X{code}", name=name, department=unit)
        found[code] = Actor(name, officer)
    return found


@pytest.fixture
def asked(people: People, others: dict[str, Actor]) -> Asked:
    officer = people["first"].officer
    assert officer is not None
    officer.posts = ["officer"]
    officer.save()

    def ask(text: str = OWN) -> Case:
        save_version(text, {}, "test", "own")
        unit = Department.objects.get(code="UM")
        case = open_case(CaseIntake("占道", unit, version_in_force("own")), people["first"])
        take_step(case.pk, "ask", people["first"], StepInput(note="是否符合规划？"))
        return case

    return ask


def of(case: Case, code: str) -> Consultation:
    return case.consultations.get(department__code=code, status=ConsultationStatus.WAITING)


def let_pass(case: Case) -> int:
    case.consultations.update(due=timezone.now() - timedelta(minutes=1))
    return close_silent_consultations()


def close(case: Case, actor: Actor) -> None:
    take_step(case.pk, "close", actor)


@pytest.mark.django_db
def test_each_is_asked_with_its_own_time_by_the_working_calendar(asked: Asked) -> None:
    case = asked()
    step = case.events.get(kind=EventKind.STEP)
    days = district_calendar()
    for code, span in (("PL", Span(5, Unit.WORKING_DAY)), ("HP", Span(24, Unit.HOUR))):
        found = of(case, code)
        assert found.due == due_time(found.asked_at, span, days, roll=True)
    assert step.data["consults"] == ["PL", "HP"]


@pytest.mark.django_db
def test_the_case_waits_until_all_have_answered(
    asked: Asked, people: People, others: dict[str, Actor]
) -> None:
    case = asked()
    with pytest.raises(NotAllowed, match="“征求意见”尚有部门未回复"):
        close(case, people["first"])
    answer_consultation(of(case, "PL").pk, "agrees", "", others["PL"])
    with pytest.raises(NotAllowed, match="“征求意见”尚有部门未回复"):
        close(case, people["first"])
    answer_consultation(of(case, "HP").pk, "objects", "未取得许可", others["HP"])
    said = [event.data for event in case.events.filter(kind=EventKind.CONSULTATION)]
    assert [(each["consulted"], each["opinion"], each.get("note", "")) for each in said] == [
        ("PL", "agrees", ""),
        ("HP", "objects", "未取得许可"),
    ]
    case.refresh_from_db()
    assert case.facts["consulted"] == {"ask": {"waiting": 0, "agreed": 1, "objected": 1, "silent": 0}}
    close(case, people["first"])


@pytest.mark.django_db
def test_some_are_enough_where_the_text_says_so(
    asked: Asked, people: People, others: dict[str, Actor]
) -> None:
    case = asked(OWN.replace("HP: 24 hours}", "HP: 24 hours}, joined: {some: 1}"))
    answer_consultation(of(case, "HP").pk, "agrees", "", others["HP"])
    close(case, people["first"])
    assert case.consultations.get(department__code="PL").status == ConsultationStatus.DROPPED


@pytest.mark.django_db
def test_silence_goes_to_who_leads_and_agrees_to_nothing(asked: Asked, people: People) -> None:
    leader = people["leader"].officer
    assert leader is not None
    leader.posts = ["officer"]
    leader.save()
    text = OWN.replace(
        "officer: {title: {zh: 人员, en: Officer}}",
        "officer: {title: {zh: 人员, en: Officer}, capabilities: [supervise]}",
    )
    case = asked(text)
    assert close_silent_consultations() == 0
    assert (let_pass(case), close_silent_consultations()) == (2, 0)
    assert {each.status for each in case.consultations.all()} == {ConsultationStatus.SILENT}
    assert {each.opinion for each in case.consultations.all()} == {""}
    assert Notice.objects.filter(case=case, kind=NoticeKind.OVERDUE, officer=leader).count() == 2
    case.refresh_from_db()
    assert case.facts["consulted"]["ask"] == {"waiting": 0, "agreed": 0, "objected": 0, "silent": 2}
    close(case, people["first"])


@pytest.mark.django_db
def test_silence_agrees_only_where_the_text_says_so(asked: Asked) -> None:
    case = asked(OWN.replace("HP: 24 hours}", "HP: 24 hours}, silence: agrees"))
    assert let_pass(case) == 2
    assert {(each.status, each.opinion) for each in case.consultations.all()} == {("silent", "agrees")}
    said = [event.data for event in case.events.filter(kind=EventKind.CONSULTATION)]
    assert {(each["act"], each["opinion"]) for each in said} == {("silent", "agrees")}


@pytest.mark.django_db
def test_only_who_is_asked_answers_in_time_and_with_a_reason(
    asked: Asked, people: People, others: dict[str, Actor]
) -> None:
    case = asked()
    pk = of(case, "PL").pk
    for actor, opinion, text, why in (
        (others["HP"], "agrees", "", "不是您的部门"),
        (people["first"], "agrees", "", "不是您的部门"),
        (others["PL"], "maybe", "", "请选择同意或者不同意"),
        (others["PL"], "objects", " ", "须写明理由"),
        (others["PL"], "agrees", "字" * 4001, "不得超过 4000 字"),
    ):
        with pytest.raises(NotAllowed, match=why):
            answer_consultation(pk, opinion, text, actor)
    let_pass(case)
    with pytest.raises(NotAllowed, match="已不再等待回复"):
        answer_consultation(pk, "agrees", "", others["PL"])


@pytest.mark.django_db
def test_who_may_answer_is_told_with_the_step(asked: Asked, people: People, others: dict[str, Actor]) -> None:
    def told(case: Case) -> set[str]:
        found = Notice.objects.filter(case=case, kind=NoticeKind.ASKED, officer__isnull=False)
        return {notice.officer.code for notice in found if notice.officer}

    everybody = told(asked())
    assert {"XPL", "XHP"} <= everybody
    planner = others["PL"].officer
    assert planner is not None
    planner.posts = ["officer"]
    planner.save()
    case = asked(OWN.replace("HP: 24 hours}", "HP: 24 hours}, by: [officer]"))
    assert told(case) & {"XPL", "XHP"} == {"XPL"}
    with pytest.raises(NotAllowed, match="您的岗位不能答复"):
        answer_consultation(of(case, "HP").pk, "agrees", "", others["HP"])
    answer_consultation(of(case, "PL").pk, "agrees", "", others["PL"])
    notice = Notice.objects.get(case=case, kind=NoticeKind.ASKED, officer=planner)
    assert notice.event == case.events.get(kind=EventKind.STEP)


@pytest.mark.django_db
def test_asking_again_drops_what_was_not_answered(asked: Asked, people: People) -> None:
    case = asked()
    take_step(case.pk, "ask", people["first"])
    statuses = case.consultations.values_list("status", flat=True)
    assert sorted(statuses) == ["dropped", "dropped", "waiting", "waiting"]
    case.refresh_from_db()
    assert case.facts["consulted"]["ask"]["waiting"] == 2


def test_it_is_read_and_asked_about() -> None:
    procedure = read_procedure(OWN, "own", {})
    asks = procedure.steps["ask"].consults
    assert asks == Consulting({"PL": Span(5, Unit.WORKING_DAY), "HP": Span(24, Unit.HOUR)})
    assert procedure.steps["close"].awaits == ("ask",)
    facts = Facts(fields={"ask": {"objected": 1, "agreed": 0}})
    assert holds(FieldAbove("ask.objected", 0), facts)  # type: ignore[arg-type]
    assert not holds(FieldAbove("ask.agreed", 0), facts)  # type: ignore[arg-type]


def test_what_is_joined() -> None:
    every, two = Consulting({}), Consulting({}, some=2)
    assert is_joined(every, {"waiting": 0, "silent": 3})
    assert not is_joined(every, {"waiting": 1, "agreed": 5})
    assert is_joined(two, {"waiting": 1, "agreed": 1, "objected": 1})
    assert not is_joined(two, {"waiting": 1, "agreed": 1, "silent": 4})


WHEN = "    awaits: [ask]\n    when: {field: ask.%s, over: 0}\n    otherwise: {zh: 不, en: no}\n"


@pytest.mark.parametrize(
    ("old", "new", "at", "sentence"),
    [
        ("    awaits: [ask]\n", "", "    consults:", "No step awaits what 'ask' asks for."),
        (
            "    awaits: [ask]\n",
            "    awaits: [ask, pause]\n",
            "    awaits:",
            "The step 'pause' asks nobody and opens nothing.",
        ),
        ("HP: 24 hours}", "HP: 24 hours}, by: [nobody]", "    consults:", "There is no role 'nobody'."),
        (
            "HP: 24 hours}",
            "HP: 24 hours}, joined: {some: 3}",
            "    consults:",
            "'ask' asks only 2 departments.",
        ),
        (
            "    awaits: [ask]\n",
            WHEN % "said",
            "    when:",
            "'ask' asks departments: write ask. and one of agreed, objected, silent, waiting.",
        ),
    ],
)
def test_a_text_that_makes_no_sense_is_told_with_its_line(old: str, new: str, at: str, sentence: str) -> None:
    text = OWN.replace(old, new)
    assert problems_of(text) == [("own", line_of(text, at), sentence)]


def test_conditions_ask_how_many_object() -> None:
    text = OWN.replace("    awaits: [ask]\n", WHEN % "objected")
    assert read_procedure(text, "own", {}).steps["close"].when is not None
