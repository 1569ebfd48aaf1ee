"""States in which a department's cases stay for ever, since nobody in it may take a step that leads on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from layers.casework.procedures.graph import closure, transitions
from layers.casework.procedures.model import Procedure, Step

from .credentials import Credentials
from .steps.officer_rules import missing_credentials, step_roles

SOMEBODY = -1
"""Whoever holds a receipt, or the clock: always there, and never one of the officers."""
Takers = Mapping[str, frozenset[int]]
"""The officers who may take each step, or be the second one, by number."""


@dataclass(frozen=True)
class DeadEnd:
    """``steps`` leave the state, and there is nobody for them."""

    state: str
    steps: tuple[str, ...]


def dead_ends(procedure: Procedure, staff: Sequence[Credentials]) -> list[DeadEnd]:
    """By posts, credentials and separation of duties of those who serve; what facts ask for is taken to hold."""
    takers = {code: _takers(procedure, step, staff) for code, step in procedure.steps.items()}
    open_steps = [step for step in procedure.steps.values() if _is_open(procedure, step, takers)]
    ways = {(source, step.target or source) for step in open_steps for source in step.sources}
    come = closure(ways, [procedure.start])
    finals = [code for code, state in procedure.states.items() if state.final]
    can_end = closure({(after, before) for before, after in ways}, finals)
    return [
        DeadEnd(state, _closed_steps(procedure, state, open_steps))
        for state in procedure.states
        if state in come - can_end
    ]


def _closed_steps(procedure: Procedure, state: str, open_steps: Sequence[Step]) -> tuple[str, ...]:
    leaving = [
        step
        for step in procedure.steps.values()
        if state in step.sources and step.target not in {None, state}
    ]
    return tuple(step.code for step in leaving if step not in open_steps)


def _takers(procedure: Procedure, step: Step, staff: Sequence[Credentials]) -> frozenset[int]:
    roles = step_roles(procedure, step)
    timed = step.code in {deadline.then.step for deadline in procedure.deadlines.values()}
    found = {SOMEBODY} if timed or any(role.outside for role in roles) else set()
    for officer in staff:
        own = [role for role in roles if role.code in officer.roles and not role.outside]
        if own and not missing_credentials(own, officer):
            found.add(officer.id)
    if step.officers > 1 and found:
        found |= {officer.id for officer in staff if not missing_credentials(roles, officer)}
    return frozenset(found) if len(found) >= step.officers else frozenset()


def _is_open(procedure: Procedure, step: Step, takers: Takers) -> bool:
    """Somebody may take it who need not have taken what one and the same person may not."""
    if not takers[step.code]:
        return False
    for separation in procedure.separations:
        for own, others in ((separation.first, separation.second), (separation.second, separation.first)):
            if step.code in own and _are_unavoidable(procedure, step, others):
                before = [procedure.steps[code] for code in others if code in procedure.steps]
                people = takers[step.code].union(*(takers[each.code] for each in before))
                if len(people) < min(each.officers for each in before) + step.officers:
                    return False
    return True


def _are_unavoidable(procedure: Procedure, step: Step, others: Sequence[str]) -> bool:
    """No case comes where the step starts without one of the others."""
    ways = {(before, after) for before, after, each in transitions(procedure) if each.code not in others}
    come = closure(ways, [procedure.start])
    return not come & set(step.sources) and any(code in procedure.steps for code in others)
