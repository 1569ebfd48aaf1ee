"""Granting more time, as often as the procedure allows and by whose post may."""

from collections import Counter

from django.utils import timezone

from layers.casework.access.actor import Actor, NotAllowed
from layers.casework.access.permissions import check_department
from layers.casework.calendar.district import district_calendar
from layers.casework.log.case_lock import lock_case
from layers.casework.log.event_log import Entry, append_event
from layers.casework.models import ACTIVE, Event, EventKind, Limit
from layers.casework.procedures import Deadline, Extension
from layers.casework.procedures.versions import procedure_of
from layers.registry.text import Text

from .limits import next_due, set_due


def extend_limit(
    case_id: int, limit_id: int, number: int, reason: str, actor: Actor, revision: int | None = None
) -> Limit:
    """Grant the ``number``-th of the extensions that the procedure knows for this limit."""
    with lock_case(case_id, revision) as case:
        procedure = procedure_of(case)
        check_department(case, actor)
        limit = case.limits.get(pk=limit_id, status__in=ACTIVE)
        rule = procedure.deadlines[limit.code]
        _check_extension(rule, limit, number, reason, actor)
        chosen = rule.extensions[number]
        record = {
            "length": chosen.span.length,
            "unit": str(chosen.span.unit),
            "number": number,
            "who": actor.name,
            "reason": reason,
            "at": timezone.now().isoformat(),
        }
        limit.extensions = [*limit.extensions, record]
        set_due(limit, rule, district_calendar())
        limit.save()
        case.due = next_due(case.limits.all())
        append_event(case, actor, Entry(EventKind.EXTENDED, data={"limit": limit.code, **record}))
        return limit


def ask_extension(
    case_id: int, limit_id: int, reason: str, actor: Actor, revision: int | None = None
) -> Event:
    """Who handles the case asks those whose post may grant more time; nothing moves by it."""
    with lock_case(case_id, revision) as case:
        procedure = procedure_of(case)
        check_department(case, actor)
        limit = case.limits.get(pk=limit_id, status__in=ACTIVE)
        left = extensions_left(limit, procedure.deadlines[limit.code])
        if not left:
            raise NotAllowed(Text("该期限已不能再延长。", "This limit cannot be extended any more."))
        if not reason.strip():
            raise NotAllowed(Text("延期须写明理由。", "An extension needs a reason."))
        by = sorted({post for each in left.values() for post in each.by})
        data = {"limit": limit.code, "reason": reason, "by": by}
        return append_event(case, actor, Entry(EventKind.EXTENSION_ASKED, data=data))


def extensions_left(limit: Limit, rule: Deadline) -> dict[int, Extension]:
    """Those that are not used up, by their numbers."""
    granted = Counter(each.get("number") for each in limit.extensions)
    return {number: each for number, each in enumerate(rule.extensions) if granted[number] < each.most}


def _check_extension(rule: Deadline, limit: Limit, number: int, reason: str, actor: Actor) -> None:
    problems: list[Text] = []
    if not 0 <= number < len(rule.extensions):
        raise NotAllowed(Text("该期限没有这种延长。", "This limit knows no such extension."))
    chosen = rule.extensions[number]
    if number not in extensions_left(limit, rule):
        problems.append(Text("该期限已不能再延长。", "This limit cannot be extended any more."))
    if actor.officer is None or not set(actor.officer.posts) & set(chosen.by):
        problems.append(Text("您的岗位不能批准延期。", "Your post cannot grant an extension."))
    if not reason.strip():
        problems.append(Text("延期须写明理由。", "An extension needs a reason."))
    if problems:
        raise NotAllowed(*problems)
