"""What the form of a step was given, and what that adds to the facts of a case."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from layers.casework.procedures.conditions import Condition, Facts, amount, holds, referenced_names
from layers.casework.procedures.fields import Field
from layers.casework.procedures.model import Step
from layers.casework.procedures.vocabulary import FieldKind

from .areas import area_record
from .checklists import checklist_record

MOST_YUAN = 10**12
YEARS = range(1900, 2200)
"""In which days are stated; of others, calendars that count on from them come to their end."""


def facts_with_input(step: Step, facts: Facts, given: Mapping[str, Any]) -> Facts:
    """The facts as they are once the step's form is entered."""
    own = {each.name: each for each in step.fields if each.name in given}
    stated = {name for name, each in own.items() if each.kind is FieldKind.FLAG}
    flags = facts.flags - stated | {name for name in stated if given[name]}
    entered = {name: stored_value(own[name], given[name]) for name in own if name not in stated}
    fields = {**facts.fields, **entered}
    return replace(facts, flags=flags, fields=fields)


def dated_today(step: Step, given: Mapping[str, Any], today: date) -> dict[str, Any]:
    """The form of somebody outside: the days that must lie within a limit are not theirs to state."""
    return {**given, **dict.fromkeys(step.within.values(), today)}


def form_decides(step: Step, condition: Condition | None) -> bool:
    """Whether the step's form asks for something the condition depends on."""
    if condition is None or not step.fields:
        return False
    own = {("flag" if each.kind is FieldKind.FLAG else "field", each.name) for each in step.fields}
    return not own.isdisjoint(referenced_names(condition))


def parse_money(value: Any) -> Decimal | None:
    """Yuan in whole fen, as the form was given them; None if it says none."""
    yuan = amount(value)
    if yuan is None or abs(yuan) >= MOST_YUAN or yuan != round(yuan, 2):
        return None
    return round(yuan, 2)


def stored_value(field: Field, value: Any) -> Any:
    """As the log keeps it: money with two decimals, several choices in the order in which they are declared,
    checklists with what they come to."""
    if field.kind is FieldKind.MONEY:
        yuan = parse_money(value)
        return value if yuan is None else str(yuan)
    if field.kind is FieldKind.CHOICES and isinstance(value, list | tuple):
        return [code for code in field.choices if code in value]
    if field.kind is FieldKind.CHECKLIST:
        return checklist_record(field, value)
    if field.kind is FieldKind.AREA:
        return area_record(value)
    return value.isoformat() if isinstance(value, date) else value


def parse_date(value: Any) -> date | None:
    """The day that a form was given; None if it says none."""
    try:
        day = value if isinstance(value, date) else date.fromisoformat(str(value))
    except ValueError:
        return None
    return day if day.year in YEARS else None


def counted_day(step: Step | None, given: Mapping[str, Any], name: str, facts: Facts) -> date | None:
    """The day that a field of the step's form says; an announcement is a delivery only so many days after it was made."""
    day = parse_date(given.get(name))
    asked = next((each for each in (step.fields if step else ()) if each.name == name), None)
    if day and asked and asked.later and holds(asked.later.when, facts):
        day += asked.later.span.length * asked.later.span.unit.step
    return day
