"""Colours of classes and categories that people with any colour vision tell apart, by lightness or by choice."""

from collections.abc import Sequence

from layers.registry.text import Text

RAMPS = {
    "blue": (Text("蓝", "Blue"), ("#eef4fb", "#6fa8d6", "#0b2f66")),
    "orange": (Text("橙", "Orange"), ("#fff3e4", "#f0964a", "#6e2a04")),
    "green": (Text("绿", "Green"), ("#eff8ec", "#73b873", "#0b3d1e")),
    "violet": (Text("紫—黄", "Violet to yellow"), ("#fbe64a", "#2c9488", "#3f0d52")),
    "diverging": (Text("蓝—橙（双向）", "Blue to orange, diverging"), ("#1c5a99", "#f5f3ee", "#b3560b")),
}
CATEGORIES = ("#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#f0e442")
REST, NOTHING = "#8a8a8a", "#e0e0e0"


def colors(ramp: str, count: int) -> list[str]:
    """Evenly along the ramp, which goes through three colours."""
    stops = [_numbers(stop) for stop in RAMPS[ramp][1]]
    places = [2 * step / (count - 1) if count > 1 else 1.0 for step in range(count)]
    return [_between(stops, place) for place in places]


def _between(stops: Sequence[tuple[int, ...]], place: float) -> str:
    first = min(int(place), len(stops) - 2)
    share = place - first
    parts = zip(stops[first], stops[first + 1], strict=True)
    return "#" + "".join(f"{round(low + (high - low) * share):02x}" for low, high in parts)


def _numbers(color: str) -> tuple[int, ...]:
    return tuple(int(color[place : place + 2], 16) for place in (1, 3, 5))
