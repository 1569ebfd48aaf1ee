"""Values of results as people read them."""

from collections.abc import Mapping
from typing import Any

from django.utils import formats

from layers.registry.access.unreadable import Unreadable

NO_WORDS: Mapping[str, object] = {}
DECIMALS = {"metres": 1, "area": 1, "ha": 4}


def cell(value: Any, kind: str, words: Mapping[str, object] = NO_WORDS) -> str:
    """``words`` are those for codes."""
    if value is None or isinstance(value, Unreadable):
        return "—"
    if kind == "share":
        return f"{_rounded(float(value) * 100, 2)} %"
    if kind in DECIMALS:
        return _rounded(float(value), DECIMALS[kind])
    return str(words.get(str(value), value))


def _rounded(number: float, decimals: int) -> str:
    """Django cuts what it does not show."""
    return formats.number_format(round(number, decimals), decimals, force_grouping=True)
