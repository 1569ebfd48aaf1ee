"""Every running limit counted anew, after the calendar changed."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from layers.casework.access.actor import Actor
from layers.casework.calendar.district import district_calendar
from layers.casework.calendar.working_calendar import WorkingCalendar
from layers.casework.log.case_lock import lock_case
from layers.casework.log.event_log import Entry, append_event
from layers.casework.models import ACTIVE, Case, EventKind, Limit
from layers.casework.procedures.versions import procedure_of
from layers.jobs.progress import Progress, no_progress
from layers.registry.text import Text
from layers.sentences.sentence import told

from .limits import followed_end, next_due, set_due


def recalculate_limits(actor: Actor, progress: Progress = no_progress) -> int:
    """The number of limits that moved."""
    days, moved = district_calendar(), 0
    concerned = Limit.objects.filter(status__in=ACTIVE).values("case_id")
    cases = Case.objects.filter(pk__in=concerned).order_by("pk")
    with progress(told(Text("件案件", "cases")), cases.count()) as advance:
        for case in cases.iterator():
            if any(_changed_limits(case, days)):
                moved += _recalculate(case.pk, days, actor)
            advance(1)
    return moved


def _recalculate(case_id: int, days: WorkingCalendar, actor: Actor) -> int:
    with lock_case(case_id) as case:
        changed = []
        for limit, change in _changed_limits(case, days):
            limit.save()
            changed.append(change)
        case.due = next_due(case.limits.all())
        append_event(case, actor, Entry(EventKind.RECALCULATED, data={"limits": changed}))
        return len(changed)


def _changed_limits(case: Case, days: WorkingCalendar) -> Iterator[tuple[Limit, dict[str, Any]]]:
    """The running limits that move, counted anew but not saved, with what they were and are."""
    procedure = procedure_of(case)
    limits = list(case.limits.filter(status__in=ACTIVE))
    for limit in sorted(limits, key=lambda each: bool(procedure.deadlines[each.code].follows)):
        was, rule = limit.due, procedure.deadlines[limit.code]
        limit.started = followed_end(rule, limits) or limit.started
        set_due(limit, rule, days)
        if limit.due != was:
            yield limit, {"limit": limit.code, "was": _iso(was), "is": _iso(limit.due)}


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
