"""Cases as the rules look at them: facts, history, evidence and dates, put together in this one place."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from typing import Any

from django.utils import timezone

from layers.casework.calendar.district import district_calendar
from layers.casework.calendar.working_calendar import WorkingCalendar
from layers.casework.models import HISTORY, Case, Document, Event, Evidence, Limit, Party, Subject
from layers.casework.procedures import Facts, GeometryKind, Procedure
from layers.casework.procedures.versions import procedure_of
from layers.casework.rules.case_snapshot import CaseDates, CaseInventory, CaseSnapshot, procedure_account
from layers.casework.rules.consultations import awaited_steps, awaited_sums
from layers.casework.rules.forms.form_input import parse_date
from layers.casework.rules.money.entries import MoneyRecord, money_entries
from layers.casework.rules.step_records import PaperCall, StepRecord, steps_in_force

from .document_calls import document_calls, is_by_hand
from .step_rows import StepRow


@dataclass
class CaseRows:
    """What belongs to one case: the events of its opening and its steps in their order, limits, kinds of evidence
    with when each piece came,
    the roles of its parties who are named, the features that it is about, and the documents that were made,
    each with the number of the event that called for it."""

    events: list[Event | StepRow] = field(default_factory=list)
    limits: list[Limit] = field(default_factory=list)
    evidence: list[tuple[str, datetime]] = field(default_factory=list)
    parties: list[str] = field(default_factory=list)
    subjects: list[tuple[str, int]] = field(default_factory=list)
    documents: list[tuple[str, int | None]] = field(default_factory=list)


def case_snapshot(case: Case) -> CaseSnapshot:
    """Raises NoProcedure."""
    return snapshot_at(procedure_of(case), case, case_rows([case])[case.pk], timezone.now())


def case_snapshots(cases: Sequence[Case]) -> dict[int, CaseSnapshot]:
    """By case, in as many statements for many as for one; those that run by no procedure are left out."""
    rows, now, calendar = case_rows(cases), timezone.now(), cache(district_calendar)
    return {
        case.pk: snapshot_at(procedure_of(case), case, rows[case.pk], now, calendar)
        for case in cases
        if case.version_id
    }


def snapshot_at(
    procedure: Procedure,
    case: Case,
    rows: CaseRows,
    now: datetime,
    calendar: Callable[[], WorkingCalendar] = district_calendar,
) -> CaseSnapshot:
    """Of rows in hand, whether they are in the database or not yet."""
    history = [
        StepRecord(event.step, tuple(key for key in (event.officer_id, event.partner_id) if key))
        for event in rows.events
    ]
    sums = awaited_sums(case.facts)
    dates = CaseDates(
        local_day(now),
        steps={event.step: _step_date(procedure, event) for event in rows.events},
        limits=limit_days(rows.limits),
        starts=limit_starts(rows.limits),
        calendar=calendar,
    )
    entries = money_entries(procedure, map(money_record, rows.events))
    facts = Facts(
        flags=case.flags,
        steps=steps_in_force(procedure, history),
        fields={**sums, **case.fields},
        party=case.party_kind,
        running=frozenset(limit.code for limit in rows.limits if limit.is_running(now)),
        awaited=awaited_steps(procedure, sums),
        money=procedure_account(procedure, entries, dates).states,
    )
    inventory = _inventory(procedure, case, rows)
    return CaseSnapshot(procedure, case.state, facts, history, inventory, dates, entries)


def _inventory(procedure: Procedure, case: Case, rows: CaseRows) -> CaseInventory:
    return CaseInventory(
        Counter(kind for kind, _ in rows.evidence),
        _is_located(procedure, case),
        frozenset(rows.parties),
        frozenset(rows.subjects),
        tuple(
            PaperCall(code, event.step)
            for code, event in document_calls(procedure, rows.events)
            if (code, event.pk) not in rows.documents and not is_by_hand(procedure.documents[code], event)
        ),
        {event.step: sum(came > event.at for _, came in rows.evidence) for event in rows.events},
    )


def case_rows(cases: Sequence[Case]) -> dict[int, CaseRows]:
    """By case, in five statements, or six where procedures have rules of what their cases are about."""
    keys, ruled = [case.pk for case in cases], [case.pk for case in cases if _has_subject_rules(case)]
    found = {key: CaseRows() for key in keys}
    events = Event.objects.filter(case__in=keys, kind__in=HISTORY).order_by("pk")
    for event in map(StepRow._make, events.values_list(*StepRow._fields)):
        found[event.case_id].events.append(event)
    for limit in Limit.objects.filter(case__in=keys).order_by("pk"):
        found[limit.case_id].limits.append(limit)
    evidence = Evidence.objects.pieces().filter(case__in=keys)
    for case, kind, came in evidence.values_list("case", "kind", "received"):
        found[case].evidence.append((kind, came))
    for case, role in Party.objects.filter(case__in=keys).exclude(name="").values_list("case", "role"):
        found[case].parties.append(role)
    made = Document.objects.filter(case__in=keys)
    for case, code, call in made.values_list("case", "code", "event"):
        found[case].documents.append((code, call))
    about = Subject.objects.filter(case__in=ruled).values_list("case", "layer", "feature") if ruled else ()
    for case, layer, feature in about:
        found[case].subjects.append((layer, feature))
    return found


def _has_subject_rules(case: Case) -> bool:
    return case.version_id is not None and bool(procedure_of(case).subjects)


def _is_located(procedure: Procedure, case: Case) -> bool:
    """Whether the case has a place of the procedure's kind."""
    if procedure.place.geometry is GeometryKind.POLYGON:
        return case.area is not None
    return case.geom is not None or procedure.place.geometry is GeometryKind.NONE


def _step_date(procedure: Procedure, event: Event | StepRow) -> date:
    """When it happened, as its form says; else when it was entered."""
    step = procedure.steps.get(event.step)
    given: Mapping[str, Any] = event.data.get("fields") or {}
    stated = [parse_date(given.get(asked.name)) for asked in (step.fields if step else ()) if asked.past]
    return next((day for day in stated if day), local_day(event.at))


def limit_days(limits: Iterable[Limit]) -> dict[str, date]:
    return {limit.code: local_day(limit.due) for limit in limits if limit.due}


def limit_starts(limits: Iterable[Limit]) -> dict[str, date]:
    return {limit.code: local_day(limit.started) for limit in limits if limit.due}


def money_record(event: Event | StepRow) -> MoneyRecord:
    return MoneyRecord(event.step, local_day(event.at), event.data.get("fields") or {})


def local_day(moment: datetime) -> date:
    """On the district's clocks; told for every event of a case, so without asking whose time zone is in use."""
    return moment.astimezone(timezone.get_default_timezone()).date()
