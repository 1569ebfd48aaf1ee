"""What a procedure's draft would change: for the cases that run, and for one whose history is taken again by it."""

from collections.abc import Iterator
from typing import Any

from django.db.models import Count
from django.utils.translation import gettext as _

from ..cases.replay import Replay, ReplayedStep, replay
from ..models import Case, ProcedureVersion
from ..procedures import Procedure
from ..procedures.versions import procedure_of, read_version

Shown = dict[str, Any]


def running_cases(in_force: ProcedureVersion, draft: Procedure) -> list[Shown]:
    """By state of the version in force how many cases run, and how the draft goes on from there."""
    before = read_version(in_force.pk)
    counted = dict(
        Case.objects.filter(version=in_force, closed=None).values_list("state").annotate(Count("pk"))
    )
    return [
        {
            "state": str(state.title),
            "count": counted[code],
            "differences": list(_differences(before, draft, code)),
        }
        for code, state in before.states.items()
        if code in counted
    ]


def _differences(before: Procedure, draft: Procedure, state: str) -> Iterator[str]:
    if state not in draft.states:
        yield _("The draft has no such state.")
        return
    was, now = _steps_from(before, state), _steps_from(draft, state)
    for code in was.keys() - now.keys():
        yield _("The step “%(step)s” is gone.") % {"step": was[code]}
    for code in now.keys() - was.keys():
        yield _("The step “%(step)s” is new.") % {"step": now[code]}
    for code in sorted(was.keys() & now.keys()):
        if before.steps[code] != draft.steps[code]:
            yield _("The step “%(step)s” is changed.") % {"step": now[code]}


def _steps_from(procedure: Procedure, state: str) -> dict[str, str]:
    return {code: str(step.title) for code, step in procedure.steps.items() if state in step.sources}


def trial_case(draft: Procedure, number: str) -> Case | None:
    """The case of that number, else the one of the draft's procedure that went furthest of the newest."""
    cases = Case.objects.filter(family=draft.family, procedure=draft.root).exclude(version=None)
    if number:
        return cases.filter(number=number).first()
    own = cases.filter(version__code=draft.code)
    newest = (own if own.exists() else cases).order_by("-last_action", "-pk")[:50]
    return max(newest, key=lambda case: (case.revision, case.pk), default=None)


def trial(case: Case, draft: Procedure) -> Shown:
    """The case's steps, each with what the draft has against it, and where the copy is in the end."""
    found = replay(case, draft)
    return {
        "number": case.number,
        "steps": [_row(procedure_of(case), draft, each) for each in found.steps],
        "is_complete": found.is_complete,
        "refused": sum(1 for each in found.steps if each.refusals),
        "state": str(draft.states[found.case.state].title),
        "limits": list(_limits(case, found)),
    }


def _row(before: Procedure, draft: Procedure, each: ReplayedStep) -> Shown:
    step = draft.steps.get(each.event.step) or before.steps.get(each.event.step)
    outside = before.roles.get(each.event.data.get("outside", ""))
    return {
        "at": each.event.at,
        "title": str(step.title) if step else each.event.step,
        "who": str(outside.title) if outside else each.event.who,
        "state": str(draft.states[each.state].title),
        "refusals": [str(refusal.sentence) for refusal in each.refusals],
    }


def _limits(case: Case, found: Replay) -> Iterator[Shown]:
    """The limits of the copy, beside those of the case."""
    kept = {limit.code: limit.due for limit in case.limits.order_by("pk")}
    for limit in found.limits:
        yield {
            "title": str(found.procedure.deadlines[limit.code].title),
            "due": limit.due,
            "was": kept.get(limit.code),
        }
