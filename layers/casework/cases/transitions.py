"""Taking a step: rights, certificates, separation of duties and order are checked, then it stands in the log."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.db import transaction
from django.utils import timezone

from layers.casework.access.actor import (
    THE_CLOCK,
    THE_PORTAL,
    Actor,
    NotAllowed,
    credentials_of,
    credentials_of_actor,
)
from layers.casework.access.permissions import handles_case
from layers.casework.calendar.district import district_calendar
from layers.casework.evidence.custody import EvidenceItem
from layers.casework.evidence.pending_uploads import promote_upload
from layers.casework.log.case_lock import check_revision, lock_case
from layers.casework.log.case_snapshots import case_rows, snapshot_at
from layers.casework.log.event_log import NO_REPORT, DeviceReport, Entry, append_event, save_event
from layers.casework.log.map_snapshot import Surroundings, read_surroundings
from layers.casework.models import Case, Event, EventKind, EvidenceKind, PendingUpload
from layers.casework.procedures import Step
from layers.casework.procedures.versions import procedure_of
from layers.casework.publication import lifecycle
from layers.casework.rules.case_snapshot import CaseSnapshot
from layers.casework.rules.forms.form_input import dated_today
from layers.casework.rules.steps.refusals import unknown_step
from layers.casework.rules.steps.step_attempt import StepAttempt
from layers.casework.rules.steps.step_rules import step_refusals
from layers.registry.text import Text

from .accounts import account_row
from .attributes import attribute_refusals, foreign_features, with_party_numbers
from .consultations import ask_departments, drop_consultations
from .effects import ActionContext, StepInput, step_effect
from .references import named_officers, with_references
from .relations import name_subjects
from .subtasks import (
    ENDED,
    REOPENED,
    hold_parents,
    open_subtask,
    stops_of_subtasks,
    surroundings_of_subtask,
    tell_parents,
    tell_subtasks,
)


@dataclass(frozen=True)
class Arrival:
    """How an act came: what the device says, what lay around each case that it may step or open, and the revision that
    the actor saw."""

    report: DeviceReport
    around: Surroundings
    revision: int | None


def take_step(
    case_id: int,
    code: str,
    actor: Actor,
    given: StepInput | None = None,
    report: DeviceReport = NO_REPORT,
    revision: int | None = None,
) -> Event:
    """One step of one case. Raises NotAllowed with every reason, StaleRevision when somebody was faster."""
    given = given or StepInput()
    came = Arrival(report, surroundings_of_step(case_id, code, given.fields), revision)
    return _take_step_with_ends(case_id, code, actor, given, came)


def surroundings_of_step(case_id: int, code: str, given: Mapping[str, Any]) -> Surroundings:
    """Of the case, of the one that it would open and of those that would end with it, read before they are held: it takes
    a while, and nobody else has to wait for it."""
    case = Case.objects.select_related("department").get(pk=case_id)
    found, procedure = dict(read_surroundings(case)), procedure_of(case)
    step = procedure.steps.get(code)
    if step and step.opens:
        found |= surroundings_of_subtask(case, step.opens, {**case.fields, **given})
    if case.is_open and step and step.target and procedure.states[step.target].phase.is_end:
        for subtask, stop in stops_of_subtasks(case):
            found |= surroundings_of_step(subtask, stop, {})
    return found


@transaction.atomic
def _take_step_with_ends(case_id: int, code: str, actor: Actor, given: StepInput, came: Arrival) -> Event:
    hold_parents(case_id)
    event, has_ended = _take_step(case_id, code, actor, given, came)
    if has_ended:  # and is saved, so that each sub-task that ends with it can tell it of its own end
        for subtask, step in stops_of_subtasks(event.case):
            take_step_by_clock(subtask, step, StepInput(parent=event.case.number), came.around)
    return event


def take_step_by_clock(case_id: int, code: str, why: StepInput, around: Surroundings) -> None:
    """What stands against it is in the log, for who leads."""
    try:
        _take_step_with_ends(case_id, code, THE_CLOCK, why, Arrival(NO_REPORT, around, None))
    except NotAllowed as refused:
        sentences = [{"zh": each.zh, "en": each.en} for each in refused.refusals]
        cause = {"limit": why.limit, "parent": why.parent}
        data = {"step": code, "refused": sentences, **{name: each for name, each in cause.items() if each}}
        with lock_case(case_id) as case:
            append_event(case, THE_PORTAL, Entry(EventKind.NOTE, data=data))


def _take_step(case_id: int, code: str, actor: Actor, given: StepInput, came: Arrival) -> tuple[Event, bool]:
    """Also whether the case has ended by it."""
    with lock_case(case_id, came.revision) as case:
        procedure, rows = procedure_of(case), case_rows([case])[case.pk]
        before = snapshot_at(procedure, case, rows, timezone.now())
        _check_actor(case, actor, given)
        step = procedure.steps.get(code)
        if step is None:
            raise NotAllowed(unknown_step(code).sentence)
        if actor.outside:
            given = replace(given, fields=dated_today(step, given.fields, timezone.localdate()))
        given = with_party_numbers(case, step, with_references(case, step, given, actor.outside))
        _check_step(case, before, step, actor, given)
        context = ActionContext(actor, timezone.now(), district_calendar(), came.report)
        was_open = case.is_open
        effect = step_effect(case, rows.limits, before, step, given, context)
        for limit in effect.limits:
            limit.save()
        if effect.account:
            account_row(case, effect.account).save()
        name_subjects(case, step, given.fields)
        ask_departments(case, step, context.at, context.days)
        if opened := open_subtask(case, step, given.note, context, came.around):
            effect.event.data["opened"] = opened
        if procedure.states[case.state].final:
            drop_consultations(case)
        event = save_event(effect.event, came.around)
        lifecycle.end_if_excluded(case, procedure, effect.facts, actor)
        if any(each.masked for each in step.fields):
            lifecycle.end_if_outdated(case, "公示文本含有不得公示的填报内容", actor)
        if case.is_open != was_open:
            act = REOPENED if case.is_open else ENDED
            tell_parents(case, actor, act)
            tell_subtasks(case, actor, act)
        return event, was_open and not case.is_open


def take_step_with_files(
    case_id: int,
    code: str,
    actor: Actor,
    given: StepInput,
    files: Mapping[str, PendingUpload],
    revision: int | None = None,
) -> Event:
    """``files`` came with the form, by field: they become evidence with the step, or go on waiting without it."""
    came = Arrival(NO_REPORT, surroundings_of_step(case_id, code, given.fields), None)
    with transaction.atomic():
        hold_parents(case_id)
        check_revision(case_id, revision)
        item = EvidenceItem("", EvidenceKind.DOCUMENT, partner=given.partner)
        kept = {name: str(promote_upload(each, item, actor).pk) for name, each in files.items()}
        given = replace(given, fields={**given.fields, **kept})
        return _take_step_with_ends(case_id, code, actor, given, came)


def _check_actor(case: Case, actor: Actor, given: StepInput) -> None:
    if actor.officer is None and not (actor.outside or actor.clock):
        raise NotAllowed(Text("只有执法人员可以办理。", "Only officers take steps."))
    if actor.officer and not handles_case(case, actor.officer):
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


def _check_step(case: Case, before: CaseSnapshot, step: Step, actor: Actor, given: StepInput) -> None:
    attempt = StepAttempt(
        before,
        step,
        credentials_of_actor(actor),
        credentials_of(given.partner) if given.partner else None,
        given.fields,
        given.reason,
        named_officers(step, given.fields),
    )
    sentences = [refusal.sentence for refusal in step_refusals(attempt)]
    sentences += [*attribute_refusals(case, step, given), *foreign_features(case, step, given)]
    if sentences:
        raise NotAllowed(*sentences)
