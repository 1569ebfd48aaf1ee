"""Limits that do something when they have run out: the clock takes a step, or somebody is told."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone
from django.utils.translation import override

from geoportal.cases.case.timeline import Timeline
from layers.agencies.models import Department
from layers.casework.cases.creation import CaseIntake, open_case
from layers.casework.cases.overdue import record_overdue_limits
from layers.casework.cases.replay import replay
from layers.casework.models import Addressee, Case, EventKind, Limit, Notice, NoticeKind
from layers.casework.procedures import read_procedure
from layers.casework.procedures.versions import procedure_of, save_version, version_in_force
from tests.casework.conftest import People
from tests.casework.small_procedure import SMALL, line_of, problems_of

OWN = (
    SMALL.replace("code: small", "code: own")
    .replace("place: {geometry: point, required: lead}", "place: {geometry: none}")
    .replace(
        "    span: 5 working days\n",
        "    span: 5 working days\n    then: {step: close, notify: [clerk, party]}\n",
    )
    .replace("  officer: {title", "  clerk: {title: {zh: 内勤, en: Clerk}}\n  officer: {title")
)

Opened = Callable[[str], Case]


@pytest.fixture
def opened(people: People) -> Opened:
    def open_with(text: str) -> Case:
        save_version(text, {}, "test", "own")
        unit = Department.objects.get(code="UM")
        return open_case(CaseIntake("占道", unit, version_in_force("own")), people["first"])

    return open_with


def let_run_out(case: Case) -> None:
    Limit.objects.filter(case=case).update(due=timezone.now() - timedelta(minutes=1))


def facts_of(case: Case, kind: EventKind) -> list[tuple[str, str]]:
    """As the case's page tells them."""
    with override("en"):
        entry = Timeline(case, procedure_of(case), in_full=True).entry(case.events.get(kind=kind))
    return [(each["label"], each["value"]) for each in entry["facts"]]


@pytest.mark.django_db
def test_the_clock_takes_the_step_and_the_log_says_why(opened: Opened, people: People) -> None:
    case = opened(OWN)
    assert record_overdue_limits() == 0
    let_run_out(case)
    assert (record_overdue_limits(), record_overdue_limits()) == (1, 0)
    case.refresh_from_db()
    assert (case.state, case.limits.filter(status="running").count()) == ("closed", 0)
    step = case.events.get(kind=EventKind.STEP)
    assert (step.step, step.officer, step.data["limit"]) == ("close", None, "limit")
    assert case.events.get(kind=EventKind.OVERDUE).pk < step.pk
    assert ("Limit that ran out", "Limit") in facts_of(case, EventKind.STEP)
    again = replay(case, procedure_of(case))
    assert ([each.refusals for each in again.steps], again.case.state) == ([[]], "closed")


@pytest.mark.django_db
def test_who_is_named_is_told_once(opened: Opened, people: People) -> None:
    clerk = people["second"].officer
    assert clerk is not None
    clerk.posts = ["clerk"]
    clerk.save()
    case = opened(OWN)
    let_run_out(case)
    record_overdue_limits()
    told = Notice.objects.filter(case=case, kind=NoticeKind.OVERDUE)
    assert told.filter(officer=clerk).count() == 1
    assert told.get(addressee=Addressee.PARTY).delivered_at is None


@pytest.mark.django_db
def test_what_stands_against_the_step_is_in_the_log(opened: Opened) -> None:
    text = OWN.replace("    basis: law 2\n", "    basis: law 2\n    after: [pause]\n", 1)
    case = opened(text)
    let_run_out(case)
    assert record_overdue_limits() == 1
    case.refresh_from_db()
    assert case.state == "lead"
    said = case.events.get(kind=EventKind.NOTE)
    assert (said.data["step"], said.data["limit"]) == ("close", "limit")
    assert [each["en"] for each in said.data["refused"]] == ['"Pause" must come first (Law, Art. 2).']
    assert not case.events.filter(kind=EventKind.STEP).exists()
    assert ("Could not be taken", 'Close\n"Pause" must come first (Law, Art. 2).') in facts_of(
        case, EventKind.NOTE
    )


def test_it_is_read() -> None:
    then = read_procedure(OWN, "own", {}).deadlines["limit"].then
    assert (then.step, then.notify) == ("close", ("clerk", "party"))


@pytest.mark.parametrize(
    ("close", "sentence"),
    [
        ("    fields: {fine: required}\n", "its form asks for fine"),
        ("    fields: {fine: {flag: serious}}\n", "its form asks for fine"),
        ("    reason_required: true\n", "it needs a reason"),
        ("    officers: 2\n", "it needs two officers"),
        ("    evidence: {least: 1}\n", "it needs evidence"),
    ],
)
def test_a_step_that_the_clock_could_not_take_is_refused(close: str, sentence: str) -> None:
    text = OWN.replace("    basis: law 2\n", "    basis: law 2\n" + close, 1)
    expected = f"When 'limit' has run out nobody takes the step 'close': {sentence}."
    assert problems_of(text) == [("own", line_of(text, "    then:"), expected)]


def test_a_step_must_start_wherever_the_limit_can_run_out() -> None:
    text = OWN.replace(
        "  closed: {title", "  waiting: {title: {zh: 等, en: Waiting}, phase: open}\n  closed: {title"
    ).replace(
        "  pause:\n",
        "  wait: {title: {zh: 等, en: Wait}, from: [lead], to: waiting, by: [officer], basis: law 2}\n"
        "  back: {title: {zh: 回, en: Back}, from: [waiting], to: lead, by: [officer], basis: law 2}\n  pause:\n",
    )
    sentence = "'limit' can run out in the state 'waiting', where 'close' does not start."
    assert problems_of(text) == [("own", line_of(text, "    then:"), sentence)]


def test_unknown_steps_and_roles_are_told_with_their_line() -> None:
    text = OWN.replace("{step: close, notify: [clerk, party]}", "{step: end, notify: [cook]}")
    line = line_of(text, "    then:")
    assert problems_of(text) == [
        ("own", line, "There is no step 'end'."),
        ("own", line, "There is no role 'cook'."),
    ]
