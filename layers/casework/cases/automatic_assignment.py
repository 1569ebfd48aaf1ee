"""New cases that nobody handles go to somebody by the department's rules: by category, by grid cell, the least burdened."""

from django.db.models import Count, Q

from layers.agencies.models import Officer
from layers.casework.access.actor import THE_PORTAL
from layers.casework.log.event_log import Entry, append_event
from layers.casework.models import AssignmentRule, Case, Event, EventKind


def name_handler(case: Case) -> AssignmentRule | None:
    """The rule by which somebody handles the case from now on; None where somebody does, or no rule finds anybody."""
    if case.handler_id is not None:
        return None
    category = str(case.facts.get("category", ""))
    rules = AssignmentRule.objects.filter(
        Q(grid_cell=None) | Q(grid_cell=case.grid_cell_id),
        department=case.department_id,
        category__in=("", category),
    )
    for rule in rules.order_by("order", "pk"):
        case.handler = _least_burdened(rule)
        if case.handler:
            return rule
    return None


def record_assignment(case: Case, rule: AssignmentRule) -> Event:
    """The portal did it, by which rule; whoever handles the case is told."""
    officer = case.handler
    assert officer is not None  # noqa: S101 - a rule found somebody
    left = {"handler": None, "partner": case.partner_id, "joint": case.joint}
    data = {"to": officer.name, "officer": officer.pk, "rule": rule.order, "left": left}
    return append_event(case, THE_PORTAL, Entry(EventKind.ASSIGNED, data=data))


def _least_burdened(rule: AssignmentRule) -> Officer | None:
    able = Officer.objects.filter(is_active=True, department=rule.department_id, posts__contains=[rule.post])
    if rule.body_id:
        able = able.filter(body=rule.body_id)
    open_cases = Count("pk", filter=Q(handled__closed=None, handled__isnull=False))
    return able.annotate(open_cases=open_cases).order_by("open_cases", "code").first()
