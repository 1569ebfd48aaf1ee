"""When a case that asked departments for their opinions may go on."""

from collections.abc import Mapping
from typing import Any

from layers.casework.procedures.model import Consulting, Procedure

WAITING = "waiting"


def is_joined(rule: Consulting, sums: Mapping[str, int]) -> bool:
    """All have answered or their time is over, or as many answered as the procedure asks for."""
    answered = sums.get("agreed", 0) + sums.get("objected", 0)
    return sums.get(WAITING, 0) == 0 or bool(rule.some and answered >= rule.some)


def awaited_steps(procedure: Procedure, consulted: Mapping[str, Mapping[str, int]]) -> frozenset[str]:
    """Steps that asked, of which the answers are still waited for; ``consulted`` are the sums of each."""
    rules = {code: step.consults for code, step in procedure.steps.items() if step.consults}
    return frozenset(
        code for code, sums in consulted.items() if code in rules and not is_joined(rules[code], sums)
    )


def consulted_of(facts: Mapping[str, Any]) -> Mapping[str, Mapping[str, int]]:
    """What a case's facts keep of the answers, by the step that asked."""
    kept: Mapping[str, Mapping[str, int]] = facts.get("consulted", {})
    return kept
