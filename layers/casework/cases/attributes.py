"""What a step's form writes to attributes of the case: as they keep it, and why they cannot."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from django.core.exceptions import ValidationError

from layers.casework.extension import attribute_field
from layers.casework.models import Case, PartyKind
from layers.casework.procedures import Step
from layers.casework.rules.party_values import PartyValueError, identity_number, telephone
from layers.registry.text import Text

from .effects import StepInput


def with_party_numbers(case: Case, step: Step, given: StepInput) -> StepInput:
    """Numbers of identity and telephones as they are kept; what is none stays for the refusals."""
    fields = dict(given.fields)
    for asked in step.fields:
        if asked.writes in {"party_id", "party_phone"} and asked.name in fields:
            try:
                fields[asked.name] = _party_number(case, step, given, asked.writes, fields[asked.name])
            except PartyValueError:
                continue
    return replace(given, fields=fields)


def attribute_refusals(case: Case, step: Step, given: StepInput) -> Iterator[Text]:
    """Values that the attributes they are written to cannot hold."""
    for asked in step.fields:
        if not asked.writes or asked.name not in given.fields:
            continue
        value = given.fields[asked.name]
        try:
            attribute_field(case, asked.writes).clean(value, case)
            _party_number(case, step, given, asked.writes, value)
        except ValidationError:
            if str(value or "").strip():
                yield Text(f"“{asked.title.zh}”过长或有误。", f'"{asked.title.en}" is too long or wrong.')
        except PartyValueError as problem:
            yield problem.sentence


def foreign_features(case: Case, step: Step, given: StepInput) -> Iterator[Text]:
    """Features of departments that do not handle the case, where the field asks for the own ones."""
    for asked in step.fields:
        value = given.fields.get(asked.name)
        if not (asked.own and isinstance(value, Mapping)):
            continue
        code = value.get(asked.own)
        if code and code not in {case.department.code, *case.joint}:
            yield Text(
                f"“{value['title']}”不属于本案办理部门的“{asked.title.zh}”。",
                f'"{value["title"]}" is not of a department that handles the case ("{asked.title.en}").',
            )


def _party_number(case: Case, step: Step, given: StepInput, column: str, value: Any) -> Any:
    """As it is kept; a number that the case has already is not judged again."""
    if column not in {"party_id", "party_phone"} or value == getattr(case, column):
        return value
    written = str(value or "")
    return (
        telephone(written) if column == "party_phone" else identity_number(_kind(case, step, given), written)
    )


def _kind(case: Case, step: Step, given: StepInput) -> str:
    """Of the party as the form says it; a party that is found with the step has none yet."""
    stated = (given.fields.get(each.name) for each in step.fields if each.writes == "party_kind")
    kind = next((str(each) for each in stated if each), case.party_kind)
    return "" if kind == PartyKind.NONE else kind
