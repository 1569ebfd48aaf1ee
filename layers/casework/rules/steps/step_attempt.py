"""Somebody's attempt at a step, before anybody says whether it may be taken."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from layers.casework.procedures.conditions import Facts
from layers.casework.procedures.model import Procedure, Step
from layers.casework.rules.case_snapshot import CaseSnapshot
from layers.casework.rules.credentials import Credentials
from layers.casework.rules.forms.form_input import facts_with_input


@dataclass(frozen=True)
class StepAttempt:
    """``fields`` and ``reason`` are what the step's form was given, ``named`` the numbers of officers whom it names."""

    case: CaseSnapshot
    step: Step
    officer: Credentials
    partner: Credentials | None = None
    fields: Mapping[str, Any] = field(default_factory=dict)
    reason: str = ""
    named: Mapping[str, int] = field(default_factory=dict)

    @property
    def procedure(self) -> Procedure:
        return self.case.procedure

    @cached_property
    def facts(self) -> Facts:
        """Those of the case, once the form is entered."""
        return facts_with_input(self.step, self.case.facts, self.fields)
