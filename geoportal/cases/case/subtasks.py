"""The cases that a case's steps opened, and the case that opened this one, on its page: state and due date of each."""

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from geoportal.cases.formatting import format_moment, state_title
from geoportal.features.feature_text import display_name
from layers.casework.access.permissions import may_read_case
from layers.casework.models import Case, CaseRelation, RelationKind
from layers.casework.phases import Phase
from layers.casework.procedures import Procedure
from layers.casework.procedures.versions import procedure_of
from layers.registry.audience import Viewer

TONES = {Phase.CLOSED: "good", Phase.DISMISSED: "bad"}
Shown = dict[str, Any]


def subtask_rows(case: Case, procedure: Procedure | None, viewer: Viewer) -> list[Shown]:
    """The newest first; of another department's, whom the viewer may not read, no more than how far they are."""
    found = _links(case.related_from, "case").order_by("-case_id")
    return [_row(link.case, _step(procedure, link.step), viewer) for link in found]


def parent_rows(case: Case, viewer: Viewer) -> list[Shown]:
    found = _links(case.relations, "other")
    return [_row(link.other, _step(procedure_of(link.other), link.step), viewer) for link in found]


def _links(links: Any, side: str) -> "QuerySet[CaseRelation]":
    found: QuerySet[CaseRelation] = links.filter(kind=RelationKind.CHILD)
    return found.select_related(f"{side}__department", f"{side}__version")


def _step(procedure: Procedure | None, code: str) -> str:
    known = procedure.steps.get(code) if procedure else None
    return str(known.title) if known else code


def _row(other: Case, step: str, viewer: Viewer) -> Shown:
    procedure = procedure_of(other)
    readable = may_read_case(other, viewer)
    is_late = other.due is not None and other.due < timezone.now()
    return {
        "number": other.number,
        "url": reverse("case", args=[other.pk]) if readable else None,
        "title": other.title if readable else "",
        "procedure": str(procedure.title),
        "step": step,
        "department": display_name(other.department),
        "state": state_title(procedure, other.state),
        "late": _("overdue") if is_late else "",
        "tone": "bad" if is_late else TONES.get(Phase(other.phase), "info"),
        "due": format_moment(other.due),
        "closed": other.closed,
    }
