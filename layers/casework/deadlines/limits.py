"""Time limits of a case: they start and end with steps, stop and go on, are extended, and follow the calendar."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, time
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from layers.casework.cases.access import is_of
from layers.casework.cases.actor import THE_PORTAL, Acting, NotAllowed, hold
from layers.casework.log.event_log import Entry, append
from layers.casework.models import CalendarDay, Case, EventKind, Limit, Standing
from layers.casework.procedures import Deadline, Facts, Procedure, holds
from layers.casework.procedures.versions import procedure_of
from layers.casework.rules.step_rules import day_of
from layers.registry.text import Text

from .calendar import LOCAL, WorkingCalendar, local
from .due_dates import Pause, Span, Unit, due, warning

RUNS = (Standing.RUNNING, Standing.STOPPED)


def calendar() -> WorkingCalendar:
    return WorkingCalendar(dict(CalendarDay.objects.values_list("day", "is_working")))


def follow(
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
    days = calendar()
    known = procedure.steps.get(step)
    for limit in case.limits.filter(standing__in=RUNS):
        rule = procedure.deadlines[limit.code]
        if step in rule.ends:
            _end(limit, at)
        elif known and (limit.code in known.pauses or limit.code in known.resumes):
            _pause(limit, rule, at, days, stop=limit.code in known.pauses)
    for rule in procedure.deadlines.values():
        if step in rule.starts and holds(rule.when, facts):
            start(case, procedure, rule, _counted_from(rule, at, given or {}), days)
    if case.limits.exists():  # else it came from elsewhere, with a due time of its own
        case.due = nearest(case, procedure)


def _counted_from(rule: Deadline, at: datetime, given: Mapping[str, Any]) -> datetime:
    """The stated day, as that of a delivery that was entered later; days are counted from the day after it."""
    day = day_of(given.get(rule.counts_from)) if rule.counts_from else None
    if day is None or day == local(at).date():
        return at
    return datetime.combine(day, time(), LOCAL)


def start(case: Case, procedure: Procedure, rule: Deadline, at: datetime, days: WorkingCalendar) -> Limit:
    """A limit of the party begins anew with each start; one of the agency goes on beside the new one, lest
    doing the same again give the agency more time."""
    span = procedure.limit(rule.code, case.facts.get("category", ""))
    if rule.of == "party":
        case.limits.filter(code=rule.code, standing__in=RUNS).update(standing=Standing.DROPPED, ended=at)
    limit = Limit(case=case, code=rule.code, length=span.length, unit=span.unit, started=at)
    count(limit, rule, days)
    limit.save()
    return limit


def count(limit: Limit, rule: Deadline, days: WorkingCalendar) -> None:
    """Set when the limit is due and from when it warns, from what is stored of it."""
    extensions = [Span(e["length"], Unit(e["unit"])) for e in limit.extensions]
    pauses = [Pause(_moment(p["start"]), _moment(p["end"]) if p["end"] else None) for p in limit.pauses]
    span = Span(limit.length, Unit(limit.unit))
    limit.due = due(limit.started, span, days, extensions=extensions, pauses=pauses, roll=rule.roll)
    limit.warn = max(limit.started, warning(limit.due, rule.warn, days)) if limit.due else None
    limit.standing = Standing.RUNNING if limit.due else Standing.STOPPED
    if limit.due is None or limit.due >= timezone.now():
        limit.told_overdue = False


def drop_all(case: Case, at: datetime) -> None:
    """A case that is closed has no limits any more."""
    case.limits.filter(standing__in=RUNS).update(standing=Standing.DROPPED, ended=at)
    case.due = None


def nearest(case: Case, procedure: Procedure) -> datetime | None:
    """The first due time of the agency's own limits."""
    ours = [code for code, rule in procedure.deadlines.items() if rule.of == "agency"]
    running = case.limits.filter(standing=Standing.RUNNING, code__in=ours).order_by("due").first()
    return running.due if running else None


def extend(
    case_id: int, limit_id: int, number: int, reason: str, acting: Acting, revision: int | None = None
) -> Limit:
    """Grant the ``number``-th of the extensions that the procedure knows for this limit."""
    with hold(case_id, revision) as case:
        procedure = procedure_of(case)
        if acting.officer is None or not is_of(case, acting.officer):
            raise NotAllowed(Text("该案不属于您的部门。", "The case is not your department's."))
        limit = case.limits.get(pk=limit_id, standing__in=RUNS)
        rule = procedure.deadlines[limit.code]
        _check_extension(rule, limit, number, reason, acting)
        chosen = rule.extensions[number]
        granted = {
            "length": chosen.span.length,
            "unit": str(chosen.span.unit),
            "number": number,
            "who": acting.name,
            "reason": reason,
            "at": timezone.now().isoformat(),
        }
        limit.extensions = [*limit.extensions, granted]
        count(limit, rule, calendar())
        limit.save()
        case.due = nearest(case, procedure)
        append(case, acting, Entry(EventKind.EXTENDED, data={"limit": limit.code, **granted}))
        return limit


def stands(limit: Limit, now: datetime) -> str:
    """``running``, ``warning``, ``overdue``, ``stopped``, ``met``, ``missed`` or ``dropped``, at a moment."""
    if limit.standing != Standing.RUNNING or limit.due is None:
        return limit.standing
    if now > limit.due:
        return "overdue"
    return "warning" if limit.warn and now >= limit.warn else "running"


def recalculate(acting: Acting) -> int:
    """Count every running limit anew, after the calendar changed; the number of limits that moved."""
    days, moved = calendar(), 0
    concerned = Limit.objects.filter(standing__in=RUNS).values("case_id")
    for case in Case.objects.filter(pk__in=concerned).order_by("pk").iterator():
        if any(_recounted(case, days)):
            moved += _recalculate(case.pk, days, acting)
    return moved


def _recalculate(case_id: int, days: WorkingCalendar, acting: Acting) -> int:
    with hold(case_id) as case:
        changed = []
        for limit, change in _recounted(case, days):
            limit.save()
            changed.append(change)
        case.due = nearest(case, procedure_of(case))
        append(case, acting, Entry(EventKind.RECALCULATED, data={"limits": changed}))
        return len(changed)


def _recounted(case: Case, days: WorkingCalendar) -> Iterator[tuple[Limit, dict[str, Any]]]:
    """The running limits that move, counted anew but not saved, with what they were and are."""
    procedure = procedure_of(case)
    for limit in case.limits.filter(standing__in=RUNS):
        was = limit.due
        count(limit, procedure.deadlines[limit.code], days)
        if limit.due != was:
            yield limit, {"limit": limit.code, "was": _iso(was), "is": _iso(limit.due)}


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def tell_overdue() -> int:
    """Put each limit that has run out into its case's log, once."""
    late = Limit.objects.filter(standing=Standing.RUNNING, due__lt=timezone.now(), told_overdue=False)
    found = list(late.order_by("due").values_list("pk", "case_id")[:1000])
    return sum(_tell_overdue(late, limit, case) for limit, case in found)


@transaction.atomic
def _tell_overdue(late: "QuerySet[Limit]", limit_id: int, case_id: int) -> bool:
    """Whether it still was to be told: meanwhile somebody may have met the limit, or another watch told of it."""
    Case.objects.select_for_update().get(pk=case_id)
    limit = late.filter(pk=limit_id).first()
    if limit is None:
        return False
    with hold(case_id) as case:
        Limit.objects.filter(pk=limit.pk).update(told_overdue=True)
        data = {"limit": limit.code, "due": str(limit.due)}
        append(case, THE_PORTAL, Entry(EventKind.OVERDUE, data=data))
    return True


def _end(limit: Limit, at: datetime) -> None:
    late = limit.due is not None and at > limit.due
    limit.ended, limit.standing = at, Standing.MISSED if late else Standing.MET
    limit.save()


def _pause(limit: Limit, rule: Deadline, at: datetime, days: WorkingCalendar, *, stop: bool) -> None:
    is_stopped = any(not pause["end"] for pause in limit.pauses)
    if stop and not is_stopped:
        limit.pauses = [*limit.pauses, {"start": at.isoformat(), "end": None}]
    elif not stop and is_stopped:
        limit.pauses = [{**p, "end": p["end"] or at.isoformat()} for p in limit.pauses]
    count(limit, rule, days)
    limit.save()


def _check_extension(rule: Deadline, limit: Limit, number: int, reason: str, acting: Acting) -> None:
    problems: list[Text] = []
    if not 0 <= number < len(rule.extensions):
        raise NotAllowed(Text("该期限没有这种延长。", "This limit knows no such extension."))
    chosen = rule.extensions[number]
    granted = sum(1 for extension in limit.extensions if extension.get("number") == number)
    if granted >= chosen.most:
        problems.append(Text("该期限已不能再延长。", "This limit cannot be extended any more."))
    if acting.officer is None or not set(acting.officer.posts) & set(chosen.by):
        problems.append(Text("您的岗位不能批准延期。", "Your post cannot grant an extension."))
    if not reason.strip():
        problems.append(Text("延期须写明理由。", "An extension needs a reason."))
    if problems:
        raise NotAllowed(*problems)


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def running(found: Iterable[Limit], now: datetime) -> frozenset[str]:
    """Codes of the limits that have neither ended nor run out; one whose clock stands still has not."""
    return frozenset(limit.code for limit in found if stands(limit, now) in {"running", "warning", "stopped"})
