"""Whom an event of a case must be told to."""

from collections.abc import Collection, Iterator, Mapping

from django.db.models import QuerySet

from layers.agencies.models import Officer
from layers.casework.models import Addressee, Case, Event, EventKind, NoticeKind
from layers.casework.procedures import Capability, FieldKind
from layers.casework.procedures.versions import NoProcedure, procedure_of
from layers.registry.audience import Audience

Recipient = tuple[NoticeKind, Addressee, Officer | None]

OUTSIDE = {Addressee.PARTY, Addressee.REPORTER}
LEADING = {Capability.ASSIGN, Capability.SUPERVISE}
"""Who leads hears of what has no handler yet, and of what is late."""


def recipients(event: Event) -> Iterator[Recipient]:
    """Everybody but whoever did it; of a case that is kept from its department no officer is told."""
    is_open_to_officers = event.case.visibility <= Audience.DEPARTMENT
    for kind, addressee, officer in _addressed(event):
        if officer is None or (is_open_to_officers and officer.pk != event.officer_id):
            yield kind, addressee, officer


def leaders(case: Case, departments: Collection[str]) -> "QuerySet[Officer]":
    try:
        roles = procedure_of(case).roles.values()
    except NoProcedure:
        return Officer.objects.none()
    return officers_with(departments, [role.code for role in roles if LEADING & role.capabilities])


def officers_with(departments: Collection[str], posts: Collection[str]) -> "QuerySet[Officer]":
    return Officer.objects.filter(
        is_active=True, department__code__in=departments, posts__overlap=list(posts)
    ).order_by("pk")


def responsible(case: Case) -> list[Officer]:
    """The handler, else who leads in the case's department; nobody where it is kept from them."""
    if case.visibility > Audience.DEPARTMENT:
        return []
    if case.handler and case.handler.is_active:
        return [case.handler]
    return list(leaders(case, [case.department.code]))


def _addressed(event: Event) -> Iterator[Recipient]:
    case, data = event.case, event.data
    match event.kind:
        case EventKind.STEP:
            yield from _named(event, NoticeKind.STEP)
            for code in data.get("consults", ()):
                for officer in _consulted(event, code):
                    yield NoticeKind.ASKED, Addressee.OFFICER, officer
        case EventKind.ASSIGNED if case.handler:
            yield NoticeKind.ASSIGNED, Addressee.OFFICER, case.handler
        case EventKind.REMINDED:
            for officer in responsible(case):
                yield NoticeKind.REMINDED, Addressee.OFFICER, officer
        case EventKind.EVIDENCE if data["act"] == "received" and event.partner:
            yield NoticeKind.CONFIRM, Addressee.OFFICER, event.partner
        case EventKind.HANDED_OVER:
            for officer in leaders(case, [data["to"]]):
                yield NoticeKind.HANDED_OVER, Addressee.OFFICER, officer
        case EventKind.SHARED:
            for officer in leaders(case, data["joint"]):
                yield NoticeKind.SHARED, Addressee.OFFICER, officer
        case EventKind.EXTENDED:
            for officer in responsible(case):
                yield NoticeKind.EXTENDED, Addressee.OFFICER, officer
        case EventKind.CONSULTATION if data["act"] == "answered" or data.get("opinion"):
            for officer in responsible(case):
                yield NoticeKind.ANSWERED, Addressee.OFFICER, officer
        case EventKind.CONSULTATION:
            for officer in _leading(case).values():
                yield NoticeKind.OVERDUE, Addressee.OFFICER, officer
        case EventKind.SUBTASK | EventKind.PARENT:
            for officer in _leading(case).values():
                yield NoticeKind.SUBTASK, Addressee.OFFICER, officer
        case EventKind.OPENED if "parent" in data:
            for officer in responsible(case):
                yield NoticeKind.SUBTASK, Addressee.OFFICER, officer
        case EventKind.OPENED if not case.handler:
            for officer in leaders(case, [case.department.code]):
                yield NoticeKind.NEW, Addressee.OFFICER, officer
        case EventKind.EXTENSION_ASKED:
            for officer in officers_with([case.department.code, *case.joint], data["by"]):
                yield NoticeKind.TO_EXTEND, Addressee.OFFICER, officer
        case EventKind.OVERDUE:
            late = _leading(case)
            for kind, addressee, named in _named(event, NoticeKind.OVERDUE):
                if named is None:
                    yield kind, addressee, named
                else:
                    late[named.pk] = named
            for officer in late.values():
                yield NoticeKind.OVERDUE, Addressee.OFFICER, officer


def _consulted(event: Event, code: str) -> "QuerySet[Officer]":
    """Who answers in a department that is asked: the roles that the procedure names for it, else who leads there, else
    everybody."""
    step = procedure_of(event.case).steps[event.step]
    if step.consults and step.consults.by:
        return officers_with([code], step.consults.by)
    leading = leaders(event.case, [code])
    if leading.exists():
        return leading
    return Officer.objects.filter(is_active=True, department__code=code).order_by("pk")


def _leading(case: Case) -> dict[int, Officer]:
    """Who handles the case and who leads there, by number."""
    return {each.pk: each for each in [*responsible(case), *leaders(case, [case.department.code])]}


def _named(event: Event, kind: NoticeKind) -> Iterator[Recipient]:
    """Those that the procedure names: roles of the departments that handle the case, and people outside."""
    case, told = event.case, set(event.data.get("notifies", ()))
    for outside in sorted(OUTSIDE):
        if outside in told:
            yield kind, outside, None
    bodies = _bodies_by_role(event)
    for officer in officers_with([case.department.code, *case.joint], told - OUTSIDE).select_related("body"):
        held = told.intersection(officer.posts)
        own = officer.body.code if officer.body else ""
        if any(bodies.get(post, own) == own for post in held):
            yield kind, Addressee.OFFICER, officer


def _bodies_by_role(event: Event) -> dict[str, str]:
    """Codes of the responsible bodies whose staff alone acts in a role, once the case is dispatched to one."""
    case = event.case
    try:
        procedure = procedure_of(case)
    except NoProcedure:
        return {}
    given = {**case.fields, **(event.data.get("fields") or {})}
    known = procedure.fields()
    return {
        role: given[step.named]["code"]
        for step in procedure.steps.values()
        if step.named
        and known[step.named].kind is FieldKind.BODY
        and isinstance(given.get(step.named), Mapping)
        for role in step.by
    }
