"""What the rules may ask of a case as it stands in the database."""

from collections import Counter
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.utils import timezone

from layers.casework.deadlines import limits
from layers.casework.log.event_log import history
from layers.casework.models import Case, EventKind
from layers.casework.procedures import Facts, Procedure

from .step_rules import Days, Held, day_of, standing


def facts_of(procedure: Procedure, case: Case) -> Facts:
    """What conditions may ask of a case."""
    return Facts(
        flags=case.flags,
        steps=standing(procedure, history(case)),
        fields=case.fields,
        party=case.party_kind,
        running=limits.running(case.limits.all(), timezone.now()),
    )


def held_by(case: Case) -> Held:
    kinds = case.evidence.filter(original=None).values_list("kind", flat=True)
    return Held(Counter(kinds), located=case.geom is not None or case.area is not None)


def days_of(procedure: Procedure, case: Case) -> Days:
    taken = case.events.filter(kind__in=[EventKind.OPENED, EventKind.STEP]).order_by("pk")
    ends = dict(case.limits.order_by("pk").values_list("code", "due"))
    return Days(
        timezone.localdate(),
        steps={
            step: _day_of(procedure, step, at, fields or {})
            for step, at, fields in taken.values_list("step", "at", "data__fields")
        },
        limits={code: timezone.localdate(due) for code, due in ends.items() if due},
    )


def _day_of(procedure: Procedure, step: str, at: datetime, given: Mapping[str, Any]) -> date:
    """When it happened, as its form says; else when it was entered."""
    known = procedure.steps.get(step)
    said = [day_of(given.get(asked.name)) for asked in (known.fields if known else ()) if asked.past]
    return next((day for day in said if day), timezone.localdate(at))
