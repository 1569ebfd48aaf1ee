"""Verbs that change who handles a case and how it lies to others; none of them is a step of its procedure."""

from typing import Any

from django.contrib.gis.geos import MultiPolygon, Point
from django.db import transaction
from django.utils import timezone

from layers.agencies.models import Department, Officer
from layers.casework.access.actor import Actor, NotAllowed
from layers.casework.access.permissions import (
    check_department,
    check_open_file,
    check_other_file,
    handles_case,
    has_capability,
)
from layers.casework.deadlines.limits import drop_limits
from layers.casework.log.case_lock import lock_case
from layers.casework.log.event_log import NO_REPORT, DeviceReport, Entry, append_event
from layers.casework.models import Case, Event, EventKind
from layers.casework.procedures import Capability
from layers.registry.text import Text

from .automatic_assignment import name_handler, record_assignment
from .subtasks import JOINED, parents, tell_parents, tell_subtasks


def assign(case_id: int, handler: Officer, actor: Actor, revision: int | None = None) -> Event:
    """A leader gives the case to an officer of a department that handles it; officers may take one themselves."""
    with lock_case(case_id, revision) as case:
        check_department(case, actor)
        if handler != actor.officer:
            _check_capability(Capability.ASSIGN, case, actor)
        if not (handler.is_active and handles_case(case, handler)):
            raise NotAllowed(
                Text("该人员不属于办理部门。", "This officer's department does not handle the case.")
            )
        data = {"to": handler.name, "officer": handler.pk, "left": _hands(case)}
        case.handler = handler
        return append_event(case, actor, Entry(EventKind.ASSIGNED, data=data))


def remind(case_id: int, note: str, actor: Actor) -> Event:
    """Who leads reminds whoever handles the case of it; nothing else of it changes."""
    with lock_case(case_id) as case:
        check_department(case, actor)
        check_open_file(case)
        if not (
            has_capability(actor.officer, Capability.SUPERVISE, case)
            or has_capability(actor.officer, Capability.ASSIGN, case)
        ):
            raise NotAllowed(Text("您的岗位不能催办案件。", "Your posts do not let you remind others."))
        if case.closed:
            raise NotAllowed(Text("案件已经办结。", "The case is closed."))
        return append_event(case, actor, Entry(EventKind.REMINDED, data={"note": note}))


def hand_over(
    case_id: int, department: Department, reason: str, actor: Actor, revision: int | None = None
) -> Event:
    """The case becomes another department's, with everything in it, and nothing of it stays with the old one."""
    with lock_case(case_id, revision) as case:
        _check_own_department(case, actor)
        check_open_file(case)
        _check_capability(Capability.TRANSFER, case, actor)
        _check_reason(reason)
        if department == case.department:
            raise NotAllowed(Text("该案已由该部门承办。", "The department handles the case already."))
        data = {
            "from": case.department.code,
            "to": department.code,
            "reason": reason,
            "left": _hands(case),
        }
        case.department, case.handler, case.partner = department, None, None
        case.joint = [code for code in case.joint if code != department.code]
        event = append_event(case, actor, Entry(EventKind.HANDED_OVER, data=data))
        if rule := name_handler(case):
            record_assignment(case, rule)
        return event


def share(
    case_id: int, departments: list[Department], reason: str, actor: Actor, revision: int | None = None
) -> Event:
    """Departments that from now on handle the case together with the own one; none ends it."""
    with lock_case(case_id, revision) as case:
        _check_own_department(case, actor)
        check_open_file(case)
        _check_capability(Capability.TRANSFER, case, actor)
        _check_reason(reason)
        left, case.joint = _hands(case), sorted({d.code for d in departments} - {case.department.code})
        data = {"joint": case.joint, "reason": reason, "left": left}
        return append_event(case, actor, Entry(EventKind.SHARED, data=data))


def join(case_id: int, to: Case, actor: Actor, reason: str, revision: int | None = None) -> Event:
    """Say that a case is the same matter as another: it is linked and closed, never deleted."""
    with transaction.atomic():
        # Both are held, always in the same order, lest two be joined to one another at once.
        held = [case_id, to.pk, *parents(case_id).values_list("pk", flat=True)]
        both = Case.objects.select_for_update().filter(pk__in=held).order_by("pk")
        to = next((each for each in both if each.pk == to.pk), to)
        return _join(case_id, to, actor, reason, revision)


def _join(case_id: int, to: Case, actor: Actor, reason: str, revision: int | None) -> Event:
    with lock_case(case_id, revision) as case:
        check_department(case, actor)
        check_open_file(case)
        check_department(to, actor)
        _check_reason(reason)
        if to.pk == case.pk or to.joined_to_id is not None or case.joined_to_id is not None:
            raise NotAllowed(Text("不能并入该案。", "The case cannot be joined to that one."))
        check_other_file(to)
        now = timezone.now()
        case.joined_to, case.outcome = to, "joined"
        case.closed = case.closed or timezone.localdate(now)
        for limit in drop_limits(case, case.limits.all(), now):
            limit.save()
        event = append_event(case, actor, Entry(EventKind.JOINED, data={"to": to.number, "reason": reason}))
        tell_parents(case, actor, JOINED)
        tell_subtasks(case, actor, JOINED)
        return event


def add_note(case_id: int, text: str, actor: Actor, report: DeviceReport = NO_REPORT) -> Event:
    with lock_case(case_id) as case:
        check_department(case, actor)
        check_open_file(case)
        if not text.strip():
            raise NotAllowed(Text("请填写记录内容。", "Write what is to be noted."))
        return append_event(case, actor, Entry(EventKind.NOTE, data={"note": text}), report)


def correct_position(
    case_id: int, position: Point, reason: str, actor: Actor, revision: int | None = None
) -> Event:
    """Correct the position (EPSG:4490); the old one stays in the log."""
    with lock_case(case_id, revision) as case:
        check_department(case, actor)
        check_open_file(case)
        _check_reason(reason)
        was = case.geom and [round(case.geom.x, 7), round(case.geom.y, 7)]
        lay_in = {"division": case.division_id, "grid_cell": case.grid_cell_id}
        case.geom = position
        there = [round(position.x, 7), round(position.y, 7)]
        data = {"was": was, "is": there, "lay_in": lay_in, "reason": reason}
        return append_event(case, actor, Entry(EventKind.MOVED, data=data))


def draw_area(
    case_id: int, area: MultiPolygon, reason: str, actor: Actor, revision: int | None = None
) -> Event:
    """Say what the case covers (EPSG:4490); the old outline stays in the log.

    A case that had no position lies at a point within it. Raises NotAllowed for an outline that is not valid.
    """
    if not area.valid or area.empty:
        raise NotAllowed(
            Text(
                "范围的边线不得自相交，且须围成面。",
                "An outline must not cross itself and must enclose an area.",
            )
        )
    with lock_case(case_id, revision) as case:
        check_department(case, actor)
        check_open_file(case)
        _check_reason(reason)
        was, case.area = case.area and case.area.ewkt, area
        case.geom = case.geom or area.point_on_surface
        data = {"area": [was, area.ewkt], "reason": reason}
        return append_event(case, actor, Entry(EventKind.MOVED, data=data))


def _hands(case: Case) -> dict[str, Any]:
    """Whose the case was, by which its papers of before are made again (``case_as_of``)."""
    return {
        "department": case.department_id,
        "handler": case.handler_id,
        "partner": case.partner_id,
        "joint": case.joint,
    }


def _check_own_department(case: Case, actor: Actor) -> None:
    """A joint department works on the case; whose it is the own one decides."""
    if actor.officer is None or actor.officer.department_id != case.department_id:
        raise NotAllowed(
            Text(
                "只有承办部门可以移送案件或发起联合办理。",
                "Only the case's own department may hand it over or share it.",
            )
        )


def _check_capability(capability: Capability, case: Case, actor: Actor) -> None:
    if not has_capability(actor.officer, capability, case):
        raise NotAllowed(
            Text("您的岗位不能指派或移送案件。", "Your posts do not let you give cases to others.")
        )


def _check_reason(reason: str) -> None:
    if not reason.strip():
        raise NotAllowed(Text("须写明理由。", "A reason must be given."))
