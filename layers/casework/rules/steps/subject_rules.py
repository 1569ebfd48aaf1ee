"""Which features a case must be about before it comes into a state, and how many it may be about."""

from collections.abc import Iterator, Mapping
from typing import Any

from layers.casework.procedures.model import Procedure, Step
from layers.casework.procedures.vocabulary import FieldKind
from layers.casework.rules.case_snapshot import CaseInventory
from layers.registry.registration import all_layers
from layers.registry.text import Text

from .refusals import Refusal, refusal
from .step_attempt import StepAttempt

Named = tuple[str, int]
"""A feature by its layer and number."""


def subject_title(layer: str) -> Text:
    found = next((each.title for each in all_layers() if each.name == layer), layer)
    return found if isinstance(found, Text) else Text(str(found), str(found))


def named_subjects(procedure: Procedure, step: Step, given: Mapping[str, Any]) -> set[Named]:
    """The features that a step's form names and that cases of the procedure are about."""
    asked = [each for each in step.fields if each.kind is FieldKind.FEATURE]
    values = [given.get(each.name) for each in asked if each.layer in procedure.subjects]
    return {
        (each["layer"], each["feature"])
        for each in values
        if isinstance(each, Mapping)
        and each.get("layer") in procedure.subjects
        and isinstance(each.get("feature"), int)
    }


def subject_refusals(attempt: StepAttempt, inventory: CaseInventory) -> Iterator[Refusal]:
    """The step's own form may name one."""
    step, target = attempt.step, attempt.step.target or attempt.case.state
    known = inventory.subjects | named_subjects(attempt.procedure, step, attempt.fields)
    for layer, rule in attempt.procedure.subjects.items():
        count, title = sum(1 for each, _ in known if each == layer), subject_title(layer)
        if rule.required == target and not count:
            yield refusal(
                "subject", step, f"须先写明涉及的“{title.zh}”", f'Say first which "{title.en}" it is about'
            )
        if count > rule.most:
            yield refusal(
                "subject",
                step,
                f"本案最多涉及 {rule.most} 个“{title.zh}”",
                f'The case is about {rule.most} of "{title.en}" at most',
            )
