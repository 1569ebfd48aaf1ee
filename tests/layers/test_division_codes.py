"""Division codes: twelve digits, and each the child of its parent."""

import pytest

from layers.base.rules import division_code_errors


@pytest.mark.parametrize(
    ("code", "level", "parent"),
    [
        ("330206000000", "district", ""),
        ("330206002000", "subdistrict", "330206000000"),
        ("330206002200", "village", "330206002000"),
    ],
)
def test_codes_of_the_district_are_right(code: str, level: str, parent: str) -> None:
    assert division_code_errors(code, level, parent) == []


@pytest.mark.parametrize(
    ("code", "level", "parent"),
    [
        ("33020600200", "village", "330206002000"),
        ("33020600220x", "village", "330206002000"),
        ("330206003200", "village", "330206002000"),
        ("330206002200", "subdistrict", "330206000000"),
        ("330206002000", "village", "330206002000"),
        ("330206002200", "village", ""),
    ],
)
def test_mistakes_in_codes_are_named(code: str, level: str, parent: str) -> None:
    assert division_code_errors(code, level, parent)
