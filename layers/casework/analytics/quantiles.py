"""Classes of a map that shows numbers by shades: as many areas in each as can be, equal numbers always together."""

from collections.abc import Iterable
from math import ceil

Class = tuple[float, float]
"""The lowest and the highest number of a class."""


def quantiles(values: Iterable[float], most: int = 5) -> list[Class]:
    found = sorted(values)
    tops = sorted({found[ceil(n * len(found) / most) - 1] for n in range(1, most + 1)}) if found else []
    classes: list[Class] = []
    below = float("-inf")
    for top in tops:
        classes.append((min(value for value in found if value > below), top))
        below = top
    return classes


def class_index(value: float, classes: list[Class]) -> int:
    """The number of the class that holds a value of those it was made of."""
    return next(number for number, (_, high) in enumerate(classes) if value <= high)
