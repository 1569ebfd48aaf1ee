"""What cases are counted by: a set of them, and one set as a share of another."""

from dataclasses import dataclass

from layers.registry.text import Text


@dataclass(frozen=True)
class Measure:
    """A set of cases: ``sql`` is a condition over what :mod:`layers.casework.analytics.indicators` says of a case."""

    code: str
    title: Text
    meaning: Text
    sql: str


@dataclass(frozen=True)
class Rate:
    """One set as a share of another that it lies in, both by their codes."""

    code: str
    title: Text
    meaning: Text
    part: str
    whole: str
