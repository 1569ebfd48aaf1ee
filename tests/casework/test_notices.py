"""Who must know of it is told in the transaction that does it: officers in the portal, others by hand."""

from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.db import transaction
from django.utils import timezone

from layers.agencies.models import Department, Officer, ResponsibleBody
from layers.casework.access.actor import Actor, NotAllowed
from layers.casework.cases import assignment
from layers.casework.cases.delivery import record_delivery
from layers.casework.cases.effects import StepInput
from layers.casework.cases.transitions import take_step
from layers.casework.deadlines.extensions import ask_extension, extend_limit
from layers.casework.models import Case, Limit, Notice
from layers.casework.procedures.versions import procedure_of, version_in_force
from layers.registry.audience import Audience
from tests.casework.conftest import Open, People

pytestmark = pytest.mark.django_db


def told(case: Case) -> list[tuple[str, str, str]]:
    """Kind, to whom, and the officer."""
    found = case.notices.order_by("pk").select_related("officer")
    return [(n.kind, n.addressee, n.officer.name if n.officer else "") for n in found]


def named(people: People, *names: str) -> set[str]:
    return {str(people[name].officer) for name in names}


def test_a_step_tells_those_that_its_procedure_names(open_ordinary: Open, people: People) -> None:
    case = open_ordinary()
    step = procedure_of(case).steps["dismiss"]
    assert set(step.notifies) == {"reporter"}
    take_step(case.pk, "dismiss", people["head"], StepInput(reason="不属实"))
    assert told(case) == [("step", "reporter", "")]
    notice = case.notices.get()
    assert (notice.delivered_at, notice.event) == (None, case.events.last())


def test_roles_are_told_by_the_officers_who_hold_them_then(open_ordinary: Open, people: People) -> None:
    case = open_ordinary()
    event = case.events.first()
    assert event is not None
    event.kind, event.data = "step", {"notifies": ["leader"]}
    from layers.casework.notices.outbox import write_notices

    write_notices(event)
    leaders = Officer.objects.filter(department=case.department, posts__contains=["leader"], is_active=True)
    assert {officer for _, _, officer in told(case)} == {each.name for each in leaders} - {event.who}
    assert all(notice.delivered_at for notice in case.notices.all())


def test_who_is_given_a_case_is_told_and_who_takes_one_is_not(open_ordinary: Open, people: People) -> None:
    case, second = open_ordinary(), people["second"].officer
    assert second is not None
    assignment.assign(case.pk, second, people["leader"])
    assert told(case) == [("assigned", "officer", second.name)]
    assignment.assign(case.pk, second, people["second"])
    assert len(told(case)) == 1


def test_who_leads_is_told_of_a_case_that_comes_from_elsewhere(open_ordinary: Open, people: People) -> None:
    case = open_ordinary()
    other = Department.objects.exclude(pk=case.department_id).order_by("code").first()
    assert other is not None
    chief = Officer.objects.create(code="X1", name="新部门负责人", department=other, posts=["head"])
    Officer.objects.create(code="X2", name="新部门队员", department=other, posts=["officer"])
    assignment.hand_over(case.pk, other, "属于该部门", people["leader"])
    assert told(case) == [("handed_over", "officer", chief.name)]


def test_what_is_undone_was_told_to_nobody(open_ordinary: Open, people: People) -> None:
    case, second = open_ordinary(), people["second"].officer
    assert second is not None
    with transaction.atomic():
        assignment.assign(case.pk, second, people["leader"])
        assert case.notices.count() == 1
        transaction.set_rollback(True)
    assert case.notices.count() == 0


def test_of_a_case_that_is_kept_from_its_department_no_officer_is_told(
    open_ordinary: Open, people: People
) -> None:
    case, now = open_ordinary(), timezone.now()
    Case.objects.filter(pk=case.pk).update(visibility=Audience.RESTRICTED)
    late(case, warn=now - timedelta(hours=2), due=now - timedelta(hours=1))
    watch()
    assert case.events.filter(kind="overdue").exists()
    assert told(case) == []


def late(case: Case, **moments: Any) -> None:
    limit = case.limits.order_by("pk").first()
    assert limit is not None
    Limit.objects.filter(pk=limit.pk).update(**moments)


def watch() -> str:
    out = StringIO()
    call_command("watch_cases", stdout=out)
    return out.getvalue()


def test_a_limit_that_falls_due_is_told_once_and_again_when_it_ran_out(
    open_ordinary: Open, people: People
) -> None:
    case, now = open_ordinary(), timezone.now()
    handler = case.handler
    assert handler is not None
    late(case, warn=now - timedelta(hours=1), due=now + timedelta(hours=1))
    assert "1 limit(s) fall due" in watch()
    assert "0 limit(s) fall due" in watch()
    assert told(case) == [("due", "officer", handler.name)]
    late(case, due=now - timedelta(minutes=1))
    watch()
    watch()
    over = [who for kind, _, who in told(case) if kind == "overdue"]
    assert len(over) == len(set(over))
    assert set(over) == {handler.name} | named(people, "leader", "head")


def test_that_somebody_outside_was_told_stands_in_the_log(open_ordinary: Open, people: People) -> None:
    case = open_ordinary()
    take_step(case.pk, "dismiss", people["head"], StepInput(reason="不属实"))
    notice = case.notices.get()
    with pytest.raises(NotAllowed, match="以何种方式告知"):
        record_delivery(case.pk, notice.pk, " ", people["first"])
    event = record_delivery(case.pk, notice.pk, "11月30日电话告知", people["first"])
    assert (event.kind, event.data["addressee"], event.data["step"]) == ("told", "reporter", "dismiss")
    notice.refresh_from_db()
    assert notice.delivered_at is not None
    with pytest.raises(NotAllowed, match="可能已经告知"):
        record_delivery(case.pk, notice.pk, "再次", people["first"])
    assert Notice.objects.filter(officer=None, delivered_at=None).count() == 0


def test_who_leads_is_told_of_a_new_case_that_nobody_handles(open_ordinary: Open, people: People) -> None:
    case = open_ordinary("planning")
    assert case.handler is None
    kinds = {(kind, name) for kind, _, name in told(case)}
    assert kinds == {("new", name) for name in named(people, "leader", "head")}


def test_who_may_grant_more_time_is_told_that_it_is_asked_for(open_ordinary: Open, people: People) -> None:
    case = open_ordinary()
    limit = case.limits.get(code="filing")
    with pytest.raises(NotAllowed, match="理由"):
        ask_extension(case.pk, limit.pk, " ", people["first"])
    ask_extension(case.pk, limit.pk, "案情复杂，需要进一步核查", people["first"])
    assert told(case) == [("to_extend", "officer", str(people["head"].officer))]
    was = limit.due
    extend_limit(case.pk, limit.pk, 0, "同意", people["head"])
    limit.refresh_from_db()
    assert limit.due != was
    with pytest.raises(NotAllowed, match="不能再延长"):
        ask_extension(case.pk, limit.pk, "仍未查清", people["first"])


def test_a_dispatch_reaches_the_people_of_its_body_and_no_other(open_ordinary: Open, people: People) -> None:
    case = open_ordinary(version=version_in_force("urban"), category="exposed_garbage")
    municipal = ResponsibleBody.objects.create(code="MUN", name="市政所", department=case.department)
    other = Officer.objects.create(
        code="M1", name="市政队员", department=case.department, posts=["handler"], body=municipal
    )
    dispatcher = Officer.objects.create(
        code="D1", name="派遣员", department=case.department, posts=["supervisor", "dispatcher"]
    )
    take_step(case.pk, "create", Actor("s", dispatcher), StepInput({"category": "x"}))
    sent = Officer.objects.create(
        code="D2", name="派遣员二", department=case.department, posts=["dispatcher"]
    )
    with pytest.raises(NotAllowed, match="登记的责任单位"):
        take_step(case.pk, "dispatch", Actor("d", sent), StepInput({"unit": "环卫所"}))
    take_step(case.pk, "dispatch", Actor("d", sent), StepInput({"unit": "MUN"}))
    assert {name for kind, _, name in told(case) if kind == "step" and name} >= {other.name}
    event = case.events.get(step="dispatch")
    assert {each.officer for each in event.notices.filter(channel="portal")} == {other}
    with pytest.raises(NotAllowed, match="由市政所办理"):
        take_step(case.pk, "accept", people["second"])
    take_step(case.pk, "accept", Actor("m", other))
