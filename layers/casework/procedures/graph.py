"""Where cases can come by a procedure's steps."""

from collections.abc import Collection

from .model import OPENED, Procedure, Step


def transitions(procedure: Procedure) -> list[tuple[str, str, Step]]:
    """Each step from each of its states, as (state, next state, step)."""
    return [
        (source, step.target or source, step) for step in procedure.steps.values() for source in step.sources
    ]


def reachable_states(procedure: Procedure, starts: Collection[str]) -> set[str]:
    """States that a case in one of the states is in or can come to."""
    return closure({(before, after) for before, after, _ in transitions(procedure)}, starts)


def states_before(procedure: Procedure, ends: Collection[str]) -> set[str]:
    """States from which a case can come to one of the states."""
    return closure({(after, before) for before, after, _ in transitions(procedure)}, ends)


def closure(links: set[tuple[str, str]], starts: Collection[str]) -> set[str]:
    onward: dict[str, list[str]] = {}
    for before, after in links:
        onward.setdefault(before, []).append(after)
    found, waiting = set(starts), list(starts)
    while waiting:
        new = set(onward.get(waiting.pop(), ())) - found
        found |= new
        waiting.extend(new)
    return found


def active_deadlines(procedure: Procedure) -> dict[str, set[str]]:
    """Deadlines that can be running in each state."""
    steps = transitions(procedure)
    running: dict[str, set[str]] = {procedure.start: _deadlines_from(procedure, OPENED)}
    changed = True
    while changed:
        changed = False
        for before, after, step in steps:
            if before not in running:
                continue
            kept = running[before] - _deadlines_until(procedure, step.code) | _deadlines_from(
                procedure, step.code
            )
            if after not in running or not kept <= running[after]:
                running[after] = running.get(after, set()) | kept
                changed = True
    return running


def _deadlines_from(procedure: Procedure, step: str) -> set[str]:
    return {code for code, deadline in procedure.deadlines.items() if step in deadline.starts}


def _deadlines_until(procedure: Procedure, step: str) -> set[str]:
    return {code for code, deadline in procedure.deadlines.items() if step in deadline.ends}
