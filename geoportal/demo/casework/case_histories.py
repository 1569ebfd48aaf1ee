"""How the demo's cases went: lawful walks through the shipped procedures, with their events and time limits."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

from layers.casework.deadlines.calendar import WorkingCalendar
from layers.casework.deadlines.due_dates import due_time, warning_time
from layers.casework.procedures import OPENED, Facts, Phase, Procedure, Step, holds
from layers.enforcement.procedure_files import shipped_procedures

from .officers import Staff

Row = dict[str, Any]
LOCAL = ZoneInfo("Asia/Shanghai")
DAYS = WorkingCalendar()

Leg = tuple[str, str, float]
"""A step, the post that takes it, and the working hours that usually pass before it."""

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
        ("serve_notice", "officer", 20),
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


def legs(code: str) -> Iterator[Leg]:
    for leg in WALKS[code.split("-")[0]]:
        if (code, leg[0]) in EXTRA:
            yield EXTRA[code, leg[0]]
        yield leg


def _is_due(step: str, case: Row) -> bool:
    """Only fines are paid, and only who may not act any more gives up certificate and seal."""
    if step == "record_payment":
        return case["fine"] is not None
    return step != "take_custody" or case["penalty"] == "activity"


@dataclass
class Course:
    """What became of a case up to the demo's day."""

    case: Row
    facts: Facts
    names: Mapping[int, str]
    events: list[Row] = field(default_factory=list)
    limits: list[Row] = field(default_factory=list)
    people: list[int] = field(default_factory=list)


def walk(
    case: Row,
    code: str,
    given: Mapping[str, Mapping[str, Any]],
    staff: Staff,
    now: datetime,
    random: np.random.Generator,
) -> Course:
    """Goes on with a case from ``reported`` as far as time allows; ``given`` are the fields of its steps."""
    procedure = shipped_procedures()[code]
    course = Course(case, Facts(party=case["party_kind"]), staff.names)
    at = case["reported"].astimezone(LOCAL)
    case["state"] = procedure.start
    finder = staff.holder("officer", random, set()) if code != "urban" else staff.by_post["collector"][-1]
    _add_event(course, procedure, OPENED, OPENED, finder, None, at, {})
    people = {finder}
    for step, post, hours in legs(code):
        if not _is_due(step, case):
            continue
        pace = hours * float(random.gamma(4, 0.25)) * (8 if random.random() < STALLED else 1)
        at = DAYS.add_working_time(at, timedelta(hours=pace))
        if at > now:
            break
        actor = finder if post in {"officer", "collector"} else staff.holder(post, random, set())
        partner = staff.holder("officer", random, {actor}) if procedure.steps[step].officers > 1 else None
        people |= {actor} | ({partner} if partner else set())
        entered = _form_values(procedure.steps[step], given.get(step, {}), at)
        course.facts = _next_facts(course.facts, step, entered)
        _add_event(course, procedure, "step", step, actor, partner, at, entered)
    _finish(course, procedure)
    course.people = sorted(people)
    return course


def _form_values(step: Step, given: Mapping[str, Any], at: datetime) -> Row:
    """What the step's form asks; what happened is entered on its day."""
    asked = {field.name for field in step.fields}
    days = {field.name: str(at.date()) for field in step.fields if field.past and field.required}
    return {name: value for name, value in given.items() if name in asked} | days


def _next_facts(facts: Facts, step: str, given: Mapping[str, Any]) -> Facts:
    flags = facts.flags | {name for name, value in given.items() if value is True}
    return Facts(flags, facts.steps | {step}, {**facts.fields, **given}, facts.party)


def _add_event(
    course: Course,
    procedure: Procedure,
    kind: str,
    step: str,
    actor: int,
    partner: int | None,
    at: datetime,
    given: Mapping[str, Any],
) -> None:
    case, known = course.case, procedure.steps.get(step)
    before = case["state"] if known else ""
    case["state"] = (known.target if known else None) or case["state"]
    case["revision"] = len(course.events) + 1
    case["touched"] = at
    data: Row = {"fields": dict(given)} if given else {}
    if known and known.documents:
        data["documents"] = list(known.documents)
    course.events.append(
        {
            "case_id": case["id"],
            "kind": kind,
            "step": step,
            "before": before,
            "after": case["state"],
            "officer_id": actor,
            "who": course.names[actor],
            "partner_id": partner,
            "at": at,
            "data": json.dumps({**data, "revision": case["revision"]}, ensure_ascii=False),
        }
    )
    _close(case, procedure, known.outcome if known else "", at)
    for limit in course.limits:
        if limit["ended"] is None and step in procedure.deadlines[limit["code"]].ends:
            limit["ended"], limit["standing"] = at, "missed" if at > limit["due"] else "met"
    course.limits += _started(case, procedure, step, at, course.facts)


def _close(case: Row, procedure: Procedure, outcome: str, at: datetime) -> None:
    phase = procedure.states[case["state"]].phase
    if case["state"] != procedure.start and case["filed"] is None:
        case["filed"] = at.date()
    if phase in {Phase.CLOSED, Phase.DISMISSED}:
        case["closed"] = case["closed"] or at.date()
        case["outcome"] = outcome or case["outcome"]


def _started(case: Row, procedure: Procedure, step: str, at: datetime, facts: Facts) -> Iterator[Row]:
    category = json.loads(case["facts"]).get("category", "")
    for rule in procedure.deadlines.values():
        if step in rule.starts and holds(rule.when, facts):
            span = procedure.limit(rule.code, category)
            until = due_time(at, span, DAYS, roll=rule.roll)
            if until is not None:
                yield {
                    "case_id": case["id"],
                    "code": rule.code,
                    "length": span.length,
                    "unit": str(span.unit),
                    "started": at,
                    "due": until,
                    "warn": max(at, warning_time(until, rule.warn, DAYS)),
                    "ended": None,
                    "standing": "running",
                    "extensions": "[]",
                    "pauses": "[]",
                    "told_overdue": False,
                }


def _finish(course: Course, procedure: Procedure) -> None:
    """Limits of a case that has come to its end no longer apply; the others give the case its due time."""
    if procedure.states[course.case["state"]].final:
        for limit in course.limits:
            if limit["ended"] is None:
                limit["ended"], limit["standing"] = course.case["touched"], "dropped"
    ours = [
        limit["due"]
        for limit in course.limits
        if limit["ended"] is None and procedure.deadlines[limit["code"]].of == "agency"
    ]
    course.case["due"] = min(ours, default=None)
