"""A case as whoever holds its receipt sees it: how it stands, what is due, what they were told, what they may do."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone

from geoportal.cases.case.limits import limit_rows
from geoportal.cases.case.money import money_context
from geoportal.cases.case.pending_uploads import upload_rows
from geoportal.cases.case.steps import CaseOfficers, field_row
from geoportal.cases.case.timeline import Timeline
from geoportal.cases.formatting import category_title, format_moment, state_title
from geoportal.features.feature_text import display_name, enumeration
from layers.agencies.models import Department
from layers.casework.access.actor import credentials_of_actor
from layers.casework.cases.receipts import receipt_actor
from layers.casework.evidence.outside_files import MOST_BYTES, TAKEN
from layers.casework.log.case_snapshots import case_snapshot
from layers.casework.models import Case, Event, EventKind, MailAddress, Receipt
from layers.casework.procedures import Field, FieldKind, Procedure, Step
from layers.casework.procedures.versions import procedure_of
from layers.casework.rules.case_snapshot import CaseSnapshot
from layers.casework.rules.steps.available_steps import available_steps, ready_steps

Shown = dict[str, Any]
NOBODY = CaseOfficers([])


def holder_content(request: HttpRequest, receipt: Receipt, typed: Shown | None = None) -> Shown:
    """``typed`` are entries that were refused, by step; nothing personal is among what is shown."""
    case, procedure = receipt.case, procedure_of(receipt.case)
    own = case.evidence.pieces().filter(outside=receipt.role).order_by("pk")
    snapshot = case_snapshot(case)
    joint = Department.objects.filter(code__in=case.joint)
    return {
        "role": str(procedure.roles[receipt.role].title),
        "number": case.number,
        "procedure": str(procedure.title),
        "category": category_title(case, procedure),
        "reported": format_moment(case.reported),
        "closed": case.closed,
        "state": state_title(procedure, case.state),
        "department": enumeration(display_name(each) for each in [case.department, *joint]),
        "waits_for": _waits_for(snapshot),
        "limits": _limits(case, procedure),
        "money": _money(receipt.role, snapshot),
        "events": list(_events(receipt, procedure)),
        "steps": [] if case.joined_to_id else list(_steps(receipt, snapshot, typed or {})),
        "revision": case.revision,
        "evidence": [{"id": piece.pk, "title": str(piece)} for piece in own],
        "waiting": upload_rows(request, case, receipt_actor(receipt)),
        "mail": _mail(receipt),
        "accept": ",".join(TAKEN),
        "most_bytes": MOST_BYTES,
    }


def _money(role: str, snapshot: CaseSnapshot) -> Shown | None:
    """What is to be paid, to who pays it, from when the decision that says so was delivered."""
    terms = snapshot.procedure.money
    is_told = terms is not None and role in terms.told and snapshot.account.due is not None
    found = money_context(snapshot) if is_told else None
    return found and {
        name: found[name] for name in ("figures", "owed", "overpaid", "is_late", "due", "instalments")
    }


def _mail(receipt: Receipt) -> Shown | None:
    """None where the portal sends no e-mail."""
    if not settings.HAS_MAIL_SERVER:
        return None
    known = MailAddress.objects.filter(receipt=receipt).first()
    return {"email": known.email, "is_confirmed": known.confirmed_at is not None} if known else {"email": ""}


def asked_outside(step: Step) -> list[Field]:
    """The fields of a step's form for people outside: the days that must lie within a limit are not theirs to state."""
    return [field for field in step.fields if field.name not in step.within.values()]


def _waits_for(snapshot: CaseSnapshot) -> str:
    """Who brings the case on from here."""
    procedure = snapshot.procedure
    leading = [step for step in ready_steps(snapshot) if step.target and not step.reopens]
    roles = dict.fromkeys(code for step in leading for code in step.by)
    return enumeration(str(procedure.roles[code].title) for code in roles)


def _limits(case: Case, procedure: Procedure) -> list[Shown]:
    """Those that run."""
    shown = ("title", "basis", "of_party", "standing", "length", "started", "due", "provisional")
    rows = limit_rows(case, procedure, frozenset(), {})
    return [{name: row[name] for name in shown} for row in rows if row["due"] and not row["ended"]]


def _events(receipt: Receipt, procedure: Procedure) -> Iterator[Shown]:
    """What the holder did and was told, the newest first; what a paper says is told with its delivery."""
    case, role = receipt.case, receipt.role
    timeline = Timeline(case, procedure, in_full=False)
    delivered = {
        code for step in procedure.steps.values() if step.delivers for code in step.delivers.documents
    }
    issued: dict[str, Event] = {}
    found = []
    for event in case.events.filter(kind=EventKind.STEP, step__in=procedure.steps).order_by("pk"):
        step = procedure.steps[event.step]
        papers = [
            issued[code] for code in (step.delivers.documents if step.delivers else ()) if code in issued
        ]
        issued |= dict.fromkeys(delivered.intersection(step.documents), event)
        is_withheld = bool(delivered.intersection(step.documents))
        found.append(_event(event, role, procedure, timeline, [*papers, *([] if is_withheld else [event])]))
    yield from reversed([shown for shown in found if shown])


def _event(
    event: Event, role: str, procedure: Procedure, timeline: Timeline, telling: Sequence[Event]
) -> Shown | None:
    own, facts = event.data.get("outside") == role, []
    for each in telling:
        given = each.data.get("fields", {})
        asked = [
            field for field in procedure.steps[each.step].fields if given.get(field.name) not in ("", None)
        ]
        told = (field.name for field in asked if own or role in field.told)
        facts += [timeline.given(name, given[name]) for name in told]
    if not (own or facts or role in event.data.get("notifies", ())):
        return None
    return {
        "id": event.pk,
        "title": str(procedure.steps[event.step].title),
        "at": format_moment(event.at),
        "own": own,
        "facts": [{"label": label, "value": value} for label, value in facts],
        "note": event.data.get("note", "") if own else "",
    }


def _steps(receipt: Receipt, snapshot: CaseSnapshot, typed: Shown) -> Iterator[Shown]:
    """What the procedure gives to the holder in this state."""
    case = receipt.case
    running = {limit.code: limit for limit in case.limits.all() if limit.is_running(timezone.now())}
    for each in available_steps(snapshot, credentials_of_actor(receipt_actor(receipt))):
        step = each.step
        if receipt.role not in step.by:
            continue
        entered = typed.get(step.code, {"chosen": {}})
        dues = [running[code].due for code in step.within if code in running]
        yield {
            "code": step.code,
            "title": str(step.title),
            "basis": str(step.basis),
            "due": format_moment(min((due for due in dues if due), default=None)),
            "may_take": each.may_take,
            "against": [str(refusal.sentence) for refusal in each.refusals],
            "fields": [field_row(case, step, field, entered, NOBODY) for field in asked_outside(step)],
            "has_files": any(field.kind is FieldKind.FILE for field in step.fields),
            "reason_required": step.reason_required,
            "typed": entered if step.code in typed else None,
        }
