"""Taking a step: rights, certificates, separation of duties and order are checked, then it stands in the log."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone

from layers.agencies.models import Officer
from layers.casework.deadlines import limits
from layers.casework.log.event_log import NO_REPORT, DeviceReport, Entry, append_event, step_history
from layers.casework.models import Case, Event, EventKind
from layers.casework.procedures import FieldKind, Phase, Procedure, Step
from layers.casework.procedures.versions import procedure_of
from layers.casework.publication import lifecycle
from layers.casework.rules.facts import case_dates, case_facts, case_inventory
from layers.casework.rules.step_rules import step_refusals
from layers.registry.text import Text

from .access import handles_case
from .actor import Actor, NotAllowed, credentials_of, lock_case


@dataclass(frozen=True)
class StepInput:
    """What the form of a step was given; ``reason`` where the step asks for one."""

    fields: Mapping[str, Any] = field(default_factory=dict)
    reason: str = ""
    note: str = ""
    partner: Officer | None = None


def take_step(
    case_id: int,
    code: str,
    actor: Actor,
    given: StepInput | None = None,
    report: DeviceReport = NO_REPORT,
    revision: int | None = None,
) -> Event:
    """One step of one case. Raises NotAllowed with every reason, Overtaken when somebody was faster."""
    given = given or StepInput()
    with lock_case(case_id, revision) as case:
        procedure = procedure_of(case)
        _check_step(procedure, case, code, actor, given)
        return _apply_step(procedure, case, procedure.steps[code], actor, given, report)


def _check_step(procedure: Procedure, case: Case, step: str, actor: Actor, given: StepInput) -> None:
    if actor.officer is None:
        raise NotAllowed(Text("只有执法人员可以办理。", "Only officers take steps."))
    if not handles_case(case, actor.officer):
        raise NotAllowed(Text("该案不属于您的部门。", "The case is not your department's."))
    if case.joined_to_id:
        raise NotAllowed(
            Text("该案已并入另一案件，请在该案办理。", "The case was joined to another; act on that one.")
        )
    if given.partner and not (given.partner.is_active and handles_case(case, given.partner)):
        raise NotAllowed(
            Text(
                "协办人须是办理部门的在岗人员。",
                "The second officer must serve in a department that handles the case.",
            )
        )
    found = step_refusals(
        procedure,
        step,
        state=case.state,
        facts=case_facts(procedure, case),
        actor=credentials_of(actor.officer),
        partner=credentials_of(given.partner) if given.partner else None,
        history=step_history(case),
        given=given.fields,
        reason=given.reason,
        held=case_inventory(case),
        days=case_dates(procedure, case),
    )
    sentences = [
        *(refusal.sentence for refusal in found),
        *_column_refusals(procedure.steps.get(step), case, given),
    ]
    if sentences:
        raise NotAllowed(*sentences)


def _column_refusals(step: Step | None, case: Case, given: StepInput) -> Iterator[Text]:
    """Values that the columns they are written to cannot hold."""
    for asked in step.fields if step else ():
        if asked.writes not in COLUMNS or asked.name not in given.fields:
            continue
        value = given.fields[asked.name]
        try:
            Case._meta.get_field(asked.writes).clean(value, case)  # type: ignore[union-attr]
        except ValidationError:
            if str(value or "").strip():
                yield Text(f"“{asked.title.zh}”过长或有误。", f'"{asked.title.en}" is too long or wrong.')


def _apply_step(
    procedure: Procedure, case: Case, step: Step, actor: Actor, given: StepInput, report: DeviceReport
) -> Event:
    before, now = case.state, timezone.now()
    _write_fields(procedure, case, step, given)
    case.state = step.target or case.state
    _set_dates(procedure, case, step)
    facts = case_facts(procedure, case)
    facts = replace(facts, steps=facts.steps - set(step.voids) | {step.code})
    limits.follow_step(case, procedure, step.code, now, facts, given.fields)
    if procedure.states[case.state].final:
        limits.drop_limits(case, now)
    data = {
        "fields": {name: _json_value(value) for name, value in given.fields.items()},
        "reason": given.reason,
        "note": given.note,
        "documents": list(step.documents),
        "notifies": list(step.notifies),
    }
    entry = Entry(EventKind.STEP, step.code, before, {k: v for k, v in data.items() if v}, given.partner)
    taken = append_event(case, actor, entry, report)
    lifecycle.end_if_excluded(case, procedure, facts, actor)
    return taken


COLUMNS = {
    "penalty",
    "fine",
    "decision_number",
    "resolution",
    "party_kind",
    "party_name",
    "party_id",
    "party_phone",
    "description",
    "title",
    "address",
    "category",
}
"""Case columns that a step's field may write."""


def _write_fields(procedure: Procedure, case: Case, step: Step, given: StepInput) -> None:
    flags, fields, facts = set(case.flags), dict(case.facts.get("fields", {})), dict(case.facts)
    for asked in step.fields:
        if asked.name not in given.fields:
            continue
        value = given.fields[asked.name]
        if asked.kind == FieldKind.FLAG:
            (flags.add if value else flags.discard)(asked.name)
        elif asked.writes in COLUMNS:
            setattr(case, asked.writes, value)
        if asked.writes == "category":
            case.category, facts["category"] = _category(procedure, str(value))
        fields[asked.name] = _json_value(value)
    case.facts = {**facts, "flags": sorted(flags), "fields": fields}


def _category(procedure: Procedure, written: str) -> tuple[str, str]:
    """Title and code of the category that was written, which the limits go by; no code for one of the writer's own."""
    for code, known in procedure.categories.items():
        if written.strip() in {code, known.title.zh, known.title.en}:
            return known.title.zh, code
    return written, ""


def _set_dates(procedure: Procedure, case: Case, step: Step) -> None:
    today = timezone.localdate()
    phase = procedure.states[case.state].phase
    if case.state != procedure.start and phase is not Phase.DISMISSED:
        case.filed = case.filed or today
    ended = phase in {Phase.CLOSED, Phase.DISMISSED}
    case.closed = (case.closed or today) if ended else None
    case.outcome = "" if phase is Phase.OPEN else step.outcome or case.outcome


def _json_value(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    return value if isinstance(value, bool | int | float | str) or value is None else str(value)
