"""What the rules may ask of a case as it stands in the database."""

from collections import Counter
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.utils import timezone

from layers.casework.deadlines import limits
from layers.casework.log.event_log import step_history
from layers.casework.models import Case, EventKind
from layers.casework.procedures import Facts, Procedure

from .step_rules import CaseDates, CaseInventory, parse_date, steps_in_force


def case_facts(procedure: Procedure, case: Case) -> Facts:
    """What conditions may ask of a case."""
    return Facts(
        flags=case.flags,
        steps=steps_in_force(procedure, step_history(case)),
        fields=case.fields,
        party=case.party_kind,
        running=limits.running_codes(case.limits.all(), timezone.now()),
    )


def case_inventory(case: Case) -> CaseInventory:
    kinds = case.evidence.filter(original=None).values_list("kind", flat=True)
    return CaseInventory(Counter(kinds), located=case.geom is not None or case.area is not None)


def case_dates(procedure: Procedure, case: Case) -> CaseDates:
    taken = case.events.filter(kind__in=[EventKind.OPENED, EventKind.STEP]).order_by("pk")
    ends = dict(case.limits.order_by("pk").values_list("code", "due"))
    return CaseDates(
        timezone.localdate(),
        steps={
            step: _step_date(procedure, step, at, fields or {})
            for step, at, fields in taken.values_list("step", "at", "data__fields")
        },
        limits={code: timezone.localdate(due) for code, due in ends.items() if due},
    )


def _step_date(procedure: Procedure, step: str, at: datetime, given: Mapping[str, Any]) -> date:
    """When it happened, as its form says; else when it was entered."""
    known = procedure.steps.get(step)
    said = [parse_date(given.get(asked.name)) for asked in (known.fields if known else ()) if asked.past]
    return next((day for day in said if day), timezone.localdate(at))
