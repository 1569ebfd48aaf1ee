"""What lies around a case is read before anybody holds it, whoever takes the step."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from layers.agencies.models import Department
from layers.casework.case_types import case_type
from layers.casework.cases.creation import CaseIntake, open_case
from layers.casework.cases.effects import StepInput
from layers.casework.cases.overdue import record_overdue_limits
from layers.casework.cases.transitions import take_step, take_step_with_files
from layers.casework.models import Case, EventKind
from layers.casework.procedures.versions import save_version, version_in_force
from tests.casework.conftest import People
from tests.casework.subtask_texts import OWN, WORK
from tests.district import LAT, LON, point

pytestmark = pytest.mark.django_db
HERE = "place: {geometry: none}"
AROUND = "place: {geometry: point, required: lead, overlays: [buildings]}"
CLOCK = "    span: 5 working days\n    then: {step: close}\n"
ARCHIVE = "  archive:\n    title: {zh: 归档, en: Archive}\n    from: [closed]\n    to: archived\n    by: [officer]\n    basis: law 2\n"
ARCHIVED = "  archived: {title: {zh: 归档, en: Archived}, phase: closed, final: true}\n"

FINE = "  fine: {title: {zh: 罚款, en: Fine}, kind: number}\n"

Act = Callable[[Case, People], object]


def by_hand(case: Case, people: People) -> None:
    take_step(case.pk, "close", people["first"])


def at_the_desk(case: Case, people: People) -> None:
    take_step_with_files(case.pk, "close", people["first"], StepInput(), {})


def by_the_clock(case: Case, people: People) -> None:
    case.limits.update(due=timezone.now() - timedelta(minutes=1))
    assert record_overdue_limits() == 1


@pytest.fixture
def case(people: People) -> Case:
    """With a sub-task that ends with it."""
    officer = people["first"].officer
    assert officer is not None
    officer.posts = ["officer"]
    officer.save()
    work = WORK.replace("    from: [closed]\n", "    from: [closed, given_up]\n")
    save_version(work.replace(HERE, AROUND), {}, "test", "work")
    text = (
        OWN.replace(HERE, AROUND)
        .replace("    awaits: [order]\n", "")
        .replace("    span: 5 working days\n", CLOCK)
    )
    text = text.replace("department: PL, fields: [fine], party: true}", "department: where, stops: refuse}")
    text = text.replace(FINE, f"{FINE}  where: {{title: {{zh: 承办部门, en: Who}}, kind: unit}}\n")
    text = text.replace("fields: {fine: optional}", "fields: {where: optional}")
    text = text.replace("phase: closed, final: true}\n", "phase: closed}\n" + ARCHIVED)
    save_version(text.replace("  pause:\n", ARCHIVE + "  pause:\n"), {}, "test", "own")
    unit = Department.objects.get(code="UM")
    intake = CaseIntake("占道", unit, version_in_force("own"), position=point(LON + 0.0003, LAT + 0.0003))
    case = open_case(intake, people["first"])
    take_step(case.pk, "order", people["first"])
    return case


@pytest.mark.parametrize("act", [by_hand, at_the_desk, by_the_clock])
def test_the_map_around_a_case_and_its_sub_tasks_is_read_before_they_are_held(
    act: Act, case: Case, people: People
) -> None:
    child = case.related_from.get().case
    with CaptureQueriesContext(connection) as captured:
        act(case, people)
    assert_is_read_before_anything_is_held(captured, 2)
    for each in (case, child):
        snapshot = each.events.get(kind=EventKind.STEP, step__in=["close", "refuse"]).map_snapshot
        assert snapshot is not None
        assert "buildings" in snapshot.content


def assert_is_read_before_anything_is_held(captured: CaptureQueriesContext, times: int) -> None:
    statements = [each["sql"] for each in captured.captured_queries]
    held = next(n for n, sql in enumerate(statements) if "FOR UPDATE" in sql and "casework_case" in sql)
    read = [n for n, sql in enumerate(statements) if '"buildings"' in sql and "geom_3857" in sql]
    assert len(read) == times
    assert max(read) < held


@pytest.mark.parametrize("where", ["", "PL"])
def test_the_map_around_a_case_that_a_step_opens_is_read_before_its_own_case_is_held(
    where: str, case: Case, people: People
) -> None:
    with CaptureQueriesContext(connection) as captured:
        take_step(case.pk, "order", people["first"], StepInput({"where": where} if where else {}))
    assert_is_read_before_anything_is_held(captured, 2)
    child = case.related_from.latest("case_id").case
    assert child.department.code == (where or "UM")
    snapshot = child.events.get(kind=EventKind.OPENED).map_snapshot
    assert snapshot is not None
    assert "buildings" in snapshot.content
    around = [each["id"] for each in snapshot.content[case_type(child.family).layer]["features"]]
    assert child.pk in around
    assert len(around) == len(set(around))


def test_a_step_of_a_case_that_has_ended_leaves_its_sub_tasks_alone(case: Case, people: People) -> None:
    child = case.related_from.get().case
    take_step(case.pk, "close", people["first"])
    take_step(child.pk, "again", people["first"])
    take_step(case.pk, "archive", people["first"])
    child.refresh_from_db()
    assert child.is_open
