"""When a case that asked departments for their opinions, or opened sub-tasks, may go on."""

from collections.abc import Mapping
from typing import Any

from layers.casework.procedures.model import Consulting, Procedure, Step

WAITING = "waiting"
CONSULTED = "consulted"
SUBTASKS = "subtasks"


def is_joined(rule: Consulting, sums: Mapping[str, int]) -> bool:
    """All have answered or their time is over, or as many answered as the procedure asks for."""
    answered = sums.get("agreed", 0) + sums.get("objected", 0)
    return sums.get(WAITING, 0) == 0 or bool(rule.some and answered >= rule.some)


def awaited_steps(procedure: Procedure, sums: Mapping[str, Mapping[str, Any]]) -> frozenset[str]:
    """Steps that asked or opened something that is still waited for; ``sums`` are those of each."""
    return frozenset(
        code
        for code, kept in sums.items()
        if code in procedure.steps and _is_awaited(procedure.steps[code], kept)
    )


def _is_awaited(step: Step, kept: Mapping[str, Any]) -> bool:
    if step.consults:
        return not is_joined(step.consults, kept)
    return bool(step.opens and kept.get(WAITING, 0))


def awaited_sums(facts: Mapping[str, Any]) -> Mapping[str, Mapping[str, Any]]:
    """What a case's facts keep of the answers and of the sub-tasks, by the step that asked or opened them."""
    return {**facts.get(CONSULTED, {}), **facts.get(SUBTASKS, {})}


def asking_facts(facts: Mapping[str, Any], step: Step) -> dict[str, Any]:
    """The case's facts once the step has asked or opened."""
    if step.consults:
        return with_sums(facts, CONSULTED, step.code, {WAITING: len(step.consults.units)})
    if step.opens:
        kept = facts.get(SUBTASKS, {}).get(step.code, {})
        return with_sums(facts, SUBTASKS, step.code, {**kept, WAITING: kept.get(WAITING, 0) + 1})
    return dict(facts)


def with_sums(facts: Mapping[str, Any], part: str, step: str, sums: Mapping[str, Any]) -> dict[str, Any]:
    return {**facts, part: {**facts.get(part, {}), step: dict(sums)}}
