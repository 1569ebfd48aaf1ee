"""What others can ask of the figures of the demo district tells of none of its small groups."""

from collections import Counter
from itertools import product
from typing import Any

import pytest
from django.utils import timezone

from geoportal.demo.district import District
from layers.enforcement.models import EnforcementCase
from tests.casework.figure_attack import Cell, small_groups_told


@pytest.mark.parametrize("apart", ["department and category", "department", "category"])
def test_no_small_group_is_counted_and_hardly_any_told_from_none(
    apart: str, made: District, settings: Any
) -> None:
    settings.SECRET_KEY = "of the demo district"
    small, told = small_groups_told(groups(made, apart))
    assert small > 100
    assert told < small / 50


def groups(made: District, apart: str) -> dict[Cell, int]:
    """The numbers of cases by month and what they are told apart by."""
    found = Counter(
        (
            case["department_id"] if "department" in apart else 0,
            case["category"] if "category" in apart else "",
            timezone.localtime(case["reported"]).year * 12 + timezone.localtime(case["reported"]).month - 1,
        )
        for case in made.tables[EnforcementCase]
    )
    departments, categories, months = (sorted(set(axis)) for axis in zip(*found, strict=True))
    return {cell: found[cell] for cell in product(departments, categories, months)}
