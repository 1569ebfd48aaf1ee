"""The time limits of a case as its page shows them: how they stand, on what they rest, who may extend them."""

from collections.abc import Iterator
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from geoportal.cases.formatting import format_moment, format_span, limit_status_label
from layers.casework.calendar.district import district_calendar
from layers.casework.calendar.working_calendar import WorkingCalendar, local
from layers.casework.deadlines.extensions import extensions_left
from layers.casework.models import ACTIVE, Case, Limit
from layers.casework.procedures import Deadline, Procedure
from layers.casework.procedures.spans import Unit

FIRST = {"overdue": 0, "warning": 1, "running": 2, "stopped": 3}
Shown = dict[str, Any]


def limit_rows(case: Case, procedure: Procedure | None, posts: frozenset[str], typed: Shown) -> list[Shown]:
    """What runs first, what is due soonest first; then what has ended."""
    now, calendar = timezone.now(), district_calendar()
    found = [(limit.status_at(now), limit) for limit in case.limits.all()]
    found.sort(key=lambda pair: (FIRST.get(pair[0], 9), pair[1].due or pair[1].ended or now))
    return [
        _limit_row(limit, code, procedure, posts, typed)
        | {"provisional": _provisional(limit, calendar) if limit.status in ACTIVE else ""}
        for code, limit in found
    ]


def _provisional(limit: Limit, calendar: WorkingCalendar) -> str:
    """The year whose holidays were not announced when the limit was counted into it."""
    if limit.due is None or limit.unit == Unit.HOUR:
        return ""
    due = local(limit.due).date()
    return "" if calendar.is_announced(due) else str(due.year)


def _limit_row(
    limit: Limit, code: str, procedure: Procedure | None, posts: frozenset[str], typed: Shown
) -> Shown:
    rule = procedure.deadlines.get(limit.code) if procedure else None
    runs = limit.status in ACTIVE
    of_party = bool(rule and rule.of == "party")
    return {
        "id": limit.pk,
        "code": limit.code,
        "title": str(rule.title) if rule else limit.code,
        "basis": str(rule.basis) if rule else "",
        "of_party": of_party,
        "standing": limit_status_label("lapsed" if of_party and code in {"missed", "overdue"} else code),
        "length": format_span(limit.length, limit.unit),
        "started": format_moment(limit.started),
        "due": format_moment(limit.due),
        "ended": format_moment(limit.ended) if not runs else "",
        "extensions": [
            {
                "text": format_span(each["length"], each["unit"]),
                "who": each.get("who", ""),
                "reason": each.get("reason", ""),
                "at": each.get("at", "")[:10],
            }
            for each in limit.extensions
        ],
        "then": str(procedure.steps[rule.then.step].title)
        if procedure and rule and runs and rule.then.step
        else "",
        "pauses": len(limit.pauses),
        "choices": list(_extension_choices(limit, rule, posts)) if rule and runs else [],
        "may_ask": bool(rule and runs and extensions_left(limit, rule)),
        "typed": typed.get(f"extension-{limit.pk}"),
        "asked": typed.get(f"extension-request-{limit.pk}"),
    }


def _extension_choices(limit: Limit, rule: Deadline, posts: frozenset[str]) -> Iterator[Shown]:
    """Extensions that the procedure knows and that are not used up, for those whose post may grant them."""
    for number, each in extensions_left(limit, rule).items():
        if posts & set(each.by):
            text = _("by %(span)s (%(basis)s)") % {
                "span": format_span(each.span.length, str(each.span.unit)),
                "basis": each.basis,
            }
            yield {"number": number, "text": text}
