"""Limits that ran out: put into the log once, and what their procedure says comes then."""

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from layers.casework.access.actor import THE_PORTAL
from layers.casework.log.case_lock import lock_case
from layers.casework.log.event_log import Entry, append_event
from layers.casework.models import Case, EventKind, Limit, LimitStatus
from layers.casework.procedures.model import Expiry
from layers.casework.procedures.versions import NoProcedure, procedure_of

from .effects import StepInput
from .subtasks import hold_parents
from .transitions import surroundings_of_step, take_step_by_clock


def record_overdue_limits() -> int:
    """Put each limit that has run out into its case's log, once, and take the step that its procedure names."""
    late = Limit.objects.filter(status=LimitStatus.RUNNING, due__lt=timezone.now(), told_overdue=False)
    found = list(late.order_by("due").values_list("pk", "case_id")[:1000])
    return sum(_record_overdue(late, limit, case) for limit, case in found)


def _record_overdue(late: "QuerySet[Limit]", limit_id: int, case_id: int) -> bool:
    """Whether it still was to be told: meanwhile somebody may have met the limit, or another watch told of it."""
    step = _expiry(Case.objects.get(pk=case_id), Limit.objects.get(pk=limit_id)).step
    around = surroundings_of_step(case_id, step, {}) if step else {}
    with transaction.atomic():
        hold_parents(case_id)
        Case.objects.select_for_update().get(pk=case_id)
        limit = late.filter(pk=limit_id).first()
        if limit is None:
            return False
        with lock_case(case_id) as case:
            then = _expiry(case, limit)
            Limit.objects.filter(pk=limit.pk).update(told_overdue=True)
            data: dict[str, object] = {"limit": limit.code, "due": str(limit.due)}
            if then.notify:
                data |= {"notifies": list(then.notify)}
            append_event(case, THE_PORTAL, Entry(EventKind.OVERDUE, data=data))
        if then.step:
            take_step_by_clock(case_id, then.step, StepInput(limit=limit.code), around)
        return True


def _expiry(case: Case, limit: Limit) -> Expiry:
    try:
        rule = procedure_of(case).deadlines.get(limit.code)
    except NoProcedure:
        return Expiry()
    return rule.then if rule else Expiry()
