"""Whether the sub-tasks that a procedure opens can be opened and waited for, by the procedures that there are."""

from collections.abc import Iterator, Mapping

from layers.casework.models.codes import LeadSource
from layers.casework.procedures.condition_places import placed_conditions
from layers.casework.procedures.conditions import expected_values
from layers.casework.procedures.errors import Problem
from layers.casework.procedures.fields import Field
from layers.casework.procedures.graph import reachable_states
from layers.casework.procedures.model import Procedure, Step, Subtask
from layers.casework.procedures.vocabulary import FieldKind, GeometryKind
from layers.registry.text import Text

from .timers import clock_obstacles

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
    known = {**known, procedure.code: procedure}
    for step in procedure.steps.values():
        if step.opens:
            for key, sentence in _problems_of(procedure, step.opens, known):
                where = procedure.mark(("steps", step.code, "opens", key))
                found.append(Problem.at(where, sentence.zh, sentence.en))
            found += _outcome_problems(procedure, step, known)
    for other in known.values():
        if other.code != procedure.code:
            found += _problems_from(procedure, other, known)
    return found


def _problems_from(procedure: Procedure, other: Procedure, known: Known) -> Iterator[Problem]:
    """What another procedure in force asks of this one."""
    for step in other.steps.values():
        if step.opens and procedure in _followed(step.opens, known):
            sentences = [sentence for _, sentence in _misfits(other, step.opens, procedure)]
            sentences += [
                Text(each.sentence.zh, each.sentence.en) for each in _outcome_problems(other, step, known)
            ]
            for sentence in sentences:
                zh = f"程序“{other.code}”的步骤“{step.code}”开立此程序的子案：{sentence.zh}"
                en = f"The step {step.code!r} of {other.code!r} opens cases of this: {sentence.en}"
                yield Problem.at(procedure.mark(("code",)), zh, en)


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
        for each in _followed(task, known):
            yield from _misfits(procedure, task, each)


def _followed(task: Subtask, known: Known) -> list[Procedure]:
    """The one that is named, and the variations that the department may have in its place."""
    target = known.get(task.procedure)
    if target is None:
        return []
    others = [each for each in known.values() if each.family == target.family and each.departments]
    if not target.departments or task.department in target.departments:
        return [target]
    if task.department.isupper():
        return [each for each in others if task.department in each.departments] or [target]
    return [target, *(each for each in others if each.code != target.code)]


JOINED = "joined"
"""The outcome of a case that was joined to another."""


def outcomes(procedure: Procedure) -> set[str]:
    """With which its cases can end: a step's outcome, or the state where there is none."""
    stated = {step.outcome for step in procedure.steps.values() if step.outcome}
    return stated | {code for code, state in procedure.states.items() if state.phase.is_end} | {JOINED}


def _outcome_problems(procedure: Procedure, step: Step, known: Known) -> Iterator[Problem]:
    """What conditions ask of how the sub-tasks ended must be an end that they can have."""
    followed = _followed(step.opens, known) if step.opens else []
    possible = {each for one in followed for each in outcomes(one)}
    for where, condition in placed_conditions(procedure) if followed else ():
        for name, value in sorted(expected_values(condition)):
            if name == f"{step.code}.outcome" and value not in possible:
                shown = sorted(possible)
                yield Problem.at(
                    procedure.mark(where),
                    f"子案不会以“{value}”告终；可能为：{'、'.join(shown)}。",
                    f"No sub-task ends with {value!r}; it can be: {', '.join(shown)}.",
                )


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
    yield from _required_at_once(procedure, task, target)
    yield from _stop_problems(task, target)


def _takes(theirs: Field | None, own: Field) -> bool:
    """What fills a column is entered in a form."""
    return theirs is not None and theirs.kind is own.kind and not theirs.writes


def _required_at_once(procedure: Procedure, task: Subtask, target: Procedure) -> Iterator[Finding]:
    """What its first state is not entered without must be handed down."""
    for role in target.parties.values():
        if role.required == target.start and not (role.principal and task.party):
            zh = f"程序“{target.code}”自始须有“{role.title.zh}”，而此步骤不移交。"
            en = f"{target.code!r} requires {role.code!r} from its first state on, who is not handed down."
            yield "party", Text(zh, en)
    for layer, rule in target.subjects.items():
        handed = task.subjects and (not procedure.subjects or layer in procedure.subjects)
        if rule.required == target.start and not handed:
            zh = f"程序“{target.code}”自始须写明涉及的“{layer}”，而此步骤不移交。"
            en = f"{target.code!r} must be about {layer!r} from its first state on, which is not handed down."
            yield "subjects", Text(zh, en)
        if task.subjects and layer in procedure.subjects and procedure.subjects[layer].most > rule.most:
            zh = f"程序“{target.code}”最多涉及 {rule.most} 个“{layer}”，移交的可能更多。"
            en = f"{target.code!r} is about {rule.most} of {layer!r} at most, and more may be handed down."
            yield "subjects", Text(zh, en)
    if target.place.required == target.start and not _has_place(procedure, target.place.geometry):
        zh = f"程序“{target.code}”自始须有位置或范围，本程序的案件没有。"
        en = f"{target.code!r} requires a place from its first state on, which cases of this have not."
        yield "procedure", Text(zh, en)
    if target.leads and not set(procedure.leads or LeadSource.values) <= set(target.leads):
        zh = f"程序“{target.code}”不受理本程序全部来源的线索。"
        yield "procedure", Text(zh, f"{target.code!r} does not take all leads that cases of this come from.")


def _has_place(procedure: Procedure, wanted: GeometryKind) -> bool:
    """Place and area are handed down."""
    own = procedure.place.geometry
    return wanted is GeometryKind.NONE or own is GeometryKind.POLYGON or own is wanted


def _stop_problems(task: Subtask, target: Procedure) -> Iterator[Finding]:
    """A sub-task ends by itself only by a step that the clock can take, and that ends it from wherever it is."""
    if not task.stops:
        return
    step = target.steps.get(task.stops)
    if step is None:
        zh = f"程序“{target.code}”没有步骤“{task.stops}”。"
        yield "stops", Text(zh, f"There is no step {task.stops!r} in {target.code!r}.")
        return
    for zh, en in clock_obstacles(step):
        yield (
            "stops",
            Text(f"系统不能办理步骤“{step.code}”：{zh}。", f"Nobody takes the step {step.code!r}: {en}."),
        )
    if step.target is None or not target.states[step.target].phase.is_end:
        yield "stops", Text(f"步骤“{step.code}”不终结案件。", f"The step {step.code!r} ends no case.")
    for code in sorted(reachable_states(target, [target.start]) - set(step.sources)):
        if not target.states[code].phase.is_end:
            zh = f"步骤“{step.code}”不能从状态“{code}”办理。"
            yield "stops", Text(zh, f"The step {step.code!r} does not start in the state {code!r}.")
