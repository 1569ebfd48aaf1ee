"""Whom a case's steps must tell: officers who were, and people outside who still must be."""

from typing import Any

from geoportal.cases.formatting import format_moment
from layers.casework.models import PORTAL, Case, Notice
from layers.casework.procedures import Procedure

Shown = dict[str, Any]


def undelivered_notices(case: Case, procedure: Procedure | None, typed: Shown) -> list[Shown]:
    """What nobody outside was told yet, the oldest first; ``typed`` are entries that were refused."""
    waiting = Notice.objects.filter(
        case=case, officer=None, delivered_at=None, channel=PORTAL
    ).select_related("event")
    return [
        {
            "id": notice.pk,
            "to": notice.get_addressee_display(),
            "of": _step_title(notice, procedure),
            "at": format_moment(notice.made_at),
            "typed": typed.get(f"delivery-{notice.pk}", {}).get("how"),
        }
        for notice in waiting.order_by("pk")
    ]


def _step_title(notice: Notice, procedure: Procedure | None) -> str:
    code = notice.event.step if notice.event else ""
    return str(procedure.steps[code].title) if procedure and code in procedure.steps else code
