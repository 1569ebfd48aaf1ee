"""How the demo's cases went: lawful walks through the shipped procedures, by the rules and effects of the verbs."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

from layers.agencies.models import Officer
from layers.casework.access.actor import Actor
from layers.casework.calendar.working_calendar import WorkingCalendar
from layers.casework.cases.creation import new_case
from layers.casework.cases.effects import ActionContext, StepInput, opening_effect, step_effect
from layers.casework.log.case_snapshots import CaseRows, snapshot_at
from layers.casework.models import Case
from layers.casework.procedures import Facts, Procedure, Step
from layers.casework.room_texts import room_procedures
from layers.casework.rules.money.account import Account
from layers.casework.rules.steps.step_attempt import StepAttempt
from layers.casework.rules.steps.step_rules import step_refusals
from layers.enforcement.case_types import ENFORCEMENT
from layers.enforcement.models import PenaltyDecision

from .case_plans import CasePlan, step_fields
from .officers import Staff, demo_credentials

LOCAL = ZoneInfo("Asia/Shanghai")
DAYS = WorkingCalendar()

Leg = tuple[str, str, float]
"""A step, the post that takes it, and the working hours that usually pass before it."""

AT_ONCE = 0.0
"""A few minutes after the step before, by the same two officers."""

WALKS: dict[str, tuple[Leg, ...]] = {
    "simple": (
        ("show_certificate", "officer", 0.1),
        ("inform", "officer", 0.2),
        ("decide", "officer", 0.2),
        ("deliver", "officer", 0.1),
        ("report_to_agency", "officer", 8),
        ("record_payment", "officer", 24),
        ("record_fulfilment", "officer", 2),
        ("close", "leader", 16),
        ("archive", "archivist", 40),
    ),
    "ordinary": (
        ("check_lead", "officer", 12),
        ("file", "head", 10),
        ("start_investigation", "officer", 12),
        ("inspect", "officer", 8),
        ("inquire", "officer", 30),
        ("conclude", "officer", 90),
        ("pass_review", "leader", 30),
        ("issue_notice", "officer", 20),
        ("serve_notice", "officer", AT_ONCE),
        ("conclude_notice", "leader", 70),
        ("decide_penalty", "head", 30),
        ("deliver", "officer", 16),
        ("record_payment", "officer", 60),
        ("record_fulfilment", "officer", 8),
        ("close", "head", 30),
        ("archive", "archivist", 60),
    ),
    "urban": (
        ("verify_lead", "collector", 0.4),
        ("create", "supervisor", 0.5),
        ("dispatch", "dispatcher", 0.6),
        ("accept", "handler", 0.8),
        ("feed_back", "handler", 3),
        ("assign_verification", "supervisor", 0.5),
        ("confirm_done", "verifier", 2.5),
        ("close_fixed", "supervisor", 1),
        ("evaluate", "evaluator", 30),
    ),
}
STALLED = 0.05
"""Share of the steps that take eight times as long."""


EXTRA: dict[tuple[str, str], Leg] = {
    ("ordinary-pl", "conclude"): ("measure", "officer", 20),
    ("ordinary-lr", "conclude"): ("overlay", "officer", 10),
    ("ordinary-ca", "record_fulfilment"): ("take_custody", "officer", 20),
}
"""What departments do besides, by the step before which they do it."""


UNPAID, IN_PARTS, LATE = 13, 11, 7
"""One case in so many is never paid, paid in three instalments, paid more than a month late."""


def legs(plan: CasePlan) -> Iterator[Leg]:
    code, root = plan.intake.version.code, plan.intake.version.root
    for leg in WALKS[root]:
        if (code, leg[0]) in EXTRA:
            yield EXTRA[code, leg[0]]
        if leg[0] == "record_payment" and plan.fine is not None:
            if plan.key % UNPAID == 0:
                return
            yield from _payment_legs(plan, leg)
        else:
            yield leg


def _payment_legs(plan: CasePlan, leg: Leg) -> Iterator[Leg]:
    step, post, hours = leg
    if plan.key % IN_PARTS == 0:
        yield "approve_deferral", "head", 8
        yield from [(step, post, 60), (step, post, 120), (step, post, 120)]
    else:
        yield step, post, hours + (240 if plan.key % LATE == 0 else 0)


@dataclass
class CaseHistory:
    """What became of a case up to the demo's day; nothing of it is saved."""

    case: Case
    procedure: Procedure
    rows: CaseRows
    facts: Facts
    account: Account | None = None


def case_history(plan: CasePlan, staff: Staff, now: datetime, random: np.random.Generator) -> CaseHistory:
    """The case from its opening on, as far as time allows."""
    code = plan.intake.version.code
    finder = staff.holder("officer", random) if code != "urban" else staff.by_post["collector"][-1]
    history, at = _opening(plan, finder), plan.intake.reported
    assert at is not None
    staff = staff.dispatched()
    given, people, partner = step_fields(plan), [finder], None
    for name, post, hours in legs(plan):
        if not _is_due(name, plan):
            continue
        at = DAYS.add_working_time(at, timedelta(hours=_pace(hours, random)))
        step = history.procedure.steps[name]
        at = max(at, _earliest(history, step, at))
        if at > now:
            break
        officer = finder if post in {"officer", "collector"} else staff.holder(post, random)
        if hours != AT_ONCE:
            partner = staff.holder("officer", random, officer) if step.officers > 1 else None
        form = _entries(step, dict(given.get(name, {})) | _money_form(plan, history, step, at), at)
        _take_step(
            history,
            step,
            StepInput(form, REASON if step.reason_required else "", partner=partner),
            officer,
            at,
        )
        people += [officer, *([partner] if partner else [])]
    return history


def _pace(hours: float, random: np.random.Generator) -> float:
    """How many working hours pass before a step this time."""
    if hours == AT_ONCE:
        return 0.1
    return hours * float(random.gamma(4, 0.25)) * (8 if random.random() < STALLED else 1)


REASON = "当事人申请并经批准。演示数据。"


def _money_form(plan: CasePlan, history: CaseHistory, step: Step, at: datetime) -> dict[str, Any]:
    """Instalments one by one, the last with all that is owed."""
    if step.code == "approve_deferral":
        return {"until": str((at + timedelta(days=75)).date()), "instalments": 3}
    if step.code != "record_payment":
        return {}
    account = snapshot_at(history.procedure, history.case, history.rows, at, lambda: DAYS).account
    before = sum(event.step == step.code for event in history.rows.events)
    left = account.instalments[before:-1]
    paid = left[0].amount if left else account.owed
    return {"paid": str(paid), "receipt_number": f"演示票{plan.key:06d}-{before + 1}", "channel": "bank"}


def _is_due(step: str, plan: CasePlan) -> bool:
    """Only fines are paid, and only who may not act any more gives up certificate and seal."""
    if step == "record_payment":
        return plan.fine is not None
    return step != "take_custody" or plan.penalty == "activity"


def _earliest(history: CaseHistory, step: Step, at: datetime) -> datetime:
    """When the limits that the step waits for have run out."""
    dues = [each.due for each in history.rows.limits if each.code in step.waits and each.is_running(at)]
    return max((DAYS.add_working_time(due, timedelta(hours=1)) for due in dues if due), default=at)


def _entries(step: Step, given: Mapping[str, Any], at: datetime) -> dict[str, Any]:
    """What the step's form asks; what happened is entered on its day."""
    asked = {field.name for field in step.fields}
    days = {field.name: str(at.date()) for field in step.fields if field.past and field.required}
    return {name: value for name, value in given.items() if name in asked and value is not None} | days


def _opening(plan: CasePlan, finder: Officer) -> CaseHistory:
    procedure = room_procedures(ENFORCEMENT.folder)[plan.intake.version.code]
    assert plan.intake.reported is not None
    context = ActionContext(Actor(finder.name, finder), plan.intake.reported.astimezone(LOCAL), DAYS)
    case = new_case(plan.intake, procedure, plan.number, context)
    case.pk = plan.key
    PenaltyDecision(case=case)  # which nobody has to ask the database for
    effect = opening_effect(case, procedure, {}, context)
    return CaseHistory(case, procedure, CaseRows([effect.event], effect.limits), effect.facts)


def _take_step(history: CaseHistory, step: Step, given: StepInput, officer: Officer, at: datetime) -> None:
    """As the verb does, but for evidence and place: the demo's cases have none before they are loaded."""
    case = history.case
    before = replace(snapshot_at(history.procedure, case, history.rows, at, lambda: DAYS), inventory=None)
    partner = demo_credentials(given.partner) if given.partner else None
    attempt = StepAttempt(before, step, demo_credentials(officer), partner, given.fields, given.reason)
    refused = step_refusals(attempt)
    assert not refused, (case.number, step.code, [str(each.sentence) for each in refused])
    case.revision += 1
    case.last_action = at
    effect = step_effect(
        case, history.rows.limits, before, step, given, ActionContext(Actor(officer.name, officer), at, DAYS)
    )
    history.rows.events.append(effect.event)
    history.facts, history.account = effect.facts, effect.account
