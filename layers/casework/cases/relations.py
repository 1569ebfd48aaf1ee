"""Saying what a case is about and which cases it has to do with; the log keeps both, and what was taken back."""

from layers.casework.access.actor import Actor, NotAllowed
from layers.casework.access.permissions import handles_case
from layers.casework.log.case_lock import lock_case
from layers.casework.log.event_log import Entry, append_event
from layers.casework.models import Case, CaseRelation, Event, EventKind, RelationKind, Subject
from layers.registry.text import Text

MOST = 50
"""Features that one case is about."""


def add_subject(
    case_id: int, layer: str, feature: int, title: str, actor: Actor, revision: int | None = None
) -> Event:
    """``feature`` is the number of a row that the actor may see, ``title`` what it is called today."""
    with lock_case(case_id, revision) as case:
        _check_department(case, actor)
        if case.subjects.count() >= MOST:
            raise NotAllowed(
                Text(f"一件案件最多涉及 {MOST} 个对象。", f"A case is about {MOST} features at most.")
            )
        _, is_new = Subject.objects.get_or_create(case=case, layer=layer, feature=feature)
        if not is_new:
            raise NotAllowed(Text("该对象已在案件中。", "The case is about it already."))
        return _log(case, actor, layer=layer, feature=feature, title=title, act="added")


def remove_subject(case_id: int, subject_id: int, actor: Actor, revision: int | None = None) -> Event:
    with lock_case(case_id, revision) as case:
        _check_department(case, actor)
        found = case.subjects.filter(pk=subject_id).first()
        if found is None:
            raise NotAllowed(Text("案件中没有该对象。", "The case is not about it."))
        found.delete()
        return _log(case, actor, layer=found.layer, feature=found.feature, act="removed")


def relate(case_id: int, other: Case, kind: RelationKind, actor: Actor, revision: int | None = None) -> Event:
    """``other`` is a case that the actor may read."""
    with lock_case(case_id, revision) as case:
        _check_department(case, actor)
        if other.pk == case.pk:
            raise NotAllowed(Text("案件不能与自身关联。", "A case is not related to itself."))
        pairs = CaseRelation.objects.filter(case__in=[case, other], other__in=[case, other])
        if pairs.exists():
            raise NotAllowed(Text("两案已有关联。", "The two cases are related already."))
        CaseRelation.objects.create(case=case, other=other, kind=kind)
        return _log(case, actor, other=other.number, relation=str(kind), act="added")


def unrelate(case_id: int, relation_id: int, actor: Actor, revision: int | None = None) -> Event:
    with lock_case(case_id, revision) as case:
        _check_department(case, actor)
        found = CaseRelation.objects.select_related("case", "other").filter(pk=relation_id).first()
        if found is None or case not in (found.case, found.other):
            raise NotAllowed(Text("没有该关联。", "There is no such relation."))
        if found.kind == RelationKind.CHILD:
            raise NotAllowed(Text("子案与主案的关联不能解除。", "A sub-task stays with its case."))
        found.delete()
        other = found.other if found.case == case else found.case
        return _log(case, actor, other=other.number, relation=found.kind, act="removed")


def _log(case: Case, actor: Actor, **data: object) -> Event:
    return append_event(case, actor, Entry(EventKind.CONCERNS, data=dict(data)))


def _check_department(case: Case, actor: Actor) -> None:
    if actor.officer is None or not handles_case(case, actor.officer):
        raise NotAllowed(Text("该案不属于您的部门。", "The case is not your department's."))
