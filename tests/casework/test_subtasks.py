"""A step that opens a case of another procedure: handed down, waited for, told of its end, and read with its mistakes."""

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
from layers.casework.admin.procedure_drawing import ProcedureDrawing
from layers.casework.cases import assignment, relations
from layers.casework.cases.creation import CaseIntake, open_case
from layers.casework.cases.effects import StepInput
from layers.casework.cases.overdue import record_overdue_limits
from layers.casework.cases.replay import replay
from layers.casework.cases.transitions import take_step, take_step_with_files
from layers.casework.log.event_log import log_flaws
from layers.casework.models import Case, CaseRelation, EventKind, Notice, NoticeKind, RelationKind
from layers.casework.procedures import ProcedureError, read_procedure
from layers.casework.procedures.model import Subtask
from layers.casework.procedures.validation.subtasks import opening_problems
from layers.casework.procedures.versions import check_shipped, procedure_of, save_version, version_in_force
from tests.casework.conftest import People
from tests.casework.small_procedure import SMALL, line_of, problems_of

WORK = (
    SMALL.replace("code: small", "code: work")
    .replace("title: {zh: 小, en: Small}", "title: {zh: 修补, en: Repair}")
    .replace("place: {geometry: point, required: lead}", "place: {geometry: none}")
    .replace("title: {zh: 人员, en: Officer}", "title: {zh: 人员, en: Officer}, capabilities: [supervise]")
    .replace(
        "  pause:\n",
        "  refuse:\n    title: {zh: 不修, en: Refuse}\n    from: [lead]\n    to: given_up\n    by: [officer]\n"
        "    basis: law 2\n    outcome: too_dear\n"
        "  again:\n    title: {zh: 返工, en: Again}\n    from: [closed]\n    to: lead\n    by: [officer]\n"
        "    basis: law 2\n    reopens: true\n  pause:\n",
    )
    .replace(
        "\nsteps:", "\n  given_up: {title: {zh: 不修, en: Given up}, phase: dismissed, final: true}\nsteps:"
    )
    .replace("ends: [close]", "ends: [close, refuse]")
    .replace("    basis: law 2\n", "    basis: law 2\n    fields: {fine: optional}\n", 1)
)
OPENS = "    opens: {procedure: work, department: PL, fields: [fine], party: true}\n"
OWN = (
    SMALL.replace("code: small", "code: own")
    .replace("place: {geometry: point, required: lead}", "place: {geometry: none}")
    .replace("title: {zh: 人员, en: Officer}", "title: {zh: 人员, en: Officer}, capabilities: [supervise]")
    .replace(
        "  pause:\n",
        "  order:\n    title: {zh: 交办修补, en: Order the repair}\n    from: [lead]\n    by: [officer]\n"
        "    basis: law 2\n    fields: {fine: optional}\n" + OPENS + "  pause:\n",
    )
    .replace("    basis: law 2\n", "    basis: law 2\n    awaits: [order]\n", 1)
)
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


WHEN = "    awaits: [order]\n    when: {%s}\n    otherwise: {zh: 未修, en: Not repaired}\n"


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


@pytest.mark.django_db
def test_it_is_drawn_with_what_it_opens() -> None:
    save_version(WORK, {}, "test", "work")
    with override("zh-hans"):
        assert "交办修补 ▸ 开立子案：修补" in ProcedureDrawing(read_procedure(OWN, "own", {})).dot()


def test_it_is_read() -> None:
    procedure = read_procedure(OWN, "own", {})
    assert procedure.steps["order"].opens == Subtask("work", "", "PL", ("fine",), True)


@pytest.mark.parametrize(
    ("old", "new", "at", "sentence"),
    [
        (
            "awaits: [order]",
            "awaits: [pause]",
            "    awaits:",
            "The step 'pause' asks nobody and opens nothing.",
        ),
        (
            "department: PL",
            "department: fine",
            "    opens:",
            "'fine' is neither a department's code nor a field of the step that names one.",
        ),
        ("fields: [fine]", "fields: [work]", "    opens:", "There is no field 'work' to hand down."),
        (
            OPENS,
            OPENS + "    consults: {units: {PL: 24 hours}}\n",
            "    opens:",
            "The step 'order' asks departments or opens a sub-task, not both.",
        ),
        (
            "    awaits: [order]\n",
            WHEN % "field: order.agreed, over: 0",
            "    when:",
            "'order' opens sub-tasks: write order. and one of closed, dismissed, outcome, waiting.",
        ),
        (
            "    from: [lead]\n    by: [officer]\n    basis: law 2\n    fields",
            "    from: [closed]\n    by: [officer]\n    reopens: true\n    basis: law 2\n    fields",
            "    awaits:",
            "The step 'close' never comes after 'order'.",
        ),
    ],
)
def test_a_text_that_makes_no_sense_is_told_with_its_line(old: str, new: str, at: str, sentence: str) -> None:
    text = OWN.replace(old, new, 1)
    assert problems_of(text) == [("own", line_of(text, at), sentence)]


HELD = "parties: {owner: {title: {zh: 业主, en: Owner}, principal: true, required: lead}}\n"
ABOUT = "subjects:\n  buildings: {required: lead, most: 1}\n"
OUTCOME = OWN.replace("    awaits: [order]\n", WHEN % "field: order.outcome, in: [%s]")
STOPS = OWN.replace("party: true}", "party: true, stops: %s}")
CATEGORY = "categories:\n  hole: {title: {zh: 坑洞, en: Hole}, basis: law 1}\n"
BACK = OPENS.replace("procedure: work, department: PL, fields: [fine], party: true", "procedure: own")


@pytest.mark.parametrize(
    ("own", "work", "sentence"),
    [
        (OWN.replace("procedure: work", "procedure: nothing"), WORK, "There is no procedure 'nothing'."),
        (
            OWN.replace("procedure: work", "procedure: own"),
            WORK,
            "'own' and 'own' would open one another without end.",
        ),
        (
            OWN,
            WORK.replace("    outcome: too_dear\n", "    outcome: too_dear\n" + BACK),
            "'own' and 'work' would open one another without end.",
        ),
        (OWN, WORK + CATEGORY, "'work' has no category ''."),
        (
            OWN.replace("department: PL", "department: PL, category: gap"),
            WORK + CATEGORY,
            "'work' has no category 'gap'.",
        ),
        (
            OWN,
            WORK.replace("kind: number}", "kind: date}"),
            "'work' has no field 'fine' of the same kind that can be handed down.",
        ),
        (
            OWN,
            WORK + "parties: {owner: {title: {zh: 业主, en: Owner}, principal: true, kinds: [person]}}\n",
            "The party of 'work' cannot be of all the same kinds.",
        ),
        (
            OWN.replace(", party: true", ""),
            WORK + HELD,
            "'work' requires 'owner' from its first state on, who is not handed down.",
        ),
        (
            OWN,
            WORK + HELD.replace("}}\n", "}, heir: {title: {zh: 继承人, en: Heir}, required: lead}}\n"),
            "'work' requires 'heir' from its first state on, who is not handed down.",
        ),
        (
            OWN,
            WORK + ABOUT,
            "'work' must be about 'buildings' from its first state on, which is not handed down.",
        ),
        (
            OWN.replace("party: true", "subjects: true") + ABOUT.replace("most: 1", "most: 2"),
            WORK + ABOUT,
            "'work' is about 1 of 'buildings' at most, and more may be handed down.",
        ),
        (
            OWN,
            WORK.replace("geometry: none", "geometry: point, required: lead"),
            "'work' requires a place from its first state on, which cases of this have not.",
        ),
        (
            OWN,
            WORK + "leads: [complaint]\n",
            "'work' does not take all leads that cases of this come from.",
        ),
        (STOPS % "pause", WORK, "The step 'pause' ends no case."),
        (STOPS % "halt", WORK, "There is no step 'halt' in 'work'."),
        (
            STOPS % "refuse",
            WORK.replace("    outcome: too_dear\n", "    outcome: too_dear\n    reason_required: true\n"),
            "Nobody takes the step 'refuse': it needs a reason.",
        ),
    ],
)
@pytest.mark.django_db
def test_what_is_opened_must_be_there_and_fit_whichever_is_kept_last(
    own: str, work: str, sentence: str
) -> None:
    if BACK in work:
        save_version(OWN.replace(OPENS, "").replace("    awaits: [order]\n", ""), {}, "test", "own")
    save_version(work, {}, "test", "work")
    with pytest.raises(ProcedureError) as caught:
        save_version(own, {}, "test", "own")
    assert [(each.line, each.sentence.en) for each in caught.value.problems] == [
        (line_of(own, "    opens:"), sentence)
    ]


FITTING = [
    (OWN, WORK),
    (OWN, WORK + HELD),
    (OWN.replace("party: true", "party: true, subjects: true") + ABOUT, WORK + ABOUT),
    (OWN.replace("party: true", "party: true, subjects: true"), WORK + ABOUT),
    (OWN.replace("geometry: none", "geometry: point"), WORK.replace("geometry: none", "geometry: point, required: lead")),
    (OWN + "leads: [complaint]\n", WORK + "leads: [complaint, patrol]\n"),
    (STOPS % "refuse", WORK),
    (OUTCOME % "too_dear, closed, given_up, joined", WORK),
]  # fmt: skip


def openings(own: str, work: str) -> list[tuple[int, str]]:
    known = {"work": read_procedure(work, "work", {})}
    found = opening_problems(read_procedure(own, "own", {}), known)
    return [(each.line, each.sentence.en) for each in found]


@pytest.mark.parametrize(("own", "work"), FITTING)
def test_what_fits_is_taken(own: str, work: str) -> None:
    assert openings(own, work) == []


def test_an_outcome_that_the_sub_task_cannot_have_is_told_with_its_line() -> None:
    text = OUTCOME % "too_cheap"
    sentence = "No sub-task ends with 'too_cheap'; it can be: closed, given_up, joined, too_dear."
    assert openings(text, WORK) == [(line_of(text, "    when: {field: order.outcome"), sentence)]
    known = {"own": read_procedure(OUTCOME % "too_dear", "own", {})}
    cheaper = read_procedure(WORK.replace("outcome: too_dear", "outcome: too_cheap"), "work", {})
    (problem,) = opening_problems(cheaper, known)
    assert problem.sentence.en.startswith("The step 'order' of 'own' opens cases of this: No sub-task ends")


LINKED = OWN.replace("procedure: work", "procedure: work-of-city")
VARIED = WORK.replace("code: work", "code: work-of-port").replace("family:", "departments: [PL]\nfamily:")


def test_the_variation_that_a_department_follows_is_looked_at_too() -> None:
    general = WORK.replace("code: work", "code: work-of-city").replace(
        "family:", "departments: [UM]\nfamily:"
    )
    known = {"work-of-city": general, "work-of-port": VARIED + CATEGORY}
    procedures = {code: read_procedure(text, code, {}) for code, text in known.items()}
    (problem,) = opening_problems(read_procedure(LINKED, "own", {}), procedures)
    assert problem.sentence.en == "'work-of-port' has no category ''."


def test_texts_that_rooms_ship_must_fit_one_another() -> None:
    rooms = [{"own": OWN}, {"work": WORK}]
    check_shipped(rooms)
    with pytest.raises(ProcedureError, match="work"):
        check_shipped([{"own": OWN}, {"work": WORK + CATEGORY}])


@pytest.mark.django_db
def test_a_procedure_that_others_open_stays_as_they_need_it() -> None:
    save_version(WORK, {}, "test", "work")
    save_version(OWN, {}, "test", "own")
    with pytest.raises(ProcedureError) as caught:
        save_version(WORK + CATEGORY, {}, "test", "work")
    (problem,) = caught.value.problems
    assert problem.sentence.en == (
        "The step 'order' of 'own' opens cases of this: 'work' has no category ''."
    )
