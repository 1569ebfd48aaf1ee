"""What steps do to the time limits of a case: they begin and end, stop and go on. Nothing is saved here."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, time
from typing import Any

from django.utils import timezone

from layers.casework.calendar.due_dates import Pause, due_time, warning_time
from layers.casework.calendar.working_calendar import LOCAL, WorkingCalendar, local
from layers.casework.models import ACTIVE, Case, Limit, LimitStatus
from layers.casework.procedures import Deadline, Facts, Procedure, holds
from layers.casework.procedures.conditions import MoneyIs
from layers.casework.procedures.spans import Span, Unit
from layers.casework.procedures.vocabulary import ObligedSide
from layers.casework.rules.forms.form_input import counted_day


@dataclass(frozen=True)
class LimitTrigger:
    """A step (or ``opened``): ``facts`` are those with the step taken, ``fields`` is what its form was given."""

    procedure: Procedure
    step: str
    at: datetime
    facts: Facts
    fields: Mapping[str, Any] = field(default_factory=dict)


def advance_limits(
    case: Case, limits: list[Limit], trigger: LimitTrigger, days: WorkingCalendar
) -> list[Limit]:
    """Those of the case's ``limits`` that changed, and new ones, which join them; sets the case's own due time."""
    changed = [limit for limit in limits if limit.status in ACTIVE and _is_touched(limit, trigger, days)]
    for rule in trigger.procedure.deadlines.values():
        if trigger.step in rule.starts and holds(rule.when, trigger.facts):
            changed += _start_limit(case, limits, rule, trigger, days)
    if limits:  # else it came from elsewhere, with a due time of its own
        case.due = next_due(limits)
    return changed


def drop_limits(case: Case, limits: Iterable[Limit], at: datetime) -> list[Limit]:
    """A case that is closed has no limits any more; those that it had."""
    active = [limit for limit in limits if limit.status in ACTIVE]
    for limit in active:
        limit.status, limit.ended = LimitStatus.DROPPED, at
    case.due = None
    return active


def next_due(limits: Iterable[Limit]) -> datetime | None:
    """The first due time of the agency's own limits."""
    running = [
        each for each in limits if each.status == LimitStatus.RUNNING and each.of == ObligedSide.AGENCY
    ]
    return min((each.due for each in running if each.due), default=None)


def set_due(limit: Limit, rule: Deadline, days: WorkingCalendar) -> None:
    """When the limit is due and from when it warns, from what is stored of it."""
    extensions = [Span(e["length"], Unit(e["unit"])) for e in limit.extensions]
    pauses = [Pause(_moment(p["start"]), _moment(p["end"]) if p["end"] else None) for p in limit.pauses]
    span = Span(limit.length, Unit(limit.unit))
    limit.due = due_time(limit.started, span, days, extensions=extensions, pauses=pauses, roll=rule.roll)
    limit.warn = max(limit.started, warning_time(limit.due, rule.warn, days)) if limit.due else None
    limit.status = LimitStatus.RUNNING if limit.due else LimitStatus.STOPPED
    if limit.due is None or limit.due >= timezone.now():
        limit.told_overdue = False
    if limit.warn is None or limit.warn >= timezone.now():
        limit.told_due = False


def _is_touched(limit: Limit, trigger: LimitTrigger, days: WorkingCalendar) -> bool:
    rule, step = trigger.procedure.deadlines[limit.code], trigger.procedure.steps.get(trigger.step)
    if trigger.step in rule.ends:
        return _end(limit, trigger.at)
    if step and step.money and isinstance(rule.when, MoneyIs) and not holds(rule.when, trigger.facts):
        return _end(limit, max(limit.started, _stated_time(step.money.on, trigger)))
    if step and limit.code in step.pauses:
        return _stop(limit, rule, trigger.at, days)
    return bool(step and limit.code in step.resumes) and _resume(limit, rule, trigger.at, days)


def _end(limit: Limit, at: datetime) -> bool:
    late = limit.due is not None and at > limit.due
    limit.ended, limit.status = at, LimitStatus.MISSED if late else LimitStatus.MET
    return True


def _is_stopped(limit: Limit) -> bool:
    return any(not pause["end"] for pause in limit.pauses)


def _stop(limit: Limit, rule: Deadline, at: datetime, days: WorkingCalendar) -> bool:
    if _is_stopped(limit):
        return False
    limit.pauses = [*limit.pauses, {"start": at.isoformat(), "end": None}]
    set_due(limit, rule, days)
    return True


def _resume(limit: Limit, rule: Deadline, at: datetime, days: WorkingCalendar) -> bool:
    if not _is_stopped(limit):
        return False
    limit.pauses = [{**p, "end": p["end"] or at.isoformat()} for p in limit.pauses]
    set_due(limit, rule, days)
    return True


def _start_limit(
    case: Case, limits: list[Limit], rule: Deadline, trigger: LimitTrigger, days: WorkingCalendar
) -> list[Limit]:
    """A limit of the party begins anew with each start; one of the agency goes on beside the new one, lest
    doing the same again give the agency more time."""
    at = followed_end(rule, limits) or _stated_time(rule.counts_from, trigger)
    old = [each for each in limits if each.code == rule.code and each.status in ACTIVE]
    dropped = old if rule.of is ObligedSide.PARTY else []
    for each in dropped:
        each.status, each.ended = LimitStatus.DROPPED, at
    span = trigger.procedure.limit(rule.code, case.facts.get("category", ""))
    limit = Limit(
        case=case,
        code=rule.code,
        length=span.length,
        unit=span.unit,
        started=at,
        of=rule.of,
        measures=list(rule.measures),
    )
    set_due(limit, rule, days)
    limits.append(limit)
    return [*dropped, limit]


def followed_end(rule: Deadline, limits: Iterable[Limit]) -> datetime | None:
    """When the last of the limits that it follows runs out; None where it follows none that runs."""
    running = [
        each.due for each in limits if each.code in rule.follows and each.status == LimitStatus.RUNNING
    ]
    return max((each for each in running if each), default=None)


def _stated_time(name: str, trigger: LimitTrigger) -> datetime:
    """The day that a field states, as that of a delivery that was entered later; days are counted from the day after it."""
    step = trigger.procedure.steps.get(trigger.step)
    day = counted_day(step, trigger.fields, name, trigger.facts)
    if day is None or day == local(trigger.at).date():
        return trigger.at
    return datetime.combine(day, time(), LOCAL)


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)
