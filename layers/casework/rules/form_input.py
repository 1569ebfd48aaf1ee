"""What the form of a step was given, and what that adds to the facts of a case."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from layers.casework.procedures.conditions import Condition, Facts, referenced_names
from layers.casework.procedures.model import FieldKind, Step


def facts_with_input(step: Step, facts: Facts, given: Mapping[str, Any]) -> Facts:
    """The facts as they are once the step's form is entered."""
    own = {each.name: each for each in step.fields if each.name in given}
    stated = {name for name, each in own.items() if each.kind is FieldKind.FLAG}
    flags = facts.flags - stated | {name for name in stated if given[name]}
    fields = {**facts.fields, **{name: given[name] for name in own if name not in stated}}
    return replace(facts, flags=flags, fields=fields)


def form_decides(step: Step, condition: Condition | None) -> bool:
    """Whether the step's form asks for something the condition depends on."""
    own = {("flag" if each.kind is FieldKind.FLAG else "field", each.name) for each in step.fields}
    return bool(own & referenced_names(condition))


def parse_date(value: Any) -> date | None:
    """The day that a form was given; None if it says none."""
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        return None
