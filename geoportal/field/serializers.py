"""Cases, their log and their procedures as the phone keeps and shows them: in both languages, without the party."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.urls import reverse
from django.utils import timezone

from layers.agencies.models import Officer
from layers.casework.cases.actor import actor_of
from layers.casework.cases.routing import PICTURES
from layers.casework.deadlines.limits import running
from layers.casework.log.event_log import kind_title
from layers.casework.models import Case, CaseState, Event, EventKind, Evidence
from layers.casework.models.evidence import EvidenceKind
from layers.casework.procedures import Facts, Procedure, Step
from layers.casework.procedures.conditions import Condition, FieldIn
from layers.casework.procedures.versions import NoProcedure, procedure_of
from layers.casework.rules.step_rules import Taken, open_steps, refusals, standing
from layers.registry.text import Text

LAST_EVENTS = 12
PIECES = Evidence.objects.filter(original=None).order_by("pk")
ABOUT_THE_OFFICER = {"role", "certificate", "qualification", "separation", "needs", "waits"}
"""Refusals that no form that is filled in will lift."""

Told = dict[str, Any]


def both(text: object) -> dict[str, str]:
    return {"zh": text.zh, "en": text.en} if isinstance(text, Text) else {"zh": str(text), "en": str(text)}


def with_everything(cases: "QuerySet[Case]") -> "QuerySet[Case]":
    """What :func:`told` looks at, in few questions."""
    return cases.select_related("department", "version", "handler", "division").prefetch_related(
        Prefetch("evidence", PICTURES, to_attr="pictures"),
        Prefetch("evidence", PIECES, to_attr="pieces"),
        "events",
        "limits",
    )


def told(case: Case, officer: Officer | None = None) -> Told:
    """With the steps the officer may take in the field, if one asks."""
    try:
        procedure: Procedure | None = procedure_of(case)
    except NoProcedure:
        procedure = None
    department = case.department
    events = list(case.events.all())
    return {
        "id": case.pk,
        "key": case.key and str(case.key),
        "number": case.number,
        "title": case.title,
        "category": case.facts.get("category", ""),
        "category_title": both(_category_title(case, procedure)),
        "department": {"code": department.code, "zh": department.name, "en": department.name_en},
        "version": case.version_id,
        "state": case.state,
        "state_title": both(_state_title(case.state, procedure)),
        "open": case.is_open,
        "due": case.due and case.due.isoformat(),
        "lon": case.geom and round(case.geom.x, 7),
        "lat": case.geom and round(case.geom.y, 7),
        "address": case.address,
        "revision": case.revision,
        "handler": case.handler.name if case.handler else "",
        "mine": bool(officer and officer.pk in {case.handler_id, case.partner_id}),
        "photos": [photo(each) for each in pictures_of(case)],
        "evidence": _evidence(case),
        "taken": sorted(_facts(procedure, case, events).steps) if procedure else [],
        "steps": _steps(procedure, case, officer, events) if procedure and officer else [],
        "events": [event_as_told(event, procedure) for event in events[-LAST_EVENTS:]],
    }


def pictures_of(case: Case) -> Sequence[Evidence]:
    known: Sequence[Evidence] | None = getattr(case, "pictures", None)
    return list(PICTURES.filter(case=case)) if known is None else known


def photo(evidence: Evidence) -> Told:
    return {
        "id": evidence.pk,
        "url": reverse("field-photo", args=[evidence.pk]),
        "title": evidence.title,
        "taken": evidence.captured and evidence.captured.isoformat(),
    }


def _evidence(case: Case) -> list[Told]:
    """Everything that can be opened; ``small`` is the picture for screens, if there is one."""
    pieces: Sequence[Evidence] | None = getattr(case, "pieces", None)
    small = {picture.pk for picture in pictures_of(case)}
    return [
        {
            "id": each.pk,
            "title": str(each),
            "name": each.file_name,
            "kind": both(EvidenceKind(each.kind).label),
            "media_type": each.media_type,
            "size": each.size,
            "small": reverse("field-photo", args=[each.pk]) if each.pk in small else None,
            "url": reverse("case-evidence", args=[case.pk, each.pk]),
        }
        for each in (PIECES.filter(case=case) if pieces is None else pieces)
    ]


def event_as_told(event: Event, procedure: Procedure | None = None) -> Told:
    if procedure is None and (event.step or event.kind == EventKind.OVERDUE):
        try:
            procedure = procedure_of(event.case)
        except NoProcedure:
            procedure = None
    step = procedure.steps.get(event.step) if procedure else None
    title = step.title if step else kind_title(event, procedure)
    return {
        "at": event.at.isoformat(),
        "kind": event.kind,
        "title": both(title),
        "who": event.who,
        "text": str(event.data.get("note") or event.data.get("reason") or ""),
        "after": both(_state_title(event.after, procedure)) if event.after else None,
        "said_at": event.said_at and event.said_at.isoformat(),
        "key": event.data.get("sent", {}).get("key"),
    }


def procedure_as_told(procedure: Procedure) -> Told:
    """What the phone needs to offer its field steps without a network."""
    return {
        "code": procedure.code,
        "title": both(procedure.title),
        "start": procedure.start,
        "states": {code: {"title": both(s.title), "phase": s.phase} for code, s in procedure.states.items()},
        "steps": {step.code: _step(procedure, step) for step in procedure.steps.values() if step.field_ready},
    }


def _step(procedure: Procedure, step: Step) -> Told:
    return {
        "title": both(step.title),
        "from": list(step.sources),
        "to": step.target,
        "by": list(step.by),
        "basis": both(step.basis),
        "officers": step.officers,
        "after": list(step.after),
        "reason": step.reason_required,
        "evidence": step.evidence.least,
        "documents": [both(procedure.documents[code].title) for code in step.documents],
        "fields": [
            {
                "name": each.name,
                "title": both(each.title),
                "kind": each.kind,
                "choices": {code: both(title) for code, title in each.choices.items()},
                "required": each.required,
                "required_when": _when(each.required_when),
            }
            for each in step.fields
        ],
    }


def _when(condition: Condition | None) -> Told | None:
    """Conditions that the form itself can look at; of the others the server decides."""
    match condition:
        case FieldIn(name, values):
            return {"field": name, "in": list(values)}
        case _:
            return None


def _facts(procedure: Procedure, case: Case, events: Iterable[Event]) -> Facts:
    return Facts(
        flags=case.flags,
        steps=standing(procedure, _history(events)),
        fields=case.fields,
        party=case.party_kind,
        running=running(case.limits.all(), timezone.now()),
    )


def _history(events: Iterable[Event]) -> list[Taken]:
    return [
        Taken(e.step, tuple(person for person in (e.officer_id, e.partner_id) if person))
        for e in events
        if e.kind in {EventKind.OPENED, EventKind.STEP}
    ]


def _steps(procedure: Procedure, case: Case, officer: Officer, events: list[Event]) -> list[Told]:
    facts, history, actor = _facts(procedure, case, events), _history(events), actor_of(officer)
    found = []
    for step in open_steps(procedure, case.state, facts):
        if not step.field_ready:
            continue
        against = refusals(procedure, step.code, state=case.state, facts=facts, actor=actor, history=history)
        serious = [both(each.sentence) for each in against if each.code in ABOUT_THE_OFFICER]
        found.append({"code": step.code, "against": serious})
    return found


def _state_title(state: str, procedure: Procedure | None) -> object:
    if procedure and state in procedure.states:
        return procedure.states[state].title
    return CaseState(state).label if state in CaseState.values else state


def _category_title(case: Case, procedure: Procedure | None) -> object:
    known = procedure.categories.get(case.facts.get("category", "")) if procedure else None
    return known.title if known else case.category


def now() -> str:
    return timezone.now().isoformat()
