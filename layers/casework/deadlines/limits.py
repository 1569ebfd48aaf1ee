"""Time limits of a case: they start and end with steps, stop and go on, are extended, and follow the calendar."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, time
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from layers.casework.cases.access import handles_case
from layers.casework.cases.actor import THE_PORTAL, Actor, NotAllowed, lock_case
from layers.casework.log.event_log import Entry, append_event
from layers.casework.models import CalendarDay, Case, EventKind, Limit, Standing
from layers.casework.procedures import Deadline, Facts, Procedure, holds
from layers.casework.procedures.versions import procedure_of
from layers.casework.rules.step_rules import parse_date
from layers.registry.text import Text

from .calendar import LOCAL, WorkingCalendar, local
from .due_dates import Pause, Span, Unit, due_time, warning_time

ACTIVE = (Standing.RUNNING, Standing.STOPPED)


def district_calendar() -> WorkingCalendar:
    return WorkingCalendar(dict(CalendarDay.objects.values_list("day", "is_working")))


def follow_step(
    case: Case,
    procedure: Procedure,
    step: str,
    at: datetime,
    facts: Facts,
    given: Mapping[str, Any] | None = None,
) -> None:
    """What a step (or ``opened``) does to the case's limits; sets the case's own due time.

    ``facts`` are those with the step taken, ``given`` is what its form said.
    """
    days = district_calendar()
    known = procedure.steps.get(step)
    for limit in case.limits.filter(standing__in=ACTIVE):
        rule = procedure.deadlines[limit.code]
        if step in rule.ends:
            _end_limit(limit, at)
        elif known and (limit.code in known.pauses or limit.code in known.resumes):
            _pause_limit(limit, rule, at, days, stop=limit.code in known.pauses)
    for rule in procedure.deadlines.values():
        if step in rule.starts and holds(rule.when, facts):
            start_limit(case, procedure, rule, _start_time(rule, at, given or {}), days)
    if case.limits.exists():  # else it came from elsewhere, with a due time of its own
        case.due = next_due(case, procedure)


def _start_time(rule: Deadline, at: datetime, given: Mapping[str, Any]) -> datetime:
    """The stated day, as that of a delivery that was entered later; days are counted from the day after it."""
    day = parse_date(given.get(rule.counts_from)) if rule.counts_from else None
    if day is None or day == local(at).date():
        return at
    return datetime.combine(day, time(), LOCAL)


def start_limit(
    case: Case, procedure: Procedure, rule: Deadline, at: datetime, days: WorkingCalendar
) -> Limit:
    """A limit of the party begins anew with each start; one of the agency goes on beside the new one, lest
    doing the same again give the agency more time."""
    span = procedure.limit(rule.code, case.facts.get("category", ""))
    if rule.of == "party":
        case.limits.filter(code=rule.code, standing__in=ACTIVE).update(standing=Standing.DROPPED, ended=at)
    limit = Limit(case=case, code=rule.code, length=span.length, unit=span.unit, started=at)
    set_due(limit, rule, days)
    limit.save()
    return limit


def set_due(limit: Limit, rule: Deadline, days: WorkingCalendar) -> None:
    """Set when the limit is due and from when it warns, from what is stored of it."""
    extensions = [Span(e["length"], Unit(e["unit"])) for e in limit.extensions]
    pauses = [Pause(_moment(p["start"]), _moment(p["end"]) if p["end"] else None) for p in limit.pauses]
    span = Span(limit.length, Unit(limit.unit))
    limit.due = due_time(limit.started, span, days, extensions=extensions, pauses=pauses, roll=rule.roll)
    limit.warn = max(limit.started, warning_time(limit.due, rule.warn, days)) if limit.due else None
    limit.standing = Standing.RUNNING if limit.due else Standing.STOPPED
    if limit.due is None or limit.due >= timezone.now():
        limit.told_overdue = False


def drop_limits(case: Case, at: datetime) -> None:
    """A case that is closed has no limits any more."""
    case.limits.filter(standing__in=ACTIVE).update(standing=Standing.DROPPED, ended=at)
    case.due = None


def next_due(case: Case, procedure: Procedure) -> datetime | None:
    """The first due time of the agency's own limits."""
    ours = [code for code, rule in procedure.deadlines.items() if rule.of == "agency"]
    running = case.limits.filter(standing=Standing.RUNNING, code__in=ours).order_by("due").first()
    return running.due if running else None


def extend_limit(
    case_id: int, limit_id: int, number: int, reason: str, actor: Actor, revision: int | None = None
) -> Limit:
    """Grant the ``number``-th of the extensions that the procedure knows for this limit."""
    with lock_case(case_id, revision) as case:
        procedure = procedure_of(case)
        if actor.officer is None or not handles_case(case, actor.officer):
            raise NotAllowed(Text("该案不属于您的部门。", "The case is not your department's."))
        limit = case.limits.get(pk=limit_id, standing__in=ACTIVE)
        rule = procedure.deadlines[limit.code]
        _check_extension(rule, limit, number, reason, actor)
        chosen = rule.extensions[number]
        granted = {
            "length": chosen.span.length,
            "unit": str(chosen.span.unit),
            "number": number,
            "who": actor.name,
            "reason": reason,
            "at": timezone.now().isoformat(),
        }
        limit.extensions = [*limit.extensions, granted]
        set_due(limit, rule, district_calendar())
        limit.save()
        case.due = next_due(case, procedure)
        append_event(case, actor, Entry(EventKind.EXTENDED, data={"limit": limit.code, **granted}))
        return limit


def limit_status(limit: Limit, now: datetime) -> str:
    """``running``, ``warning``, ``overdue``, ``stopped``, ``met``, ``missed`` or ``dropped``, at a moment."""
    if limit.standing != Standing.RUNNING or limit.due is None:
        return limit.standing
    if now > limit.due:
        return "overdue"
    return "warning" if limit.warn and now >= limit.warn else "running"


def recalculate_limits(actor: Actor) -> int:
    """Count every running limit anew, after the calendar changed; the number of limits that moved."""
    days, moved = district_calendar(), 0
    concerned = Limit.objects.filter(standing__in=ACTIVE).values("case_id")
    for case in Case.objects.filter(pk__in=concerned).order_by("pk").iterator():
        if any(_changed_limits(case, days)):
            moved += _recalculate(case.pk, days, actor)
    return moved


def _recalculate(case_id: int, days: WorkingCalendar, actor: Actor) -> int:
    with lock_case(case_id) as case:
        changed = []
        for limit, change in _changed_limits(case, days):
            limit.save()
            changed.append(change)
        case.due = next_due(case, procedure_of(case))
        append_event(case, actor, Entry(EventKind.RECALCULATED, data={"limits": changed}))
        return len(changed)


def _changed_limits(case: Case, days: WorkingCalendar) -> Iterator[tuple[Limit, dict[str, Any]]]:
    """The running limits that move, counted anew but not saved, with what they were and are."""
    procedure = procedure_of(case)
    for limit in case.limits.filter(standing__in=ACTIVE):
        was = limit.due
        set_due(limit, procedure.deadlines[limit.code], days)
        if limit.due != was:
            yield limit, {"limit": limit.code, "was": _iso(was), "is": _iso(limit.due)}


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def record_overdue_limits() -> int:
    """Put each limit that has run out into its case's log, once."""
    late = Limit.objects.filter(standing=Standing.RUNNING, due__lt=timezone.now(), told_overdue=False)
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


def _end_limit(limit: Limit, at: datetime) -> None:
    late = limit.due is not None and at > limit.due
    limit.ended, limit.standing = at, Standing.MISSED if late else Standing.MET
    limit.save()


def _pause_limit(limit: Limit, rule: Deadline, at: datetime, days: WorkingCalendar, *, stop: bool) -> None:
    is_stopped = any(not pause["end"] for pause in limit.pauses)
    if stop and not is_stopped:
        limit.pauses = [*limit.pauses, {"start": at.isoformat(), "end": None}]
    elif not stop and is_stopped:
        limit.pauses = [{**p, "end": p["end"] or at.isoformat()} for p in limit.pauses]
    set_due(limit, rule, days)
    limit.save()


def _check_extension(rule: Deadline, limit: Limit, number: int, reason: str, actor: Actor) -> None:
    problems: list[Text] = []
    if not 0 <= number < len(rule.extensions):
        raise NotAllowed(Text("该期限没有这种延长。", "This limit knows no such extension."))
    chosen = rule.extensions[number]
    granted = sum(1 for extension in limit.extensions if extension.get("number") == number)
    if granted >= chosen.most:
        problems.append(Text("该期限已不能再延长。", "This limit cannot be extended any more."))
    if actor.officer is None or not set(actor.officer.posts) & set(chosen.by):
        problems.append(Text("您的岗位不能批准延期。", "Your post cannot grant an extension."))
    if not reason.strip():
        problems.append(Text("延期须写明理由。", "An extension needs a reason."))
    if problems:
        raise NotAllowed(*problems)


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def running_codes(found: Iterable[Limit], now: datetime) -> frozenset[str]:
    """Codes of the limits that have neither ended nor run out; one whose clock stands still has not."""
    return frozenset(
        limit.code for limit in found if limit_status(limit, now) in {"running", "warning", "stopped"}
    )
