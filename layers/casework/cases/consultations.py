"""Asking departments for their opinions, answering, and what silence means when the time is over."""

from collections import Counter
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from layers.agencies.models import Department, Officer
from layers.casework.access.actor import THE_PORTAL, Actor, NotAllowed
from layers.casework.calendar.due_dates import due_time
from layers.casework.calendar.working_calendar import WorkingCalendar
from layers.casework.log.case_lock import lock_case
from layers.casework.log.event_log import Entry, append_event
from layers.casework.models import Case, Consultation, ConsultationStatus, Event, EventKind, Opinion
from layers.casework.procedures import Step
from layers.casework.procedures.versions import procedure_of
from layers.casework.rules.consultations import CONSULTED, with_sums
from layers.registry.audience import Audience
from layers.registry.text import Text

LONGEST = 4000
COUNTED = {Opinion.AGREES.value: "agreed", Opinion.OBJECTS.value: "objected"}


def ask_departments(case: Case, step: Step, at: datetime, days: WorkingCalendar) -> None:
    """The case is held. Who was asked before by the same step and has not answered is asked anew."""
    if step.consults is None:
        return
    known = {each.code: each for each in Department.objects.filter(code__in=step.consults.units)}
    if missing := [code for code in step.consults.units if code not in known]:
        raise NotAllowed(
            Text(
                f"没有部门“{missing[0]}”，无法征求意见。",
                f"There is no department {missing[0]!r} to be asked.",
            )
        )
    drop_consultations(case, step.code)
    Consultation.objects.bulk_create(
        Consultation(
            case=case,
            step=step.code,
            department=known[code],
            asked_at=at,
            due=due_time(at, span, days, roll=True) or at,
        )
        for code, span in step.consults.units.items()
    )
    _count(case, step.code)


def drop_consultations(case: Case, step: str = "") -> None:
    """Nobody is waited for any more: the case ended, or the step asked again."""
    waiting = case.consultations.filter(status=ConsultationStatus.WAITING)
    for each in waiting.filter(step=step) if step else waiting:
        each.status = ConsultationStatus.DROPPED
        each.save()
        _count(case, each.step)


def waiting_consultations(officer: Officer) -> list[Consultation]:
    """What an officer may answer, the most urgent first; of cases that are kept from officers nothing."""
    found = Consultation.objects.filter(
        status=ConsultationStatus.WAITING,
        department=officer.department_id,
        case__visibility__lte=Audience.DEPARTMENT,
    )
    if not found.exists():  # which is asked at less cost than what is mostly not there
        return []
    cases = found.select_related("case__department", "case__version", "department").order_by("due", "pk")
    return [each for each in cases if _may_answer(each, officer)]


def _may_answer(asked: Consultation, officer: Officer) -> bool:
    """In one of the roles that the procedure names, in any where it names none."""
    step = procedure_of(asked.case).steps.get(asked.step)
    by = step.consults.by if step and step.consults else ()
    return not by or bool(set(by) & set(officer.posts))


def answer_consultation(pk: int, opinion: str, text: str, actor: Actor) -> Event:
    """By an officer of the department that was asked, as long as there is time."""
    case_id = Consultation.objects.values_list("case_id", flat=True).get(pk=pk)
    with lock_case(case_id) as case:
        found = case.consultations.select_related("department").get(pk=pk)
        _check_answer(found, opinion, text, actor)
        found.status, found.opinion, found.text = ConsultationStatus.ANSWERED, opinion, text.strip()
        found.officer, found.answered_at = actor.officer, timezone.now()
        found.save()
        return _log(case, found, actor, act="answered", opinion=opinion, note=found.text)


def _check_answer(found: Consultation, opinion: str, text: str, actor: Actor) -> None:
    if actor.officer is None or actor.officer.department_id != found.department_id:
        raise NotAllowed(Text("征求的不是您的部门的意见。", "It is not your department that is asked."))
    if not _may_answer(found, actor.officer):
        raise NotAllowed(Text("您的岗位不能答复此征求意见。", "Your posts do not let you answer this."))
    problems = []
    if found.status != ConsultationStatus.WAITING:
        problems.append(Text("该征求意见已不再等待回复。", "No answer is waited for any more."))
    if opinion not in Opinion.values:
        problems.append(Text("请选择同意或者不同意。", "Say whether you agree or object."))
    if opinion == Opinion.OBJECTS and not text.strip():
        problems.append(Text("不同意须写明理由。", "Who objects must say why."))
    if len(text) > LONGEST:
        problems.append(Text(f"说明不得超过 {LONGEST} 字。", f"{LONGEST} characters at most can be said."))
    if problems:
        raise NotAllowed(*problems)


def close_silent_consultations() -> int:
    """Those whose time is over: silence goes to who leads, and agrees only where the procedure says so."""
    over = Consultation.objects.filter(status=ConsultationStatus.WAITING, due__lt=timezone.now())
    found = list(over.order_by("due").values_list("pk", "case_id")[:1000])
    return sum(_close(over, pk, case_id) for pk, case_id in found)


@transaction.atomic
def _close(over: "QuerySet[Consultation]", pk: int, case_id: int) -> bool:
    """Whether it still was waiting: meanwhile somebody may have answered."""
    Case.objects.select_for_update().get(pk=case_id)
    if not over.filter(pk=pk).exists():
        return False
    with lock_case(case_id) as case:
        found = case.consultations.select_related("department").get(pk=pk)
        step = procedure_of(case).steps.get(found.step)
        agrees = bool(step and step.consults and step.consults.silence_agrees)
        found.status, found.opinion = ConsultationStatus.SILENT, Opinion.AGREES if agrees else ""
        found.save()
        _log(case, found, THE_PORTAL, act="silent", opinion=found.opinion)
    return True


def _log(case: Case, found: Consultation, actor: Actor, **data: str) -> Event:
    _count(case, found.step)
    sums = case.facts[CONSULTED][found.step]
    said = {"consulted": found.department.code, "asked": found.step, **data, "sums": sums}
    return append_event(case, actor, Entry(EventKind.CONSULTATION, data={k: v for k, v in said.items() if v}))


def _count(case: Case, step: str) -> None:
    """What conditions ask of the answers, in the case's facts."""
    sums: Counter[str] = Counter(waiting=0, agreed=0, objected=0, silent=0)
    kept = case.consultations.filter(step=step).exclude(status=ConsultationStatus.DROPPED)
    newest = {each.department_id: each for each in kept.order_by("pk")}  # a department may be asked again
    for each in newest.values():
        waits = each.status == ConsultationStatus.WAITING
        sums["waiting" if waits else COUNTED.get(each.opinion, "silent")] += 1
    case.facts = with_sums(case.facts, CONSULTED, step, sums)
