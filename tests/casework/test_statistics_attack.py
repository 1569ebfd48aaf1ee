"""Whoever puts together all figures of others that can be asked for learns of no small group how many cases it has, and
of hardly any that it has some."""

import random
from itertools import product
from math import exp
from typing import Any

import pytest

from layers.casework.analytics.indicators import measures
from layers.casework.analytics.statistics import FEW, FigureRow, suppress_small_counts
from tests.casework.figure_attack import Cell, small_groups_told

DEPARTMENTS, CATEGORIES, MONTHS = range(3), ("a", "b", "c", "d"), range(12)


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


@pytest.mark.parametrize("mean", [2, 5, 10])
def test_no_small_group_is_counted_and_hardly_any_told_from_none(mean: float, settings: Any) -> None:
    small = told = 0
    for seed in range(12):
        settings.SECRET_KEY = f"of district {seed}"
        found = small_groups_told(district(seed, mean))
        small, told = small + found[0], told + found[1]
    assert small > 100
    assert told < small / 50  # one in twenty, where everybody knows from where on is rounded up


def test_a_larger_number_is_never_told_as_a_smaller_one() -> None:
    shown = [suppress_small_counts([FigureRow("all", dict.fromkeys(measures(), n))])[0] for n in range(200)]
    told = [row.counts["reported"] for row in shown]
    assert told == sorted(told)
    assert all(abs(number - each) < FEW for number, each in enumerate(told))
