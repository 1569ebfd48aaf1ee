"""Steps through the database: rights, order and forms are checked, columns and flags are written, or nothing is."""

import pytest
from django.utils import timezone

from layers.casework.access.actor import NotAllowed
from layers.casework.cases.creation import CaseIntake, open_case
from layers.casework.cases.effects import StepInput
from layers.casework.cases.transitions import take_step
from layers.casework.log.case_lock import StaleRevision
from layers.casework.models import Case, EventKind, Evidence
from layers.casework.procedures.versions import procedure_of, save_version, version_in_force
from layers.enforcement.models import PenaltyDecision
from tests.casework.conftest import Open, People
from tests.casework.papers import make_papers
from tests.room_texts import procedure_texts

pytestmark = pytest.mark.django_db


def sentences(refused: "pytest.ExceptionInfo[NotAllowed]") -> str:
    return " ".join(refusal.en for refusal in refused.value.refusals)


def add_pieces(case: Case, people: People, count: int = 2) -> None:
    for number in range(count):
        Evidence.objects.create(
            case=case,
            kind="audio_visual",
            sha256=f"{number:064d}",
            size=1,
            media_type="image/jpeg",
            file_name="a.jpg",
            received=case.reported,
            officer=people["first"].officer,
        )


def investigated(case: Case, people: People, **facts: object) -> None:
    """From the lead to the end of the investigation."""
    pair = people["second"].officer
    take_step(case.pk, "file", people["head"])
    take_step(
        case.pk, "start_investigation", people["first"], StepInput({"certificate_shown": True}, partner=pair)
    )
    add_pieces(case, people)
    fields = {"proposal": "penalise", "facts": "超出许可", "penalty": "fine", "fine": "20000", **facts}
    take_step(case.pk, "conclude", people["first"], StepInput(fields, partner=pair))
    take_step(case.pk, "pass_review", people["leader"], StepInput({"opinion": "同意"}))


def noticed(case: Case, people: People) -> None:
    fields = {
        "rights_text": "拟罚款",
        "noticed_penalty": "fine",
        "noticed_fine": 20000,
        "noticed_confiscation": 0,
    }
    pair = people["second"].officer
    take_step(case.pk, "issue_notice", people["first"], StepInput(fields, partner=pair))
    make_papers(case, people["first"], "serve_notice")
    served = {"method": "direct", "delivered_on": str(timezone.localdate())}
    take_step(case.pk, "serve_notice", people["first"], StepInput(served, partner=pair))


def test_a_step_moves_the_case_writes_its_columns_and_stands_in_the_log(
    open_ordinary: Open, people: People
) -> None:
    case = open_ordinary()
    investigated(case, people, serious=True)
    case.refresh_from_db()
    assert case.state == "notice"
    decision = PenaltyDecision.objects.get(case=case)
    assert decision.fine == 20000
    assert decision.penalty == "fine"
    assert case.flags == {"certificate_shown", "serious"}
    assert case.filed is not None
    steps = list(case.events.filter(kind=EventKind.STEP).values_list("step", "before", "after"))
    assert steps == [
        ("file", "lead", "filed"),
        ("start_investigation", "filed", "investigation"),
        ("conclude", "investigation", "review"),
        ("pass_review", "review", "notice"),
    ]
    assert case.revision == 1 + len(steps)


def test_a_refused_step_changes_nothing(open_ordinary: Open, people: People) -> None:
    case = open_ordinary()
    with pytest.raises(NotAllowed) as refused:
        take_step(case.pk, "file", people["first"])
    assert "Head of the agency" in sentences(refused)
    case.refresh_from_db()
    assert (case.state, case.revision, case.events.count()) == ("lead", 1, 1)


def test_no_decision_without_notice_and_review_and_discussion_where_complex(
    open_ordinary: Open, people: People
) -> None:
    case = open_ordinary()
    investigated(case, people, complex=True)
    decide = StepInput({"penalty": "fine", "fine": "20000", "decision_text": "罚款"})
    with pytest.raises(NotAllowed) as refused:
        take_step(case.pk, "decide_penalty", people["head"], decide)
    assert "Serve the notice" in sentences(refused)
    noticed(case, people)
    Case.objects.filter(pk=case.pk).update(state="decision")
    with pytest.raises(NotAllowed) as refused:
        take_step(case.pk, "decide_penalty", people["head"], decide)
    assert "Discuss collectively" in sentences(refused)
    assert "legal review" in sentences(refused)


def test_whoever_investigated_cannot_review(open_ordinary: Open, people: People) -> None:
    case = open_ordinary()
    investigator = people["first"].officer
    assert investigator is not None
    investigator.posts = [*investigator.posts, "leader"]
    investigator.save()
    pair = people["second"].officer
    take_step(case.pk, "file", people["head"])
    take_step(
        case.pk, "start_investigation", people["first"], StepInput({"certificate_shown": True}, partner=pair)
    )
    add_pieces(case, people)
    fields = {"proposal": "penalise", "facts": "超出许可", "penalty": "fine", "fine": "20000"}
    take_step(case.pk, "conclude", people["first"], StepInput(fields, partner=pair))
    with pytest.raises(NotAllowed) as refused:
        take_step(case.pk, "pass_review", people["first"], StepInput({"opinion": "同意"}))
    assert "investigated" in sentences(refused)


def test_two_certified_officers_are_needed(open_ordinary: Open, people: People) -> None:
    case = open_ordinary()
    take_step(case.pk, "file", people["head"])
    form = {"certificate_shown": True}
    for partner in (None, people["first"].officer, people["uncertified"].officer):
        with pytest.raises(NotAllowed):
            take_step(case.pk, "start_investigation", people["first"], StepInput(form, partner=partner))


def test_another_department_s_officer_takes_no_step_until_the_case_is_joint(
    open_ordinary: Open, people: People
) -> None:
    from layers.agencies.models import Department
    from layers.casework.cases.assignment import share

    case = open_ordinary()
    with pytest.raises(NotAllowed, match="部门"):
        take_step(case.pk, "check_lead", people["planning"])
    share(case.pk, [Department.objects.get(code="PL")], "涉及规划", people["leader"])
    planner = people["planning"].officer
    assert planner is not None
    take_step(case.pk, "check_lead", people["planning"])


def test_who_acts_on_an_old_state_is_told_what_happened(open_ordinary: Open, people: People) -> None:
    case = open_ordinary()
    seen = case.revision
    take_step(case.pk, "check_lead", people["first"], revision=seen)
    with pytest.raises(StaleRevision) as late:
        take_step(case.pk, "file", people["head"], revision=seen)
    assert [event.step for event in late.value.events] == ["check_lead"]


def test_a_case_that_is_sent_twice_is_one_case(open_ordinary: Open, people: People) -> None:
    from uuid import uuid4

    key = uuid4()
    first, again = open_ordinary(key=key), open_ordinary(key=key)
    assert first.pk == again.pk
    assert Case.objects.filter(key=key).count() == 1
    assert first.events.count() == 1


def test_a_case_knows_where_it_lies_and_gets_a_number_of_its_own(open_ordinary: Open, people: People) -> None:
    first, second = open_ordinary(), open_ordinary()
    assert first.number != second.number
    assert first.division is not None
    assert first.division.name == "大路村"
    assert first.grid_cell is not None


def test_a_running_case_keeps_its_version(open_ordinary: Open, people: People) -> None:
    case = open_ordinary()
    text = procedure_texts()["ordinary"].replace("zh: 批准立案", "zh: 立案审批")
    newer = save_version(text, {}, "admin", "ordinary")
    assert newer.version == 2
    assert procedure_of(case).steps["file"].title.zh == "批准立案"
    assert version_in_force("ordinary") == newer
    opened = open_case(
        CaseIntake(title="新案", department=case.department, version=version_in_force("ordinary")),
        people["first"],
    )
    assert procedure_of(opened).steps["file"].title.zh == "立案审批"


def test_shipping_leaves_a_district_s_own_version_alone(people: People) -> None:
    from layers.casework.procedures.versions import ship_versions

    own = save_version(
        procedure_texts()["ordinary"].replace("zh: 批准立案", "zh: 立案审批"), {}, "admin", "ordinary"
    )
    ship_versions(procedure_texts(), "geoportal")
    assert version_in_force("ordinary") == own


def test_closing_drops_the_limits_and_revoking_opens_the_case_again(
    open_ordinary: Open, people: People
) -> None:
    case = open_ordinary()
    take_step(case.pk, "dismiss", people["head"], StepInput(reason="线索不实"))
    case.refresh_from_db()
    assert (case.state, case.outcome, case.due) == ("dismissed", "no_action", None)
    assert case.closed is not None
    assert not case.limits.filter(status__in=["running", "stopped"]).exists()
