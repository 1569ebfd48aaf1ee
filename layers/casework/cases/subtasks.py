"""Cases of other procedures that a step opens, which the case may wait for, and how it is told of their end."""

from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet

from layers.agencies.models import Department
from layers.casework.access.actor import Actor, NotAllowed
from layers.casework.log.case_lock import lock_case
from layers.casework.log.event_log import Entry, append_event
from layers.casework.log.map_snapshot import UNREAD, Surroundings, read_surroundings
from layers.casework.models import Case, CaseRelation, EventKind, RelationKind
from layers.casework.phases import Phase
from layers.casework.principal import PRINCIPAL, principal_row
from layers.casework.procedures import Procedure, Step
from layers.casework.procedures.model import Subtask
from layers.casework.procedures.versions import procedure_of, procedures_in_force, version_in_force
from layers.casework.rules.consultations import SUBTASKS, with_sums
from layers.registry.text import Text

from .creation import CaseIntake, SubjectGiven, open_case
from .effects import ActionContext
from .references import reference_name
from .routing import procedure_code

ENDED, REOPENED, JOINED = "ended", "reopened", "joined"
ELSEWHERE = Text("已并入另一案件", "Joined to another case")
"""How far a sub-task is that goes on in another case."""


def open_subtask(case: Case, step: Step, note: str, context: ActionContext, around: Surroundings) -> str:
    """The number of the new case, "" where the step opens none; the case is held, and as it is after the step."""
    if step.opens is None:
        return ""
    intake = _intake(case, step.opens, note, case.fields)
    opened = open_case(intake, context.actor, context.report, around)
    CaseRelation.objects.create(case=opened, other=case, kind=RelationKind.CHILD, step=step.code)
    return opened.number


def surroundings_of_subtask(case: Case, task: Subtask, given: Mapping[str, Any]) -> Surroundings:
    """Of the case that would be opened with this form, read before the one that opens it is held; nothing of one that
    will be refused."""
    try:
        intake = _intake(case, task, "", given)
    except NotAllowed:
        return UNREAD
    version = intake.version
    place = {"family": version.family, "version": version, "department": intake.department}
    return read_surroundings(Case(geom=intake.position, **place))


def hold_parents(case_id: int) -> None:
    """Before the case itself is held: a case comes before its sub-tasks, lest two wait for one another."""
    list(parents(case_id).select_for_update(of=("self",)).order_by("pk"))


def parents(case_id: int) -> "QuerySet[Case]":
    return Case.objects.filter(related_from__case=case_id, related_from__kind=RelationKind.CHILD)


def tell_parents(case: Case, actor: Actor, act: str) -> None:
    """The case, which is held and changed but not saved, has ended or goes on again."""
    for link in case.relations.filter(kind=RelationKind.CHILD).order_by("other_id"):
        with lock_case(link.other_id) as parent:
            sums = _sums(parent, link.step, case)
            parent.facts = with_sums(parent.facts, SUBTASKS, link.step, sums)
            data = {**_how_far(case, act), "subtask": case.number, "asked": link.step, "sums": sums}
            append_event(parent, actor, Entry(EventKind.SUBTASK, data=data))


def tell_subtasks(case: Case, actor: Actor, act: str) -> None:
    """Those that are open, of a case that is held and has ended, or goes on again."""
    for link in _open_subtasks(case.pk):
        with lock_case(link.case_id) as child:
            data = {**_how_far(case, act), "parent": case.number}
            append_event(child, actor, Entry(EventKind.PARENT, data=data))


def stops_of_subtasks(case: Case) -> list[tuple[int, str]]:
    """The open ones that end with the case, each with the step by which it does."""
    steps = procedure_of(case).steps
    opens = {code: step.opens for code, step in steps.items() if step.opens and step.opens.stops}
    return [(link.case_id, opens[link.step].stops) for link in _open_subtasks(case.pk) if link.step in opens]


def _open_subtasks(case_id: int) -> "QuerySet[CaseRelation]":
    open_ones = CaseRelation.objects.filter(other=case_id, kind=RelationKind.CHILD, case__closed=None)
    return open_ones.order_by("case_id")


def _how_far(case: Case, act: str) -> dict[str, Any]:
    state = ELSEWHERE if act == JOINED else procedure_of(case).states[case.state].title
    return {"act": act, "state": {"zh": state.zh, "en": state.en}}


def _sums(parent: Case, step: str, changed: Case) -> dict[str, Any]:
    links = parent.related_from.filter(kind=RelationKind.CHILD, step=step).select_related("case")
    opened = [changed if link.case_id == changed.pk else link.case for link in links.order_by("case_id")]
    ended = [each for each in opened if not each.is_open]
    closed = [each for each in ended if each.phase == Phase.CLOSED]
    return {
        "waiting": len(opened) - len(ended),
        "closed": len(closed),
        "dismissed": len(ended) - len(closed),
        "outcome": [each.outcome or each.state for each in ended],
    }


def _intake(case: Case, task: Subtask, note: str, given: Mapping[str, Any]) -> CaseIntake:
    department, known = _department(case, task, given), procedures_in_force()
    if task.procedure not in known:
        raise NotAllowed(Text(f"没有程序“{task.procedure}”。", f"There is no procedure {task.procedure!r}."))
    code = procedure_code(task.procedure, department.code, known)
    fields = {name: case.fields[name] for name in task.fields if name in case.fields}
    return CaseIntake(
        title=case.title,
        department=department,
        version=version_in_force(code),
        category=task.category,
        category_title=known[code].title.zh,
        position=case.geom,
        area=case.area,
        accuracy=case.accuracy,
        address=case.address,
        description=note or case.description,
        lead_source=case.lead_source,
        party=_party(case) if task.party else {"party_kind": "none"},
        subjects=_subjects(case, known[code]) if task.subjects else (),
        fields=fields,
        routing={"parent": case.number},
    )


def _department(case: Case, task: Subtask, given: Mapping[str, Any]) -> Department:
    """The one that the text or the step's form names, else the case's own."""
    named = task.department
    if named and not named.isupper():
        named = reference_name(given.get(named) or "", "code")
    if not named:
        return case.department
    found = Department.objects.filter(code=named).first()
    if found is None:
        raise NotAllowed(
            Text(f"没有部门“{named}”，无法开立子案。", f"There is no department {named!r} for the sub-task.")
        )
    return found


def _subjects(case: Case, procedure: Procedure) -> list[SubjectGiven]:
    """Those that cases of the other procedure can be about."""
    return [
        {"layer": each.layer, "feature": each.feature}
        for each in case.subjects.order_by("pk")
        if not procedure.subjects or each.layer in procedure.subjects
    ]


def _party(case: Case) -> dict[str, str]:
    principal = principal_row(case)
    return {name: getattr(principal, column) for name, column in PRINCIPAL.items()}
