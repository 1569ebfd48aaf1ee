"""The history of a real case taken again by another procedure, on a copy that is never saved."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from layers.casework.access.actor import Actor, credentials_of, credentials_of_actor
from layers.casework.calendar.district import district_calendar
from layers.casework.case_types import case_type
from layers.casework.log.case_snapshots import CaseRows, snapshot_at
from layers.casework.models import HISTORY, Case, Event, EventKind, Limit
from layers.casework.principal import copy_principal
from layers.casework.procedures import Procedure
from layers.casework.rules.consultations import CONSULTED, SUBTASKS, with_sums
from layers.casework.rules.steps.refusals import Refusal, unknown_step
from layers.casework.rules.steps.step_attempt import StepAttempt
from layers.casework.rules.steps.step_rules import step_refusals

from .effects import ActionContext, StepInput, opening_effect, step_effect

ANSWERS: dict[str, str] = {EventKind.CONSULTATION: CONSULTED, EventKind.SUBTASK: SUBTASKS}
"""Events by which something comes that a step waits for, and the part of the facts that keeps it."""
CAUSES = {"limit", "parent"}
"""Why the clock takes a step."""


@dataclass(frozen=True)
class ReplayedStep:
    """What stands against a step that was taken once; ``state`` is where the copy is afterwards."""

    event: Event
    refusals: Sequence[Refusal]
    state: str


@dataclass
class Replay:
    """``case`` is the copy. It stops at a step that leads nowhere: one that is unknown or starts elsewhere."""

    case: Case
    procedure: Procedure
    steps: list[ReplayedStep] = field(default_factory=list)
    limits: list[Limit] = field(default_factory=list)
    is_complete: bool = True


def replay(case: Case, procedure: Procedure) -> Replay:
    """Evidence is taken as it was: what had to be there then is not asked for again."""
    found, rows = Replay(_copy(case, procedure), procedure), CaseRows()
    found.limits, days = rows.limits, district_calendar()
    events = case.events.select_related("officer", "partner").order_by("pk")
    for event in events.filter(kind__in=[*HISTORY, *ANSWERS]):
        if event.kind in ANSWERS:
            part, sums = ANSWERS[event.kind], event.data.get("sums", {})
            found.case.facts = with_sums(found.case.facts, part, event.data["asked"], sums)
            continue
        by_clock = not CAUSES.isdisjoint(event.data)
        actor = Actor(event.who, event.officer, event.data.get("outside", ""), by_clock)
        context = ActionContext(actor, event.at, days)
        if event.kind == EventKind.OPENED:
            found.case.facts |= {"fields": event.data["fields"]} if "fields" in event.data else {}
            effect = opening_effect(found.case, procedure, {}, context)
            rows.limits += effect.limits
            rows.events.append(effect.event)
        elif not _take_again(found, rows, event, context):
            found.is_complete = False
            break
    return found


def _take_again(found: Replay, rows: CaseRows, event: Event, context: ActionContext) -> bool:
    """Whether it leads on."""
    procedure, copy = found.procedure, found.case
    step = procedure.steps.get(event.step)
    if step is None:
        found.steps.append(ReplayedStep(event, [unknown_step(event.step)], copy.state))
        return False
    given = _given(event)
    before = replace(snapshot_at(procedure, copy, rows, event.at), inventory=None)
    officer = credentials_of_actor(context.actor)
    partner = credentials_of(event.partner) if event.partner else None
    refusals = step_refusals(StepAttempt(before, step, officer, partner, given.fields, given.reason))
    leads_on = copy.state in step.sources
    if leads_on:
        effect = step_effect(copy, rows.limits, before, step, given, context)
        rows.events.append(effect.event)
    found.steps.append(ReplayedStep(event, refusals, copy.state))
    return leads_on


def _copy(case: Case, procedure: Procedure) -> Case:
    """As it was opened, with the party and the place that it has now."""
    names = [field.attname for field in Case._meta.concrete_fields if not field.generated]
    copy = Case(**{name: getattr(case, name) for name in names})
    copy.department, copy.version = case.department, case.version
    copy.state, copy.phase = procedure.start, procedure.states[procedure.start].phase
    copy.facts = {"category": case.facts.get("category", "")}
    copy.filed = copy.closed = None
    copy.outcome = ""
    if extension := case_type(case.family).extension:
        extension(case=copy)  # the copy's own, and empty
    copy_principal(case, copy)
    return copy


def _given(event: Event) -> StepInput:
    data = event.data
    return StepInput(
        dict(data.get("fields", {})),
        data.get("reason", ""),
        data.get("note", ""),
        event.partner,
        data.get("limit", ""),
        data.get("parent", ""),
    )
