"""Cases, their log and their procedures as the phone keeps and shows them: in both languages, without the party."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from django.contrib.gis.geos import Point
from django.db.models import Prefetch, QuerySet
from django.urls import reverse
from django.utils import timezone

from geoportal.features.feature_lists import has_place, listed_features
from geoportal.features.place_card import Spot, features_at
from layers.agencies.models import Officer
from layers.casework.access.actor import credentials_of
from layers.casework.cases.routing import PICTURES
from layers.casework.evidence.findings import finding_text
from layers.casework.log.case_snapshots import case_snapshots
from layers.casework.log.event_log import event_title
from layers.casework.models import Case, Event, EventKind, Evidence
from layers.casework.models.evidence import EvidenceKind
from layers.casework.procedures import Procedure, Step
from layers.casework.procedures.conditions import Condition, FieldAbove, FieldIn
from layers.casework.procedures.titles import state_titles
from layers.casework.procedures.versions import NoProcedure, procedure_of
from layers.casework.rules.case_snapshot import CaseSnapshot
from layers.casework.rules.steps.available_steps import lasting_refusals, ready_steps
from layers.registry.audience import Audience, Viewer
from layers.registry.registration import UnknownLayer, get_layer
from layers.registry.text import Text

LAST_EVENTS = 12
PIECES = Evidence.objects.pieces().order_by("pk")
ABOUT_THE_OFFICER = {"role", "credential", "separation", "needs", "waits", "awaits", "papers"}
"""Refusals that no form that is filled in will lift; papers are made at the desk."""

Json = dict[str, Any]


def bilingual(text: object) -> dict[str, str]:
    return {"zh": text.zh, "en": text.en} if isinstance(text, Text) else {"zh": str(text), "en": str(text)}


def prefetch_cases(cases: "QuerySet[Case]") -> "QuerySet[Case]":
    """What :func:`case_json` looks at, in few questions."""
    return cases.select_related("department", "version", "handler", "division").prefetch_related(
        Prefetch("evidence", PICTURES, to_attr="pictures"),
        Prefetch("evidence", PIECES, to_attr="pieces"),
        "events",
    )


def case_json(case: Case, officer: Officer | None = None, snapshot: CaseSnapshot | None = None) -> Json:
    """With the steps the officer may take in the field, if one asks."""
    snapshot = snapshot or case_snapshots([case]).get(case.pk)
    procedure = snapshot.procedure if snapshot else None
    department = case.department
    events = list(case.events.all())
    return {
        "id": case.pk,
        "key": case.key and str(case.key),
        "number": case.number,
        "title": case.title,
        "category": case.facts.get("category", ""),
        "category_title": bilingual(_category_title(case, procedure)),
        "department": {"code": department.code, "zh": department.name, "en": department.name_en},
        "version": case.version_id,
        "state": case.state,
        "state_title": bilingual(_state_title(case.state, procedure)),
        "open": case.is_open,
        "due": case.due and case.due.isoformat(),
        "money": money_json(snapshot),
        "lon": case.geom and round(case.geom.x, 7),
        "lat": case.geom and round(case.geom.y, 7),
        "address": case.address,
        "revision": case.revision,
        "handler": case.handler.name if case.handler else "",
        "mine": bool(officer and officer.pk in {case.handler_id, case.partner_id}),
        "photos": [photo_json(each) for each in pictures_of(case)],
        "evidence": _evidence_json(case, officer),
        "taken": sorted(snapshot.facts.steps) if snapshot else [],
        "features": _features(case, snapshot, officer) if snapshot and officer else {},
        "steps": _field_steps(snapshot, officer) if snapshot and officer else [],
        "events": [event_json(event, procedure) for event in events[-LAST_EVENTS:]],
    }


def money_json(snapshot: CaseSnapshot | None) -> Json | None:
    """What is owed today, in yuan; None where nothing was ever decided or paid."""
    if snapshot is None or not snapshot.entries:
        return None
    account = snapshot.account
    return {
        "decided": str(account.decided),
        "paid": str(account.held),
        "surcharge": str(account.surcharge),
        "owed": str(account.owed),
        "overpaid": str(account.overpaid),
        "due": account.due and account.due.isoformat(),
    }


def pictures_of(case: Case) -> Sequence[Evidence]:
    known: Sequence[Evidence] | None = getattr(case, "pictures", None)
    return list(PICTURES.filter(case=case)) if known is None else known


def photo_json(evidence: Evidence) -> Json:
    return {
        "id": evidence.pk,
        "url": reverse("field-photo", args=[evidence.pk]),
        "title": evidence.title,
        "taken": evidence.captured and evidence.captured.isoformat(),
    }


def _confirmed(case: Case) -> set[int]:
    """The pieces that their second officer confirmed."""
    acts = [event.data for event in case.events.all() if event.kind == EventKind.EVIDENCE]
    return {data["evidence"] for data in acts if data.get("act") == "confirmed"}


def _evidence_json(case: Case, officer: Officer | None) -> list[Json]:
    """Everything that can be opened; ``small`` is the picture for screens, if there is one."""
    pieces: Sequence[Evidence] | None = getattr(case, "pieces", None)
    small = {picture.pk for picture in pictures_of(case)}
    confirmed = _confirmed(case)
    return [
        {
            "id": each.pk,
            "title": str(each),
            "name": each.file_name,
            "kind": bilingual(EvidenceKind(each.kind).label),
            "media_type": each.media_type,
            "size": each.size,
            "small": reverse("field-photo", args=[each.pk]) if each.pk in small else None,
            "url": reverse("case-evidence", args=[case.pk, each.pk]),
            "findings": [bilingual(finding_text(code)) for code in each.findings],
            "to_confirm": officer is not None and each.partner_id == officer.pk and each.pk not in confirmed,
        }
        for each in (PIECES.filter(case=case) if pieces is None else pieces)
    ]


def event_json(event: Event, procedure: Procedure | None = None) -> Json:
    if procedure is None and (event.step or event.kind == EventKind.OVERDUE):
        try:
            procedure = procedure_of(event.case)
        except NoProcedure:
            procedure = None
    step = procedure.steps.get(event.step) if procedure else None
    title = step.title if step else event_title(event, procedure)
    return {
        "at": event.at.isoformat(),
        "kind": event.kind,
        "title": bilingual(title),
        "who": event.who,
        "text": str(event.data.get("note") or event.data.get("reason") or ""),
        "after": bilingual(_state_title(event.after, procedure)) if event.after else None,
        "device_time": event.device_time and event.device_time.isoformat(),
        "key": event.data.get("sent", {}).get("key"),
    }


def procedure_json(procedure: Procedure) -> Json:
    """What the phone needs to offer its field steps without a network."""
    return {
        "code": procedure.code,
        "title": bilingual(procedure.title),
        "start": procedure.start,
        "states": {
            code: {"title": bilingual(s.title), "phase": s.phase} for code, s in procedure.states.items()
        },
        "steps": {
            step.code: _step_json(procedure, step) for step in procedure.steps.values() if step.field_ready
        },
    }


def _step_json(procedure: Procedure, step: Step) -> Json:
    return {
        "title": bilingual(step.title),
        "from": list(step.sources),
        "to": step.target,
        "by": list(step.by),
        "basis": bilingual(step.basis),
        "officers": step.officers,
        "after": list(step.after),
        "reason": step.reason_required,
        "evidence": step.evidence.least,
        "documents": [bilingual(procedure.documents[code].title) for code in step.documents],
        "fields": [
            {
                "name": each.name,
                "title": bilingual(each.title),
                "kind": each.kind,
                "choices": {code: bilingual(title) for code, title in each.choices.items()},
                "rows": [
                    {"code": row.code, "title": bilingual(row.title), "points": row.points, "key": row.key}
                    for row in each.rows.values()
                ],
                "layer": each.layer,
                "required": each.required,
                "required_when": _condition_json(each.required_when),
            }
            for each in step.fields
        ],
    }


def _condition_json(condition: Condition | None) -> Json | None:
    """Conditions that the form itself can look at; of the others the server decides."""
    match condition:
        case FieldIn(name, values):
            return {"field": name, "in": list(values)}
        case FieldAbove(name, Decimal() as over):
            return {"field": name, "over": float(over)}
        case _:
            return None


def _features(case: Case, snapshot: CaseSnapshot, officer: Officer) -> Json:
    """Those that the forms of its next steps can name: around the case, and of layers without a place."""
    steps = [step for step in ready_steps(snapshot) if step.field_ready]
    asked = {field.layer: field for step in steps for field in step.fields if field.layer}
    viewer = Viewer(Audience.DEPARTMENT, (officer.department.code,))
    placed = [name for name, field in asked.items() if has_place(field, viewer)]
    around = nearby_features(case.geom, placed, viewer) if case.geom else {}
    listed = {name: listed_features(case, field, viewer) for name, field in asked.items()}
    return around | {name: [[*each] for each in found.items()] for name, found in listed.items() if found}


def nearby_features(place: Point, names: Iterable[str], viewer: Viewer) -> Json:
    """[address, title] of the features of layers at a place (EPSG:4490) or around it, by layer."""
    spot = Spot(place.x, place.y)
    found: Json = {}
    for name in names:
        try:
            features = features_at(get_layer(name, viewer), spot, viewer)
        except UnknownLayer:
            continue
        found[name] = [[f"{name}/{each['id']}", each["title"]] for each in features]
    return found


def _field_steps(snapshot: CaseSnapshot, officer: Officer) -> list[Json]:
    """The ready steps of the field, with what stands against the officer."""
    credentials = credentials_of(officer)
    return [
        {
            "code": step.code,
            "against": [
                bilingual(refusal.sentence)
                for refusal in lasting_refusals(snapshot, step, credentials)
                if refusal.code in ABOUT_THE_OFFICER
            ],
        }
        for step in ready_steps(snapshot)
        if step.field_ready
    ]


def _state_title(state: str, procedure: Procedure | None) -> object:
    if procedure and state in procedure.states:
        return procedure.states[state].title
    return state_titles().get(state, state)


def _category_title(case: Case, procedure: Procedure | None) -> object:
    known = procedure.categories.get(case.facts.get("category", "")) if procedure else None
    return known.title if known else case.category


def server_time() -> str:
    return timezone.now().isoformat()
