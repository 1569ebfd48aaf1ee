"""Whom a case asks for their opinion, by when, and what they say, on its page."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from geoportal.cases.formatting import format_moment
from geoportal.features.feature_text import display_name
from layers.casework.models import Case, Consultation, ConsultationStatus, Opinion
from layers.casework.procedures import Procedure

TONES = {ConsultationStatus.WAITING: "info", ConsultationStatus.SILENT: "bad"}
OPINION_TONES = {Opinion.AGREES: "good", Opinion.OBJECTS: "bad"}
Shown = dict[str, Any]


def consultation_rows(case: Case, procedure: Procedure | None) -> list[Shown]:
    """The newest first; what is no longer asked stays in the log only."""
    found = case.consultations.exclude(status=ConsultationStatus.DROPPED)
    return [
        consultation_row(each, procedure)
        for each in found.select_related("department", "officer").order_by("-asked_at", "pk")
    ]


def consultation_row(asked: Consultation, procedure: Procedure | None) -> Shown:
    step = procedure.steps.get(asked.step) if procedure else None
    is_late = asked.status == ConsultationStatus.WAITING and asked.due < timezone.now()
    opinion = asked.get_opinion_display()
    return {
        "id": asked.pk,
        "step": str(step.title) if step else asked.step,
        "department": display_name(asked.department),
        "asked": format_moment(asked.asked_at),
        "due": format_moment(asked.due),
        "status": _("overdue") if is_late else asked.get_status_display(),
        "tone": "bad"
        if is_late
        else OPINION_TONES.get(Opinion(asked.opinion), "")
        if opinion
        else TONES.get(ConsultationStatus(asked.status), ""),
        "opinion": opinion,
        "text": asked.text,
        "who": asked.officer.name if asked.officer else "",
        "answered": format_moment(asked.answered_at),
    }
