"""Whether a procedure can be followed: its names, its ways, its limits."""

import re
from collections.abc import Iterator, Set

from layers.casework.procedures.errors import Problem
from layers.casework.procedures.graph import reachable_states, states_before
from layers.casework.procedures.model import Procedure

from .deadlines import DeadlineValidator
from .names import NameValidator
from .outsiders import OutsiderValidator
from .steps import StepValidator
from .validator import Validator, Where

NUMBER = re.compile(r"([^{}]|\{office\}|\{year\})*\{serial(:0[1-9]d)?\}([^{}]|\{office\}|\{year\})*")


def procedure_problems(procedure: Procedure) -> list[Problem]:
    """Ways are followed only where all names are known."""
    return list(NameValidator(procedure).problems()) or [
        *StateValidator(procedure).problems(),
        *StepValidator(procedure).problems(),
        *DeadlineValidator(procedure).problems(),
        *DocumentValidator(procedure).problems(),
        *OutsiderValidator(procedure).problems(),
    ]


def vacant_roles(procedure: Procedure, held_roles: Set[str]) -> list[Problem]:
    """Roles that steps wait for and nobody holds."""
    checker = Validator(procedure)
    wanted = {role for step in procedure.steps.values() for role in step.by}
    return [
        checker.problem(
            ("roles", code),
            f"无人担任角色“{role.title.zh}”（{code}）。",
            f"Nobody holds the role {role.title.en} ({code}).",
        )
        for code, role in procedure.roles.items()
        if code in wanted - held_roles and not role.outside
    ]


class StateValidator(Validator):
    def problems(self) -> Iterator[Problem]:
        procedure = self.procedure
        finals = [code for code, state in procedure.states.items() if state.final]
        if not finals:
            yield self.problem(("states",), "没有终结状态。", "No state is final.")
            return
        can_come, can_end = reachable_states(procedure, [procedure.start]), states_before(procedure, finals)
        for code in procedure.states:
            where: Where = ("states", code)
            if code not in can_come:
                yield self.problem(where, f"状态“{code}”无法到达。", f"No way leads to the state {code!r}.")
            elif code not in can_end:
                yield self.problem(
                    where, f"状态“{code}”无法走到终结。", f"No way leads from the state {code!r} to an end."
                )


class DocumentValidator(Validator):
    def problems(self) -> Iterator[Problem]:
        for code, document in self.procedure.documents.items():
            if document.number and not NUMBER.fullmatch(document.number):
                yield self.problem(
                    ("documents", code, "number"),
                    "文号只能用 {office}、{year}、{serial}。",
                    "A number is made of {office}, {year} and {serial}.",
                )
