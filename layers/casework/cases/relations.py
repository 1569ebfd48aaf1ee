"""Saying what a case is about and which cases it has to do with; the log keeps both, and what was taken back."""

from collections.abc import Mapping
from typing import Any

from layers.casework.access.actor import Actor, NotAllowed
from layers.casework.access.permissions import check_department, check_open_file, check_other_file
from layers.casework.log.case_lock import lock_case
from layers.casework.log.event_log import Entry, append_event
from layers.casework.models import Case, CaseRelation, Event, EventKind, RelationKind, Subject
from layers.casework.procedures import Step
from layers.casework.procedures.model import SubjectRule
from layers.casework.procedures.versions import procedure_of
from layers.casework.rules.steps.subject_rules import named_subjects, subject_title
from layers.registry.text import Text

MOST = 50
"""Features that one case is about."""


def add_subject(
    case_id: int, layer: str, feature: int, title: str, actor: Actor, revision: int | None = None
) -> Event:
    """``feature`` is the number of a row that the actor may see, ``title`` what it is called today."""
    with lock_case(case_id, revision) as case:
        check_department(case, actor)
        check_open_file(case)
        _check_subject(case, layer)
        _, is_new = Subject.objects.get_or_create(case=case, layer=layer, feature=feature)
        if not is_new:
            raise NotAllowed(Text("该对象已在案件中。", "The case is about it already."))
        return _log(case, actor, layer=layer, feature=feature, title=title, act="added")


def name_subjects(case: Case, step: Step, given: Mapping[str, Any]) -> None:
    """Those that a step's form names; the case is held, and the step's event tells of them."""
    for layer, feature in named_subjects(procedure_of(case), step, given):
        Subject.objects.get_or_create(case=case, layer=layer, feature=feature)


def subject_rules(case: Case) -> Mapping[str, SubjectRule]:
    return procedure_of(case).subjects if case.version_id else {}


def _check_subject(case: Case, layer: str) -> None:
    rules, count = subject_rules(case), case.subjects.filter(layer=layer).count()
    if rules and layer not in rules:
        known = [subject_title(each) for each in rules]
        zh, en = "、".join(each.zh for each in known), ", ".join(each.en for each in known)
        raise NotAllowed(Text(f"此类案件只涉及：{zh}。", f"Cases of this kind are about: {en}."))
    most = rules[layer].most if rules else MOST
    if (count if rules else case.subjects.count()) >= most:
        raise too_many_subjects(most)


def too_many_subjects(most: int) -> NotAllowed:
    return NotAllowed(Text(f"一件案件最多涉及 {most} 个对象。", f"A case is about {most} features at most."))


def remove_subject(case_id: int, subject_id: int, actor: Actor, revision: int | None = None) -> Event:
    with lock_case(case_id, revision) as case:
        check_department(case, actor)
        check_open_file(case)
        found = case.subjects.filter(pk=subject_id).first()
        if found is None:
            raise NotAllowed(Text("案件中没有该对象。", "The case is not about it."))
        found.delete()
        return _log(case, actor, layer=found.layer, feature=found.feature, act="removed")


def relate(case_id: int, other: Case, kind: RelationKind, actor: Actor, revision: int | None = None) -> Event:
    """``other`` is a case that the actor may read."""
    with lock_case(case_id, revision) as case:
        check_department(case, actor)
        check_open_file(case)
        if other.pk == case.pk:
            raise NotAllowed(Text("案件不能与自身关联。", "A case is not related to itself."))
        pairs = CaseRelation.objects.filter(case__in=[case, other], other__in=[case, other])
        if pairs.exists():
            raise NotAllowed(Text("两案已有关联。", "The two cases are related already."))
        CaseRelation.objects.create(case=case, other=other, kind=kind)
        return _log(case, actor, other=other.number, relation=str(kind), act="added")


def unrelate(case_id: int, relation_id: int, actor: Actor, revision: int | None = None) -> Event:
    with lock_case(case_id, revision) as case:
        check_department(case, actor)
        check_open_file(case)
        found = CaseRelation.objects.select_related("case", "other").filter(pk=relation_id).first()
        if found is None or case not in (found.case, found.other):
            raise NotAllowed(Text("没有该关联。", "There is no such relation."))
        if found.kind == RelationKind.CHILD:
            raise NotAllowed(Text("子案与主案的关联不能解除。", "A sub-task stays with its case."))
        other = found.other if found.case == case else found.case
        check_other_file(other)
        found.delete()
        return _log(case, actor, other=other.number, relation=found.kind, act="removed")


def _log(case: Case, actor: Actor, **data: object) -> Event:
    return append_event(case, actor, Entry(EventKind.CONCERNS, data=dict(data)))
