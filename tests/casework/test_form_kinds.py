"""Money and several choices: how they are declared, asked, refused and kept."""

from decimal import Decimal
from typing import Any

import pytest

from layers.casework.documents.document_context import field_text
from layers.casework.procedures import Facts, Field, FieldKind, holds
from layers.casework.procedures.conditions import FieldAbove, FieldIn
from layers.casework.rules.forms.field_problems import field_problems, is_blank
from layers.casework.rules.forms.form_input import stored_value
from layers.registry.text import Text
from tests.casework.small_procedure import SMALL, problems_of

OFFERED = {"slat": Text("椅条", "Slat"), "leg": Text("椅脚", "Leg"), "bolt": Text("螺栓", "Bolt")}
PARTS = Field("parts", Text("部件", "Parts"), FieldKind.CHOICES, choices=OFFERED)
COST = Field("cost", Text("费用", "Cost"), FieldKind.MONEY)
DEBT = Field("debt", Text("结余", "Balance"), FieldKind.MONEY, least=-10)


@pytest.mark.parametrize(
    ("field", "value", "right"),
    [
        (PARTS, ["slat"], True),
        (PARTS, ["slat", "bolt"], True),
        (PARTS, ["slat", "wheel"], False),
        (PARTS, "slat", False),
        (COST, "86.5", True),
        (COST, Decimal("0.01"), True),
        (COST, "0", True),
        (COST, "-0.01", False),
        (COST, "0.001", False),
        (COST, "NaN", False),
        (COST, "1000000000000", False),
        (COST, "999999999999.99", True),
        (COST, "much", False),
        (DEBT, "-10", True),
        (DEBT, "-10.01", False),
    ],
)
def test_only_what_the_field_can_hold_is_taken(field: Field, value: Any, right: bool) -> None:
    assert ([*field_problems(field, value)] == []) is right


@pytest.mark.parametrize(("value", "blank"), [([], True), ((), True), (["slat"], False), (None, True)])
def test_nothing_chosen_is_an_empty_field(value: Any, blank: bool) -> None:
    assert is_blank(PARTS, value) is blank


def test_equal_entries_are_kept_equally() -> None:
    assert (
        stored_value(PARTS, ["bolt", "slat", "bolt"])
        == stored_value(PARTS, ("slat", "bolt"))
        == ["slat", "bolt"]
    )
    assert stored_value(COST, "86.5") == stored_value(COST, Decimal("86.500")) == "86.50"
    assert stored_value(COST, "1E+3") == "1000.00"


def test_conditions_look_at_each_choice_and_at_the_amount() -> None:
    facts = Facts(fields={"parts": ["slat", "bolt"], "cost": "86.50"})
    assert holds(FieldIn("parts", ("leg", "bolt")), facts)
    assert not holds(FieldIn("parts", ("leg",)), facts)
    assert holds(FieldAbove("cost", Decimal(86)), facts)
    assert not holds(FieldAbove("cost", Decimal(87)), facts)
    assert not holds(FieldIn("parts", ("['slat', 'bolt']",)), facts)


def test_documents_name_what_was_chosen_and_the_amount() -> None:
    assert field_text(PARTS, ["slat", "bolt"]) == "椅条、螺栓"
    assert field_text(COST, "86.50") == "86.50元"


@pytest.mark.parametrize(
    ("declared", "at", "sentence"),
    [
        ("kind: choices", "fine:", "The field 'fine' offers no choices."),
        ("kind: choice", "fine:", "The field 'fine' offers no choices."),
        (
            "kind: money, choices: {a: {zh: 甲, en: A}}",
            "fine:",
            "'fine' is not chosen from choices.",
        ),
        (
            "kind: choices, choices: {a: {zh: 甲, en: A}}, writes: title",
            "fine:",
            "The field 'fine' of several choices cannot be written to an attribute.",
        ),
    ],
)
def test_a_declaration_that_makes_no_sense_is_told_with_its_line(
    declared: str, at: str, sentence: str
) -> None:
    text = SMALL.replace("kind: number", declared).replace(
        "basis: law 2\n", "basis: law 2\n    fields: {fine: optional}\n"
    )
    line = next(number for number, each in enumerate(text.splitlines(), 1) if at in each)
    assert problems_of(text) == [("own", line, sentence)]
