"""Steps as the log has them."""

from collections.abc import Sequence
from dataclasses import dataclass

from layers.casework.procedures.model import Procedure


@dataclass(frozen=True)
class StepRecord:
    """A step that was taken, by whom; "opened" is the opening of the case by its finder."""

    step: str
    actor_ids: tuple[int, ...]


@dataclass(frozen=True)
class PaperCall:
    """A document that a step called for."""

    document: str
    step: str


def steps_in_force(procedure: Procedure, history: Sequence[StepRecord]) -> frozenset[str]:
    """Steps taken that no later step has voided."""
    found: set[str] = set()
    for record in history:
        step = procedure.steps.get(record.step)
        found -= set(step.voids) if step else set()
        found.add(record.step)
    return frozenset(found)
