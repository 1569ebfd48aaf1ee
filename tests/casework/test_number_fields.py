"""A number that cannot be read is refused with how it is written."""

import pytest

from layers.casework.procedures import Field, FieldKind
from layers.casework.rules.forms.field_problems import field_problems
from layers.registry.text import Text

FINE = Field("fine", Text("罚款", "Fine"), FieldKind.NUMBER, least=0)


@pytest.mark.parametrize("wrong", ["abc", "-5", "1,000"])
def test_what_is_no_number_is_refused_with_an_example(wrong: str) -> None:
    (problem,) = field_problems(FINE, wrong)
    assert (problem.zh, problem.en) == (
        "“罚款”应为数字且不小于0，如1500.5，不加逗号",
        '"Fine" must be a number of at least 0, such as 1500.5, without commas',
    )


def test_a_number_is_taken() -> None:
    assert [*field_problems(FINE, "1500.5")] == []
