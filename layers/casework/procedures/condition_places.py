"""Where a procedure says that something holds."""

from collections.abc import Iterator

from .conditions import Condition
from .model import Procedure, Step

Where = tuple[str | int, ...]
PlacedCondition = tuple[Where, Condition | None]


def placed_conditions(procedure: Procedure) -> Iterator[PlacedCondition]:
    """Each with its place in the text."""
    for code, deadline in procedure.deadlines.items():
        yield ("deadlines", code, "when"), deadline.when
    for step in procedure.steps.values():
        yield from _of_step(step)
    for name, condition in procedure.conditions.items():
        yield ("conditions", name), condition
    if rule := procedure.publication:
        yield ("publication", "when"), rule.when
        for number, term in enumerate(rule.lasts):
            yield ("publication", "lasts", number), term.when
        if rule.withdraw:
            yield ("publication", "withdraw", "when"), rule.withdraw.when


def _of_step(step: Step) -> Iterator[PlacedCondition]:
    where: Where = ("steps", step.code)
    yield (*where, "when"), step.when
    for need in step.needs:
        yield (*where, "needs", need.step, "when"), need.when
    for field in step.fields:
        yield (*where, "fields", field.name), field.required_when
        for number, check in enumerate(field.checks):
            yield ("fields", field.name, "checks", number, "that"), check.that
        if field.later:
            yield ("fields", field.name, "later", "when"), field.later.when
