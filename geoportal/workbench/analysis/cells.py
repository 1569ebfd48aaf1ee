"""Values of results as people read them."""

from typing import Any

from django.utils import formats

from layers.registry.access.unreadable import Unreadable

DECIMALS = {"metres": 1, "area": 1, "ha": 4}


def cell(value: Any, kind: str) -> str:
    if value is None or isinstance(value, Unreadable):
        return "—"
    if kind == "share":
        return f"{formats.number_format(float(value) * 100, 2)} %"
    if kind in DECIMALS:
        return formats.number_format(float(value), DECIMALS[kind], force_grouping=True)
    return str(value)
