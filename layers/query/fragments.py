"""Pieces of SQL that know their type and carry their parameters in the order in which they stand."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Type(StrEnum):
    TEXT = "text"
    NUMBER = "number"
    BOOLEAN = "boolean"
    DATE = "date"
    TIME = "time"
    GEOMETRY = "geometry"
    INTERVAL = "interval"
    NULL = "null"


@dataclass(frozen=True)
class Fragment:
    """``sql`` has a ``%s`` for each of ``params``; ``is_open`` is an end of an interval that lies nowhere."""

    type: Type
    sql: str
    params: tuple[Any, ...] = ()


@dataclass(frozen=True)
class Ends:
    """An interval of two moments, None for an open end; a moment alone is its own beginning and end."""

    begin: Fragment | None
    end: Fragment | None


def fragment(kind: Type, template: str, *parts: Fragment) -> Fragment:
    """``{}`` in the template stand for the parts, in their order."""
    return Fragment(
        kind,
        template.format(*(part.sql for part in parts)),
        tuple(value for part in parts for value in part.params),
    )
