"""Numbers in classes, and how they are spread; natural breaks and quantiles by the library mapclassify."""

import math
from collections.abc import Sequence
from itertools import pairwise

from django.utils.translation import gettext as _

from layers.child_process.limits import Limits
from layers.child_process.work import run_limited
from layers.query.errors import InvalidQuery
from layers.registry.text import Text

METHODS = {
    "natural": Text("自然断点", "Natural breaks"),
    "quantiles": Text("分位数", "Quantiles"),
    "equal": Text("等间距", "Equal intervals"),
    "own": Text("自定断点", "Own breaks"),
}
FEWEST, MOST = 2, 9
BARS = 24
MOST_EXACT = 1000
"""Values whose natural breaks are found by trying all, which takes time by the square; those of more are near enough."""
LIMITS = Limits(seconds=30, megabytes=2048)


def upper_bounds(values: Sequence[float], method: str, count: int, own: str) -> list[float]:
    """Of each class, the last of which ends with the greatest value; fewer classes where there are fewer values."""
    if method == "own":
        return _own(own, min(values), max(values))
    different = len(set(values))
    if different <= count:
        return sorted(set(values))
    return run_limited(LIMITS, library_bounds, list(values), method, count)


def library_bounds(values: list[float], method: str, count: int) -> list[float]:
    """In a process of its own: the library is large."""
    import mapclassify
    import numpy as np

    makers = {
        "natural": mapclassify.FisherJenks if len(values) <= MOST_EXACT else mapclassify.NaturalBreaks,
        "quantiles": mapclassify.Quantiles,
        "equal": mapclassify.EqualInterval,
    }
    np.random.seed(1)
    found = makers[method](np.array(values), k=count)
    bounds = sorted({float(bound) for bound in found.bins})
    return [*bounds[:-1], max(values)]


def _own(text: str, least: float, greatest: float) -> list[float]:
    try:
        found = [float(word) for word in text.replace(";", ",").replace("，", ",").split(",")]
    except ValueError:
        found = []
    if (
        not found
        or len(found) >= MOST
        or not all(map(math.isfinite, found))
        or any(after <= before for before, after in pairwise(found))
    ):
        raise InvalidQuery(
            _("Give at most %(most)d breaks as rising numbers separated by commas.") % {"most": MOST - 1}
        )
    return [*(bound for bound in found if least <= bound < greatest), greatest]


def class_of(value: float, bounds: Sequence[float]) -> int:
    """A value on a break belongs to the class that ends there."""
    return next((place for place, bound in enumerate(bounds) if value <= bound), len(bounds) - 1)


def spread(values: Sequence[float]) -> list[tuple[float, float, int]]:
    """Bars of equal width: where each begins and ends, and how many values lie in it."""
    low, high = min(values), max(values)
    width = (high - low) / BARS
    if not width:
        return [(low, high, len(values))]
    counts = [0] * BARS
    for value in values:
        counts[min(BARS - 1, int((value - low) / width))] += 1
    return [(low + place * width, low + (place + 1) * width, count) for place, count in enumerate(counts)]
