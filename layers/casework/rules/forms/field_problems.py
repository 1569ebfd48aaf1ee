"""What is wrong with what a field was given."""

from collections.abc import Iterator
from typing import Any

from layers.casework.procedures.conditions import amount
from layers.casework.procedures.fields import Field
from layers.casework.procedures.vocabulary import FieldKind
from layers.registry.text import Text

from .areas import area_problem
from .checklists import checklist_problems, is_untouched
from .form_input import parse_date, parse_money
from .references import NAMED_BY, reference_problem


def is_blank(field: Field, value: Any) -> bool:
    return (
        value is None
        or str(value).strip() == ""
        or value in ([], ())
        or (field.kind is FieldKind.FLAG and not value)
        or (field.kind is FieldKind.CHECKLIST and is_untouched(field, value))
    )


def field_problems(field: Field, value: Any) -> Iterator[Text]:
    if field.kind is FieldKind.CHECKLIST:
        yield from checklist_problems(field, value)
    elif field.kind in NAMED_BY:
        if problem := reference_problem(field, value):
            yield problem
    elif field.kind is FieldKind.AREA:
        if problem := area_problem(field, value):
            yield problem
    elif not _is_valid(field, value) and field.kind is FieldKind.NUMBER:
        zh, en = (
            ("", "") if field.least is None else (f"且不小于{field.least}", f" of at least {field.least}")
        )
        yield Text(
            f"“{field.title.zh}”应为数字{zh}，如1500.5，不加逗号",
            f'"{field.title.en}" must be a number{en}, such as 1500.5, without commas',
        )
    elif not _is_valid(field, value):
        yield Text(f"“{field.title.zh}”填写有误", f'"{field.title.en}" is not filled in correctly')


def _is_valid(field: Field, value: Any) -> bool:
    match field.kind:
        case FieldKind.NUMBER:
            number = amount(value)
            return number is not None and (field.least is None or number >= field.least)
        case FieldKind.CHOICE:
            return str(value) in field.choices
        case FieldKind.CHOICES:
            return isinstance(value, list | tuple) and all(str(each) in field.choices for each in value)
        case FieldKind.MONEY:
            yuan = parse_money(value)
            return yuan is not None and yuan >= (field.least or 0)
        case FieldKind.DATE:
            return parse_date(value) is not None
        case FieldKind.FLAG:
            return isinstance(value, bool)
        case _:
            return True
