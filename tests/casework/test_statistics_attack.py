"""Whoever puts together all figures of others that can be asked for learns of no small group how many cases it has, and
of hardly any that it has some."""

import random
from collections.abc import Iterable, Sequence
from itertools import product
from math import exp
from typing import Any

import pytest

from layers.casework.analytics.indicators import measures
from layers.casework.analytics.statistics import FEW, FigureRow, suppress_small_counts

DEPARTMENTS, CATEGORIES, MONTHS = range(3), range(4), range(12)
Cell = tuple[int, int, int]
Answer = tuple[list[Cell], int, int]
"""The cells that a figure is the sum of, and the least and most that they can come to."""


def singly_and_together(values: Sequence[int]) -> list[Sequence[int]]:
    return [*((each,) for each in values), values]


PERIODS = [*singly_and_together(MONTHS), *(range(first, first + 3) for first in range(0, 12, 3))]


def district(seed: int, mean: float) -> dict[Cell, int]:
    drawn = random.Random(seed)
    weights = {pair: drawn.expovariate(1) for pair in product(DEPARTMENTS, CATEGORIES)}
    return {
        (department, category, month): poisson(drawn, mean * weights[department, category])
        for department, category, month in product(DEPARTMENTS, CATEGORIES, MONTHS)
    }


def poisson(drawn: random.Random, mean: float) -> int:
    count, left = -1, 1.0
    while left > exp(-mean):
        count, left = count + 1, left * drawn.random()
    return max(count, 0)


def bounds(number: int) -> tuple[int, int]:
    """What the answer tells: rounded up or down, and never below FEW where it is told."""
    [row] = suppress_small_counts([FigureRow("all", dict.fromkeys(measures(), number))])
    if "reported" in row.suppressed:
        return 0, FEW - 1
    shown = row.counts["reported"]
    return max(FEW, shown - FEW + 1), shown + FEW - 1


def answers(cases: dict[Cell, int]) -> Iterable[Answer]:
    asked = product(singly_and_together(DEPARTMENTS), singly_and_together(CATEGORIES), PERIODS)
    for departments, categories, months in asked:
        cells = list(product(departments, categories, months))
        yield cells, *bounds(sum(cases[cell] for cell in cells))


def known(cases: dict[Cell, int]) -> dict[Cell, tuple[int, int]]:
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


@pytest.mark.parametrize("mean", [2, 5, 10])
def test_no_small_group_is_counted_and_hardly_any_told_from_none(mean: float, settings: Any) -> None:
    small = told = 0
    for seed in range(12):
        settings.SECRET_KEY = f"of district {seed}"
        cases = district(seed, mean)
        for cell, (least, most) in known(cases).items():
            if 0 < cases[cell] < FEW:
                small += 1
                told += least > 0
                assert least < most, (seed, cell)
    assert small > 100
    assert told < small / 50  # one in twenty, where everybody knows from where on is rounded up


def test_a_larger_number_is_never_told_as_a_smaller_one() -> None:
    shown = [suppress_small_counts([FigureRow("all", dict.fromkeys(measures(), n))])[0] for n in range(200)]
    told = [row.counts["reported"] for row in shown]
    assert told == sorted(told)
    assert all(abs(number - each) < FEW for number, each in enumerate(told))
