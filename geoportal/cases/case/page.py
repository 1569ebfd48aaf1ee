"""The working page of a case: everything its departments need to bring it on, and the forms to do it."""

import json
from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from geoportal.cases.documents.pages import documents_context
from geoportal.cases.formatting import ACTS, BY_HAND, category_title, format_moment, mask_number, state_title
from geoportal.cases.permissions import actor_of, posts_of, record_case_reading
from geoportal.features.feature_page import feature_page
from geoportal.features.feature_text import display_name, enumeration, value_text
from geoportal.http import viewer_of, wants_json
from layers.agencies.models import Department
from layers.casework.access.actor import Actor
from layers.casework.access.permissions import has_capability
from layers.casework.analytics.workload import open_cases_of
from layers.casework.case_types import case_type
from layers.casework.extension import extension_fields, extension_of
from layers.casework.log.case_snapshots import case_snapshot
from layers.casework.models import STATED_RELATIONS, Case, Event, EventKind, EvidenceKind, PartyKind, Phrase
from layers.casework.phases import Phase
from layers.casework.principal import principal_row
from layers.casework.procedures import Capability, FieldKind, GeometryKind, Procedure
from layers.casework.procedures.titles import procedure_titles
from layers.casework.procedures.versions import NoProcedure, procedure_of
from layers.casework.rules.forms.areas import parse_corners
from layers.registry.audience import Audience, Viewer
from layers.registry.registration import get_layer

from .consultations import consultation_rows
from .evidence import evidence_rows
from .limits import limit_rows
from .money import money_context
from .nearby import nearby_cases
from .notices import undelivered_notices
from .parties import party_choices, party_rows
from .pending_uploads import upload_rows
from .publication import publication_context
from .receipts import receipt_rows
from .steps import CaseOfficers, discarded_entries, step_rows
from .subjects import offered_subjects, relation_rows, subject_rows, subject_rule_rows
from .subtasks import parent_rows, subtask_rows
from .timeline import Timeline

Shown = dict[str, Any]


def case_page(
    request: HttpRequest,
    case: Case,
    *,
    problems: Sequence[str] = (),
    since: Sequence[Event] = (),
    typed: Shown | None = None,
    status: int = 200,
) -> HttpResponse:
    """``problems`` are why something was not done, ``since`` what others did meanwhile, ``typed`` by form."""
    content = _content(request, case, typed or {})
    content["problems"] = list(problems)
    content["since"] = content["timeline_of"].entries(since)
    del content["timeline_of"]
    if not wants_json(request) or not case.party_name:  # which the layer's own page records
        record_case_reading(request, case)
    if wants_json(request):
        return JsonResponse({**_layer_view(request, case), **content}, status=status)
    return render(request, "cases/work.html", content, status=status)


def _content(request: HttpRequest, case: Case, typed: Shown) -> Shown:
    viewer, actor = viewer_of(request), actor_of(request)
    procedure, desk = procedure_or_none(case), CaseOfficers.of(case, viewer)
    snapshot = case_snapshot(case) if procedure else None
    in_full = viewer.audience == Audience.RESTRICTED or has_capability(
        actor.officer, Capability.PERSONAL_DATA, case
    )
    timeline = Timeline(case, procedure, in_full)
    limits = limit_rows(case, procedure, posts_of(request), typed)
    exhibits = evidence_rows(case, typed)
    steps = step_rows(case, snapshot, actor, desk, typed) if snapshot and not case.joined_to else []
    return {
        "id": case.pk,
        "title": case.title,
        "revision": case.revision,
        "head": _head(case, procedure, limits, viewer, in_full),
        "acts": actor.officer is not None,
        "me": actor.officer.pk if actor.officer else None,
        "acting": actor.name,
        "steps": steps,
        "left_over": discarded_entries(procedure, steps, typed) if procedure else None,
        "refused": sum(1 for each in steps if not each["may_take"]),
        "seconds": [{"id": o.pk, "name": o.name} for o in desk.seconds(actor, procedure)],
        "second": _last_partner(case, actor),
        "has_procedure": procedure is not None,
        "limits": limits,
        "money": money_context(snapshot),
        "evidence": exhibits,
        "waiting": upload_rows(request, case, actor),
        "documents": documents_context(case, actor, back="case"),
        "phrases": {
            "phrases": [each.text for each in Phrase.objects.offered_to(actor.officer)],
            "title": _("Insert a phrase"),
        },
        "timeline": timeline.all(),
        "publication": publication_context(case, snapshot, actor, typed),
        "map": _map(case, procedure, exhibits),
        "links": _links(case),
        "draws_area": bool(procedure and procedure.place.geometry is GeometryKind.POLYGON),
        "typed": typed,
        "timeline_of": timeline,
        **_people(case, procedure, actor, desk, typed, in_full=in_full),
        **_connections(case, procedure, viewer, actor),
    }


def _people(
    case: Case, procedure: Procedure | None, actor: Actor, desk: CaseOfficers, typed: Shown, *, in_full: bool
) -> Shown:
    """Who takes part, who is told, and who may be given the case."""
    return {
        "parties": party_rows(case, in_full, typed),
        "party_choices": party_choices(case),
        "receipts": receipt_rows(case) if procedure else [],
        "undelivered": undelivered_notices(case, procedure, typed),
        "consultations": consultation_rows(case, procedure),
        "may_assign": has_capability(actor.officer, Capability.ASSIGN, case),
        "may_transfer": has_capability(actor.officer, Capability.TRANSFER, case),
        "choices": _choices(case, desk),
    }


def _connections(case: Case, procedure: Procedure | None, viewer: Viewer, actor: Actor) -> Shown:
    """What the case is about, and the other cases that it has to do with."""
    return {
        "subjects": subject_rows(case, viewer),
        "subject_rules": subject_rule_rows(case, procedure),
        "offered_subjects": offered_subjects(case, viewer) if actor.officer else [],
        "relations": relation_rows(case, viewer),
        "relation_kinds": [{"value": str(kind), "title": str(kind.label)} for kind in STATED_RELATIONS],
        "subtasks": subtask_rows(case, procedure, viewer),
        "subtask_of": parent_rows(case, viewer),
        "others": nearby_cases(case, viewer),
    }


def procedure_or_none(case: Case) -> Procedure | None:
    try:
        return procedure_of(case)
    except NoProcedure:
        return None


def _layer_view(request: HttpRequest, case: Case) -> Shown:
    """What the layer shows of the case, for programs."""
    return feature_page(request, case_type(case.family).layer, case.pk)


def _head(
    case: Case, procedure: Procedure | None, limits: list[Shown], viewer: Viewer, in_full: bool
) -> Shown:
    next_due = next(
        (each for each in limits if each["due"] and not each["ended"] and not each["of_party"]), None
    )
    return {
        **_party(case, in_full),
        "particulars": _particulars(case, viewer, is_proposed=_is_proposed(case, procedure)),
        "resolution": case.resolution,
        "visibility": case.get_visibility_display(),
        "number": case.number,
        "state": state_title(procedure, case.state),
        "procedure": str(procedure.title)
        if procedure
        else str(procedure_titles().get(case.procedure, case.procedure)),
        "version": case.version.version if case.version else None,
        "department": display_name(case.department),
        "joint": enumeration(display_name(each) for each in Department.objects.filter(code__in=case.joint)),
        "handler": case.handler.name if case.handler else "",
        "partner": case.partner.name if case.partner else "",
        "due": next_due,
        "category": category_title(case, procedure),
        "standards": _standards(case, procedure),
        "reported": format_moment(case.reported),
        "filed": case.filed,
        "closed": case.closed,
        "lead": case.get_lead_source_display(),
        "address": case.address,
        "place": _place(case),
        "division": str(case.division or ""),
        "grid_cell": str(case.grid_cell.code) if case.grid_cell else "",
        "accuracy": case.accuracy and round(case.accuracy),
        "description": case.description,
        "joined_to": case.joined_to and {"id": case.joined_to.pk, "number": case.joined_to.number},
        "joined": [{"id": each.pk, "number": each.number} for each in case.joined.order_by("pk")],
        "flags": _flags(case, procedure),
        "is_generated": case.is_generated,
    }


def _flags(case: Case, procedure: Procedure | None) -> list[str]:
    known = procedure.flags if procedure else {}
    return [str(known[code].title) for code in sorted(case.flags) if code in known]


def _standards(case: Case, procedure: Procedure | None) -> list[Shown]:
    """By what a case of its category is filed and closed."""
    known = procedure.categories.get(case.facts.get("category", "")) if procedure else None
    texts = ((_("Filed when"), known.filing), (_("Closed when"), known.closing)) if known else ()
    return [{"label": label, "text": str(text)} for label, text in texts if text]


def _party(case: Case, in_full: bool) -> Shown:
    shown, party = str if in_full else mask_number, principal_row(case)
    return {
        "party_kind": party.get_kind_display(),
        "party_name": party.name,
        "party_id": shown(party.identity),
        "party_phone": shown(party.phone),
        "party_address": party.address,
        "party_head": party.head,
        "party_representative": party.representative,
    }


def _is_proposed(case: Case, procedure: Procedure | None) -> bool:
    """Nothing is decided yet."""
    state = procedure.states.get(case.state) if procedure else None
    return state is not None and state.phase is Phase.OPEN


def _particulars(case: Case, viewer: Viewer, *, is_proposed: bool) -> list[Shown]:
    """What the case's family keeps besides, as the layer says it; what is only proposed says so."""
    wording = _("%(what)s, proposed") if is_proposed else "%(what)s"
    kept, layer = extension_of(case), get_layer(case_type(case.family).layer, viewer)
    attributes = {each.path.split("__")[-1]: each for each in layer.attributes if "__" in each.path}
    values = {name: getattr(kept, name) for name in extension_fields(case.family)}
    return [
        {
            "name": name,
            "label": wording % {"what": layer.label(attributes[name])},
            "text": value_text(layer, attributes[name], value),
        }
        for name, value in values.items()
        if value not in (None, "") and name in attributes
    ]


def _last_partner(case: Case, actor: Actor) -> int | None:
    """Who was there last together with this officer, or is named as the case's second."""
    last = case.events.filter(kind=EventKind.STEP).exclude(partner=None).order_by("-pk").first()
    pair = [last.partner_id, last.officer_id] if last else [case.partner_id, case.handler_id]
    return next((pk for pk in pair if pk and actor.officer and pk != actor.officer.pk), None)


def _place(case: Case) -> list[str]:
    parts = [case.address, str(case.division or "")]
    if case.grid_cell:
        parts.append(_("grid cell %(code)s") % {"code": case.grid_cell.code})
    if case.accuracy:
        parts.append(f"±{round(case.accuracy)} m")
    return [part for part in parts if part] or ["–"]


def _map(case: Case, procedure: Procedure | None, exhibits: list[Shown]) -> Shown:
    """What the page's own script draws."""
    return {
        "position": [case.geom.x, case.geom.y] if case.geom else None,
        "accuracy": case.accuracy,
        "area": json.loads(case.area.geojson) if case.area else None,
        "drawn": [
            {"title": str(field.title), "geometry": case.fields[name]}
            for name, field in (procedure.fields() if procedure else {}).items()
            if field.kind is FieldKind.AREA and parse_corners(case.fields.get(name))
        ],
        "evidence": [
            {"lon": each["lon"], "lat": each["lat"], "title": each["title"]}
            for each in exhibits
            if each["lon"] is not None
        ],
        "words": {"case": _("The case"), "moved": _("New position"), "drawn": _("New area")},
    }


def _links(case: Case) -> Shown:
    if case.geom is None:
        return {}
    lon, lat = case.geom.x, case.geom.y
    layer = case_type(case.family).layer
    state = f"#map=17/{lat:.5f}/{lon:.5f}&view=2d&layers={layer}&sel={layer}/{case.pk}"
    return {
        "map": reverse("home") + state,
        "history": f"{reverse('case-search')}?lon={lon:.6f}&lat={lat:.6f}&radius=300",
    }


def _choices(case: Case, desk: CaseOfficers) -> Shown:
    loads = open_cases_of(desk.officers)
    others = Department.objects.exclude(pk=case.department_id).filter(staff__is_active=True).distinct()
    return {
        "kinds": [{"value": value, "title": str(title)} for value, title in EvidenceKind.choices],
        "party_kinds": [{"value": value, "title": str(title)} for value, title in PartyKind.choices],
        "handlers": [
            {
                "id": officer.pk,
                "name": officer.name,
                "department": display_name(officer.department),
                "open": loads.get(officer.pk, 0),
            }
            for officer in desk.officers
        ],
        "departments": [
            {"code": each.code, "name": display_name(each), "joint": each.code in case.joint}
            for each in others
        ],
        "acts": [{"value": code, "title": str(ACTS[code])} for code in BY_HAND],
    }
