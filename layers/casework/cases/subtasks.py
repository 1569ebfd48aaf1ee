"""Cases of other procedures that a step opens, which the case may wait for, and how it is told of their end."""

from typing import Any

from django.db.models import QuerySet

from layers.agencies.models import Department
from layers.casework.access.actor import Actor, NotAllowed
from layers.casework.log.case_lock import lock_case
from layers.casework.log.event_log import Entry, append_event
from layers.casework.models import Case, CaseRelation, EventKind, RelationKind
from layers.casework.phases import Phase
from layers.casework.procedures import Step
from layers.casework.procedures.model import Subtask
from layers.casework.procedures.versions import procedure_of, procedures_in_force, version_in_force
from layers.casework.rules.consultations import SUBTASKS, with_sums
from layers.registry.text import Text

from .creation import CaseIntake, open_case
from .effects import ActionContext
from .routing import procedure_code

ENDED, REOPENED, JOINED = "ended", "reopened", "joined"
ELSEWHERE = Text("已并入另一案件", "Joined to another case")
"""How far a sub-task is that goes on in another case."""


def open_subtask(case: Case, step: Step, note: str, context: ActionContext) -> str:
    """The number of the new case, "" where the step opens none; the case is held, and as it is after the step."""
    if step.opens is None:
        return ""
    intake = _intake(case, step.opens, note)
    opened = open_case(intake, context.actor, context.report)
    CaseRelation.objects.create(case=opened, other=case, kind=RelationKind.CHILD, step=step.code)
    return opened.number


def hold_parents(case_id: int) -> None:
    """Before the case itself is held: a case comes before its sub-tasks, lest two wait for one another."""
    list(parents(case_id).select_for_update(of=("self",)).order_by("pk"))


def parents(case_id: int) -> "QuerySet[Case]":
    return Case.objects.filter(related_from__case=case_id, related_from__kind=RelationKind.CHILD)


def tell_parents(case: Case, actor: Actor, act: str) -> None:
    """The case, which is held and changed but not saved, has ended or goes on again."""
    for link in case.relations.filter(kind=RelationKind.CHILD).order_by("other"):
        with lock_case(link.other_id) as parent:
            sums = _sums(parent, link.step, case)
            parent.facts = with_sums(parent.facts, SUBTASKS, link.step, sums)
            state = ELSEWHERE if act == JOINED else procedure_of(case).states[case.state].title
            said = {"zh": state.zh, "en": state.en}
            data = {"subtask": case.number, "asked": link.step, "act": act, "state": said, "sums": sums}
            append_event(parent, actor, Entry(EventKind.SUBTASK, data=data))


def _sums(parent: Case, step: str, changed: Case) -> dict[str, Any]:
    links = parent.related_from.filter(kind=RelationKind.CHILD, step=step).select_related("case")
    opened = [changed if link.case_id == changed.pk else link.case for link in links.order_by("case")]
    ended = [each for each in opened if not each.is_open]
    closed = [each for each in ended if each.phase == Phase.CLOSED]
    return {
        "waiting": len(opened) - len(ended),
        "closed": len(closed),
        "dismissed": len(ended) - len(closed),
        "outcome": [each.outcome or each.state for each in ended],
    }


def _intake(case: Case, task: Subtask, note: str) -> CaseIntake:
    department, known = _department(case, task), procedures_in_force()
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
        fields=fields,
        routing={"parent": case.number},
    )


def _department(case: Case, task: Subtask) -> Department:
    """The one that the text or the step's form names, else the case's own."""
    named = task.department
    if named and not named.isupper():
        named = str((case.fields.get(named) or {}).get("code", ""))
    if not named:
        return case.department
    found = Department.objects.filter(code=named).first()
    if found is None:
        raise NotAllowed(
            Text(f"没有部门“{named}”，无法开立子案。", f"There is no department {named!r} for the sub-task.")
        )
    return found


def _party(case: Case) -> dict[str, str]:
    return {name: getattr(case, name) for name in ("party_kind", "party_name", "party_id", "party_phone")}
