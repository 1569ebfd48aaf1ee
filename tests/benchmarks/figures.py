"""What a benchmark finds."""

from dataclasses import dataclass


class CannotMeasure(RuntimeError):
    """Something that the benchmark needs is missing; the message says what to do."""


@dataclass(frozen=True)
class Figure:
    """A measured value, and its ratio to another figure of the same run."""

    name: str
    value: float
    unit: str
    ratio: float | None = None
    to: str = ""


class Figures:
    """The figures of one run, by name."""

    def __init__(self) -> None:
        self.all: list[Figure] = []

    def add(self, name: str, value: float, unit: str, to: str = "") -> float:
        base = next((figure.value for figure in self.all if figure.name == to), None)
        self.all.append(Figure(name, value, unit, value / base if base else None, to))
        return value
