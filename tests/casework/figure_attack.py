"""What others learn of cases by putting together all figures that can be asked for."""

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from itertools import product
from typing import Any

from layers.casework.analytics.indicators import measures
from layers.casework.analytics.statistics import FEW, FigureRow, suppress_small_counts

Cell = tuple[int, str, int]
"""Department, category and month, which is counted from a January."""
Answer = tuple[list[Cell], int, int]
"""The cells that a figure is the sum of, and the least and most that they can come to."""


def singly_and_together(values: Sequence[Any]) -> list[Sequence[Any]]:
    return [*((each,) for each in values), values]


def periods(months: Sequence[int]) -> list[Sequence[int]]:
    """Months, quarters, years, the last twelve months, and all times."""
    parts = (
        tuple(each for each in months if each // length == part)
        for length in (1, 3, 12)
        for part in range(months[0] // length, months[-1] // length + 1)
    )
    return list(dict.fromkeys((*parts, tuple(months[-12:]), tuple(months))))


def bounds(number: int) -> tuple[int, int]:
    """What the answer tells: rounded up or down, and never below FEW where it is told."""
    [row] = suppress_small_counts([FigureRow("all", dict.fromkeys(measures(), number))])
    if "reported" in row.suppressed:
        return 0, FEW - 1
    shown = row.counts["reported"]
    return max(FEW, shown - FEW + 1), shown + FEW - 1


def answers(cases: Mapping[Cell, int]) -> Iterable[Answer]:
    departments, categories, months = (sorted(set(axis)) for axis in zip(*cases, strict=True))
    asked = product(singly_and_together(departments), singly_and_together(categories), periods(months))
    told = cache(bounds)
    for each in asked:
        cells = list(product(*each))
        yield cells, *told(sum(cases[cell] for cell in cells))


def known(cases: Mapping[Cell, int]) -> dict[Cell, tuple[int, int]]:
    """The least and the most that each cell can be, as far as all answers together tell."""
    found, told = {cell: (0, sum(cases.values()) + FEW) for cell in cases}, list(answers(cases))
    is_narrower = True
    while is_narrower:
        is_narrower = False
        for cells, least, most in told:
            low, high = sum(found[cell][0] for cell in cells), sum(found[cell][1] for cell in cells)
            for cell in cells:
                was = found[cell]
                now = max(was[0], least - high + was[1]), min(was[1], most - low + was[0])
                if now != was:
                    found[cell], is_narrower = now, True
                    low, high = low + now[0] - was[0], high + now[1] - was[1]
    return found


def small_groups_told(cases: Mapping[Cell, int]) -> tuple[int, int]:
    """How many groups are small, and of how many of them it is told that they are not none; of none how many they are."""
    small = {cell: each for cell, each in known(cases).items() if 0 < cases[cell] < FEW}
    assert [cell for cell, (least, most) in small.items() if least >= most] == []
    return len(small), sum(least > 0 for least, _ in small.values())
