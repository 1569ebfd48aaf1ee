"""What opening a case and taking a step do to it, to its limits and to its log: worked out, not saved."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from django.utils import timezone

from layers.agencies.models import Officer
from layers.casework.access.actor import Actor
from layers.casework.calendar.working_calendar import WorkingCalendar
from layers.casework.deadlines.limits import LimitTrigger, advance_limits, drop_limits
from layers.casework.extension import case_attribute, write_attribute
from layers.casework.log.case_snapshots import limit_days, limit_starts, local_day
from layers.casework.log.event_log import NO_REPORT, DeviceReport, Entry, new_event
from layers.casework.models import Case, Event, EventKind, Limit
from layers.casework.phases import Phase
from layers.casework.procedures import OPENED, Facts, FieldKind, Procedure, Step
from layers.casework.rules.case_snapshot import CaseSnapshot, procedure_account
from layers.casework.rules.consultations import asking_facts
from layers.casework.rules.forms.form_input import stored_value
from layers.casework.rules.money.account import Account
from layers.casework.rules.money.entries import MoneyRecord, added_entries


@dataclass(frozen=True)
class StepInput:
    """What the form of a step was given; ``reason`` where the step asks for one. The clock takes it because of
    ``limit``, which ran out, or ``parent``, the number of the case whose sub-task this was, which ended."""

    fields: Mapping[str, Any] = field(default_factory=dict)
    reason: str = ""
    note: str = ""
    partner: Officer | None = None
    limit: str = ""
    parent: str = ""


@dataclass(frozen=True)
class ActionContext:
    """Who acts, when, by which calendar, and what the device reports of it."""

    actor: Actor
    at: datetime
    days: WorkingCalendar
    report: DeviceReport = NO_REPORT


@dataclass(frozen=True)
class CaseEffect:
    """An event that is not saved, limits that are new or changed, and facts and account with the step taken."""

    event: Event
    limits: list[Limit]
    facts: Facts
    account: Account | None = None


def opening_effect(
    case: Case, procedure: Procedure, routing: Mapping[str, Any], context: ActionContext
) -> CaseEffect:
    """``routing`` is what led to department and category."""
    limits: list[Limit] = []
    facts = Facts(party=case.party_kind, fields=case.fields)
    advance_limits(case, limits, LimitTrigger(procedure, OPENED, context.at, facts), context.days)
    entry = Entry(EventKind.OPENED, OPENED, data=dict(routing), partner=case.partner)
    return CaseEffect(new_event(case, context.actor, entry, context.at, context.report), limits, facts)


def step_effect(
    case: Case,
    limits: list[Limit],
    before: CaseSnapshot,
    step: Step,
    given: StepInput,
    context: ActionContext,
) -> CaseEffect:
    """``limits`` are all that the case has, ``before`` is how it stood. The case changes in memory only."""
    procedure, at = before.procedure, context.at
    was = _write_fields(procedure, case, step, given.fields)
    case.facts = asking_facts(case.facts, step)
    case.state = step.target or case.state
    case.phase = procedure.states[case.state].phase
    _set_dates(procedure, case, step, timezone.localdate(at))
    steps = before.facts.steps - set(step.voids) | {step.code}
    record = MoneyRecord(step.code, local_day(at), given.fields)
    entries = (*before.entries, *added_entries(procedure, before.entries, record))
    facts = replace(
        before.facts,
        flags=case.flags,
        fields=case.fields,
        party=case.party_kind,
        steps=frozenset(steps),
        money=procedure_account(procedure, entries, before.dates).states,
    )
    trigger = LimitTrigger(procedure, step.code, at, facts, given.fields)
    changed = advance_limits(case, limits, trigger, context.days)
    if procedure.states[case.state].final:
        changed += drop_limits(case, limits, at)
    data = _event_data(step, given) | ({"was": was} if was else {})
    entry = Entry(EventKind.STEP, step.code, before.state, data, given.partner, step.marks)
    dates = before.dates and replace(before.dates, limits=limit_days(limits), starts=limit_starts(limits))
    account = procedure_account(procedure, entries, dates) if entries else None
    return CaseEffect(new_event(case, context.actor, entry, at, context.report), changed, facts, account)


def _write_fields(procedure: Procedure, case: Case, step: Step, given: Mapping[str, Any]) -> dict[str, Any]:
    """Gives back what stood there before, which the log keeps."""
    known, facts = dict(case.facts.get("fields", {})), dict(case.facts)
    flags, fields, attributes = set(case.flags), dict(known), {}
    for asked in step.fields:
        if asked.name not in given:
            continue
        value = given[asked.name]
        if asked.kind == FieldKind.FLAG:
            (flags.add if value else flags.discard)(asked.name)
        elif asked.writes:
            attributes[asked.writes] = _json_value(case_attribute(case, asked.writes))
            write_attribute(case, asked.writes, value)
        if asked.writes == "category":
            case.category, facts["category"] = _category(procedure, str(value))
        fields[asked.name] = _json_value(stored_value(asked, value))
    was = {
        "attributes": attributes,
        "fields": {name: known[name] for name in given if name in known},
        "flags": sorted(case.flags) if flags != case.flags else None,
        "category": case.facts.get("category")
        if facts.get("category") != case.facts.get("category")
        else None,
    }
    case.facts = {**facts, "flags": sorted(flags), "fields": fields}
    return {
        name: each
        for name, each in was.items()
        if each or (name in {"flags", "category"} and each is not None)
    }


def _category(procedure: Procedure, written: str) -> tuple[str, str]:
    """Title and code of the category that was written, which the limits go by; no code for one of the writer's own."""
    for code, known in procedure.categories.items():
        if written.strip() in {code, known.title.zh, known.title.en}:
            return known.title.zh, code
    return written, ""


def _set_dates(procedure: Procedure, case: Case, step: Step, today: date) -> None:
    phase = procedure.states[case.state].phase
    if case.state != procedure.start and phase is not Phase.DISMISSED:
        case.filed = case.filed or today
    case.closed = (case.closed or today) if phase.is_end else None
    case.outcome = "" if phase is Phase.OPEN else step.outcome or case.outcome


def _event_data(step: Step, given: StepInput) -> dict[str, Any]:
    asked = {each.name: each for each in step.fields}
    stated = {
        name: stored_value(asked[name], value) if name in asked else value
        for name, value in given.fields.items()
    }
    data = {
        "fields": {name: _json_value(value) for name, value in stated.items()},
        "reason": given.reason,
        "note": given.note,
        "documents": list(step.documents),
        "notifies": list(step.notifies),
        "limit": given.limit,
        "parent": given.parent,
        "consults": list(step.consults.units) if step.consults else [],
    }
    return {name: value for name, value in data.items() if value}


def _json_value(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return [_json_value(each) for each in value]
    if isinstance(value, Mapping):
        return {name: _json_value(each) for name, each in value.items()}
    return value if isinstance(value, bool | int | float | str) or value is None else str(value)
