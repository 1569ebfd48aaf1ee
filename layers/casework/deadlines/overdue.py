"""Limits that ran out, put into the log once."""

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from layers.casework.access.actor import THE_PORTAL
from layers.casework.log.case_lock import lock_case
from layers.casework.log.event_log import Entry, append_event
from layers.casework.models import Case, EventKind, Limit, LimitStatus


def record_overdue_limits() -> int:
    """Put each limit that has run out into its case's log, once."""
    late = Limit.objects.filter(status=LimitStatus.RUNNING, due__lt=timezone.now(), told_overdue=False)
    found = list(late.order_by("due").values_list("pk", "case_id")[:1000])
    return sum(_record_overdue(late, limit, case) for limit, case in found)


@transaction.atomic
def _record_overdue(late: "QuerySet[Limit]", limit_id: int, case_id: int) -> bool:
    """Whether it still was to be told: meanwhile somebody may have met the limit, or another watch told of it."""
    Case.objects.select_for_update().get(pk=case_id)
    limit = late.filter(pk=limit_id).first()
    if limit is None:
        return False
    with lock_case(case_id) as case:
        Limit.objects.filter(pk=limit.pk).update(told_overdue=True)
        data = {"limit": limit.code, "due": str(limit.due)}
        append_event(case, THE_PORTAL, Entry(EventKind.OVERDUE, data=data))
    return True
