"""When conditions hold, and what they ask about."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from layers.casework.procedures import Facts, holds
from layers.casework.procedures.conditions import (
    ALWAYS,
    NOTHING,
    All,
    AnyOf,
    Condition,
    FieldAbove,
    FieldIn,
    HasFlag,
    HasStep,
    Not,
    PartyIs,
    amount,
    referenced_names,
)

FACTS = Facts(
    flags=frozenset({"serious"}),
    steps=frozenset({"file"}),
    fields={"fine": 201, "noticed": "200", "penalty": "fine", "empty": None},
    party="person",
)
SIMPLE: list[Condition] = [
    HasFlag("serious"),
    HasFlag("minor"),
    HasStep("file"),
    HasStep("close"),
    PartyIs("person"),
    FieldAbove("fine", Decimal(200)),
    FieldIn("penalty", ("warning",)),
]
CONDITIONS: st.SearchStrategy[Condition] = st.recursive(
    st.sampled_from(SIMPLE),
    lambda inside: st.one_of(
        st.lists(inside, max_size=3).map(lambda each: All(tuple(each))),
        st.lists(inside, max_size=3).map(lambda each: AnyOf(tuple(each))),
        inside.map(Not),
    ),
    max_leaves=8,
)


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (None, True),
        (ALWAYS, True),
        (NOTHING, False),
        (HasFlag("serious"), True),
        (HasFlag("minor"), False),
        (HasStep("file"), True),
        (HasStep("close"), False),
        (PartyIs("person"), True),
        (PartyIs("organisation"), False),
        (FieldAbove("fine", Decimal(200)), True),
        (FieldAbove("fine", Decimal(201)), False),
        (FieldAbove("fine", "noticed"), True),
        (FieldAbove("noticed", "fine"), False),
        (FieldAbove("fine", "unknown"), False),
        (FieldAbove("unknown", Decimal(0)), False),
        (FieldAbove("empty", Decimal(0)), False),
        (FieldIn("penalty", ("warning", "fine")), True),
        (FieldIn("penalty", ("warning",)), False),
        (FieldIn("unknown", ("warning",)), False),
    ],
)
def test_each_kind_of_condition(condition: Condition | None, expected: bool) -> None:
    assert holds(condition, FACTS) is expected


@given(CONDITIONS, CONDITIONS)
def test_negation_follows_de_morgan(one: Condition, other: Condition) -> None:
    assert holds(Not(All((one, other))), FACTS) == holds(AnyOf((Not(one), Not(other))), FACTS)
    assert holds(Not(Not(one)), FACTS) == holds(one, FACTS)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("200.01", Decimal("200.01")),
        (" 5 ", Decimal(5)),
        (Decimal("0.1"), Decimal("0.1")),
        ("NaN", None),
        ("sNaN", None),
        ("Infinity", None),
        ("二百", None),
        ("", None),
        (None, None),
        (True, None),
        ([], None),
    ],
)
def test_amounts(value: Any, expected: Decimal | None) -> None:
    assert amount(value) == expected


def test_what_conditions_ask_about() -> None:
    asked = All((Not(HasFlag("a")), AnyOf((HasStep("b"), FieldAbove("c", "d"), FieldIn("e", ())))))
    assert referenced_names(asked) == {
        ("flag", "a"),
        ("step", "b"),
        ("field", "c"),
        ("field", "d"),
        ("field", "e"),
    }
    assert referenced_names(None) == set()
