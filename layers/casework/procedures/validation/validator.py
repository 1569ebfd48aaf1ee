"""What all checks of a procedure's text rest on."""

from collections.abc import Iterator

from layers.casework.procedures.errors import Problem
from layers.casework.procedures.model import OPENED, Procedure, Step

OUTSIDE = {"party", "reporter"}  # who is told of a step without having a role in it, or acts by a receipt
Where = tuple[str | int, ...]


class Validator:
    def __init__(self, procedure: Procedure) -> None:
        self.procedure = procedure

    def problem(self, where: Where, zh: str, en: str) -> Problem:
        return Problem.at(self.procedure.mark(where), zh, en)

    def after(self, start: str) -> tuple[str, ...]:
        """The states in which a step, or the opening, leaves a case."""
        if start == OPENED:
            return (self.procedure.start,)
        step = self.procedure.steps[start]
        return (step.target,) if step.target else step.sources

    def stated_day(self, step: Step, name: str, where: Where, required: bool = False) -> Iterator[Problem]:
        """The step's form must ask for the day of what has happened."""
        asked = next((each for each in step.fields if each.name == name), None)
        if asked is None:
            yield self.problem(
                where,
                f"步骤“{step.code}”没有字段“{name}”。",
                f"The step {step.code!r} has no field {name!r}.",
            )
        elif not (asked.past or (required and asked.future)):
            yield self.problem(
                where,
                f"字段“{name}”不是已发生之事的日期（past: true）。",
                f"The field {name!r} is not the day of what has happened (past: true).",
            )
        elif required and not asked.required:
            yield self.problem(
                where,
                f"步骤“{step.code}”中“{name}”须为 required。",
                f"In the step {step.code!r} {name!r} must be required.",
            )
