"""The publication of a case as its page and the reviewers' queue show it."""

from collections.abc import Sequence
from typing import Any

from django.utils import formats, timezone

from geoportal.cases.formatting import format_moment
from layers.casework.access.actor import Actor
from layers.casework.access.permissions import has_capability
from layers.casework.calendar.district import district_calendar
from layers.casework.extension import case_attribute, prefetch_extensions
from layers.casework.models import Case, Event, EventKind, Publication, PublicationStatus
from layers.casework.procedures import Capability, Procedure
from layers.casework.procedures.versions import procedure_of
from layers.casework.publication.masking import suggested_text
from layers.casework.publication.places import mask_places
from layers.casework.publication.terms import expired_on, publication_due
from layers.casework.rules.case_snapshot import CaseSnapshot
from layers.casework.rules.publication_terms import publication_months

TONES = {
    PublicationStatus.PROPOSED: "info",
    PublicationStatus.PUBLISHED: "good",
    PublicationStatus.RETURNED: "fair",
    PublicationStatus.WITHDRAWN: "bad",
    PublicationStatus.EXPIRED: "",
}
Shown = dict[str, Any]


def publication_context(case: Case, snapshot: CaseSnapshot | None, actor: Actor, typed: Shown) -> Shown:
    """What became of earlier passages, and what this person may do next."""
    passages = list(case.publications.select_related("proposed_by", "reviewed_by").order_by("-pk"))
    current = next(
        (
            each
            for each in passages
            if each.status in {PublicationStatus.PROPOSED, PublicationStatus.PUBLISHED}
        ),
        None,
    )
    procedure = snapshot.procedure if snapshot else None
    months = publication_months(snapshot.procedure, snapshot.facts) if snapshot else None
    is_over = bool(procedure and months and expired_on(procedure, case, months))
    may_propose = months is not None and not is_over and current is None and actor.officer is not None
    return {
        "passages": [publication_row(each) for each in passages],
        "months": months,
        "basis": str(procedure.publication.basis) if procedure and procedure.publication else "",
        "due": _due(case, procedure)
        if months is not None and procedure and not _is_public(passages)
        else None,
        "may_propose": may_propose,
        "wording": typed.get("publication") or (_wording(case) if may_propose else None),
        "may_review": current is not None
        and current.status == PublicationStatus.PROPOSED
        and may_review(current, actor),
        "may_withdraw": current is not None
        and current.status == PublicationStatus.PUBLISHED
        and has_capability(actor.officer, Capability.WITHDRAW, case),
        "current": current and current.pk,
    }


def _wording(case: Case) -> Shown:
    suggested = suggested_text(case)
    return {"title": mask_places(suggested.title, case), "summary": mask_places(suggested.summary, case)}


def _is_public(passages: list[Publication]) -> bool:
    return any(each.published_at for each in passages)


def _due(case: Case, procedure: Procedure) -> Shown | None:
    due = publication_due(procedure, case, district_calendar())
    return {"at": format_moment(due), "is_over": due < timezone.now()} if due else None


def publication_row(found: Publication) -> Shown:
    return {
        "id": found.pk,
        "status": found.status,
        "status_title": found.get_status_display(),
        "tone": TONES[PublicationStatus(found.status)],
        "title": found.title,
        "party": found.party,
        "summary": found.summary,
        "proposed_by": found.proposed_by.name,
        "proposed_at": format_moment(found.proposed_at),
        "reviewed_by": found.reviewed_by.name if found.reviewed_by else "",
        "published_at": format_moment(found.published_at),
        "until": formats.date_format(found.until, "SHORT_DATE_FORMAT") if found.until else "",
        "ended_at": format_moment(found.ended_at),
        "reason": found.reason,
    }


def decisions_of(cases: Sequence[Case]) -> dict[int, Shown]:
    """Number and day of what is published, by case, in few statements; "" where the procedure numbers no decision, or
    none was taken."""
    prefetch_extensions(cases)
    numbered = {each.pk: _numbered(procedure_of(each)) for each in cases if each.version_id}
    steps = {step for codes, _ in numbered.values() for step in codes}
    taken = dict(
        Event.objects.filter(case__in=[*numbered], kind=EventKind.STEP, step__in=steps)
        .order_by("pk")
        .values_list("case", "at")
    )
    return {
        each.pk: {
            "decision_number": _decision_number(each, numbered.get(each.pk, ((), ""))[1]),
            "decided_on": formats.date_format(timezone.localdate(taken[each.pk]), "SHORT_DATE_FORMAT")
            if each.pk in taken
            else "",
        }
        for each in cases
    }


def _numbered(procedure: Procedure) -> tuple[tuple[str, ...], str]:
    """The steps that call for documents whose number the case keeps, and where it keeps it."""
    kinds = {code: kind for code, kind in procedure.documents.items() if kind.number_field}
    asked = procedure.fields()
    writes = next((asked[kind.number_field].writes for kind in kinds.values()), "")
    return tuple(step.code for step in procedure.steps.values() if kinds.keys() & {*step.documents}), writes


def _decision_number(case: Case, writes: str) -> str:
    return str(case_attribute(case, writes) or "") if writes else ""


def may_review(found: Publication, actor: Actor) -> bool:
    officer = actor.officer
    may_publish = has_capability(officer, Capability.PUBLISH, found.case)
    return officer is not None and may_publish and officer.pk != found.proposed_by_id
