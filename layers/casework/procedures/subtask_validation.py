"""Whether the sub-tasks that a procedure opens can be opened and waited for, by the procedures that there are."""

from collections.abc import Iterator, Mapping

from layers.registry.text import Text

from .errors import Problem
from .model import Field, FieldKind, Mark, Procedure, Step, Subtask

UNHANDED = {FieldKind.FILE, FieldKind.FLAG}
"""Kinds of what belongs to one case alone."""
Known = Mapping[str, Procedure]
"""The procedures in force, by code."""
Finding = tuple[str, Text]
"""The key of ``opens`` that is wrong, "" for all of it, and what is wrong."""


def declaration_problems(procedure: Procedure, step: Step) -> Iterator[Finding]:
    """What the procedure's own text tells."""
    task = step.opens
    if task is None:
        return
    if step.consults:
        yield (
            "",
            Text(
                f"步骤“{step.code}”不能既征求意见又开立子案。",
                f"The step {step.code!r} asks departments or opens a sub-task, not both.",
            ),
        )
    asked, own = {each.name: each for each in step.fields}, procedure.fields()
    named = task.department
    if named and not named.isupper() and not (named in asked and asked[named].kind is FieldKind.UNIT):
        yield (
            "department",
            Text(
                f"“{named}”既不是部门代码，也不是该步骤的部门字段。",
                f"{named!r} is neither a department's code nor a field of the step that names one.",
            ),
        )
    for name in task.fields:
        if name not in own or own[name].kind in UNHANDED:
            yield "fields", Text(f"不能移交字段“{name}”。", f"There is no field {name!r} to hand down.")


def opening_problems(procedure: Procedure, known: Known) -> list[Problem]:
    """What the procedures that are opened tell, and those that open this one."""
    found: list[Problem] = []
    for step in procedure.steps.values():
        if step.opens:
            for key, sentence in _problems_of(procedure, step.opens, {**known, procedure.code: procedure}):
                where = _mark(procedure, "steps", step.code, "opens", key)
                found.append(Problem.at(where, sentence.zh, sentence.en))
    for other in known.values():
        if other.code != procedure.code:
            found += _problems_from(procedure, other)
    return found


def _problems_from(procedure: Procedure, other: Procedure) -> Iterator[Problem]:
    """What another procedure in force asks of this one."""
    for step in other.steps.values():
        if step.opens and step.opens.procedure == procedure.code:
            for _, sentence in _misfits(other, step.opens, procedure):
                zh = f"程序“{other.code}”的步骤“{step.code}”开立此程序的子案：{sentence.zh}"
                en = f"The step {step.code!r} of {other.code!r} opens cases of this: {sentence.en}"
                yield Problem.at(_mark(procedure, "code"), zh, en)


def _problems_of(procedure: Procedure, task: Subtask, known: Known) -> Iterator[Finding]:
    target = known.get(task.procedure)
    if target is None:
        yield "procedure", Text(f"没有程序“{task.procedure}”。", f"There is no procedure {task.procedure!r}.")
    elif procedure.root in _opened_from(target.root, known):
        yield (
            "procedure",
            Text(
                f"“{procedure.root}”与“{target.root}”互相开立子案，没有尽头。",
                f"{procedure.root!r} and {target.root!r} would open one another without end.",
            ),
        )
    else:
        yield from _misfits(procedure, task, target)


def _opened_from(root: str, known: Known) -> set[str]:
    """The texts whose cases a case of one brings about, itself included; variations count as what they extend."""
    links: dict[str, set[str]] = {}
    for each in known.values():
        opened = {step.opens.procedure for step in each.steps.values() if step.opens}
        links.setdefault(each.root, set()).update(known[code].root for code in opened if code in known)
    found, waiting = {root}, [root]
    while waiting:
        new = links.get(waiting.pop(), set()) - found
        found |= new
        waiting.extend(new)
    return found


def _misfits(procedure: Procedure, task: Subtask, target: Procedure) -> Iterator[Finding]:
    if task.category not in (target.categories or {""}):
        yield (
            "category",
            Text(
                f"程序“{target.code}”没有事项“{task.category}”。",
                f"{target.code!r} has no category {task.category!r}.",
            ),
        )
    own, theirs = procedure.fields(), target.fields()
    for name in task.fields:
        if name in own and not _takes(theirs.get(name), own[name]):
            yield (
                "fields",
                Text(
                    f"程序“{target.code}”没有可以接收的同类字段“{name}”。",
                    f"{target.code!r} has no field {name!r} of the same kind that can be handed down.",
                ),
            )
    if task.party and not set(procedure.principal.kinds) <= set(target.principal.kinds):
        yield (
            "party",
            Text(
                f"程序“{target.code}”的当事人不能是同样的种类。",
                f"The party of {target.code!r} cannot be of all the same kinds.",
            ),
        )


def _takes(theirs: Field | None, own: Field) -> bool:
    """What fills a column is entered in a form."""
    return theirs is not None and theirs.kind is own.kind and not theirs.writes


def _mark(procedure: Procedure, *where: str) -> Mark:
    path: tuple[str | int, ...] = where
    while path and path not in procedure.marks:
        path = path[:-1]
    return procedure.marks.get(path, Mark("", 1))
