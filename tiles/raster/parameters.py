"""What a map request says in numbers, checked before MapProxy reads it: it breaks on what are none."""

import math
from collections.abc import Callable, Iterable

from layers.errors import InvalidInput
from layers.registry.text import Text

MAX_PIXELS = 2048
"""Of an edge, as the capabilities state."""


def check(query: Iterable[tuple[str, str]]) -> None:
    """Raises InvalidInput, naming the parameter; names are in any case, as WMS has them."""
    for name, text in query:
        if rule := RULES.get(name.lower()):
            rule(name, text)


def _box(name: str, text: str) -> None:
    try:
        sides = [float(side) for side in text.split(",")]
    except ValueError:
        sides = []
    if len(sides) != 4 or not all(math.isfinite(side) for side in sides):
        raise InvalidInput(
            Text(
                f"“{name}”应为以逗号分隔的四个有限数。",
                f"“{name}” is four finite numbers, separated by commas.",
            )
        )


def _whole(low: int, high: int) -> Callable[[str, str], None]:
    def rule(name: str, text: str) -> None:
        sign, digits = (-1, text[1:]) if text.startswith("-") else (1, text)
        if not (
            digits.isascii() and digits.isdigit() and len(digits) < 10 and low <= sign * int(digits) <= high
        ):
            raise InvalidInput(
                Text(
                    f"“{name}”应为 {low} 至 {high} 之间的整数。",
                    f"“{name}” is a whole number from {low} to {high}.",
                )
            )

    return rule


def _color(name: str, text: str) -> None:
    if not (
        len(text) == 8 and text[:2].lower() == "0x" and all(c in "0123456789abcdefABCDEF" for c in text[2:])
    ):
        raise InvalidInput(Text(f"“{name}”应写成 0xRRGGBB。", f"“{name}” is a colour, written as 0xRRGGBB."))


_EDGE, _PIXEL, _TILE = _whole(1, MAX_PIXELS), _whole(0, MAX_PIXELS), _whole(0, 2**30)
RULES: dict[str, Callable[[str, str], None]] = {
    "bbox": _box,
    "bgcolor": _color,
    "height": _EDGE,
    "width": _EDGE,
    "i": _PIXEL,
    "j": _PIXEL,
    "x": _PIXEL,
    "y": _PIXEL,
    "tilecol": _TILE,
    "tilerow": _TILE,
}
