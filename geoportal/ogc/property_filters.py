"""Conditions from the values that an address gives as text."""

import datetime
from collections.abc import Callable
from typing import Any

from django.db import models
from django.utils.dateparse import parse_date, parse_datetime

from layers.registry.access.layer_query import Condition
from layers.registry.declaration.layer import Attribute, Kind, Layer

BOOLEANS = {"true": True, "false": False}
BIGGEST = 2**63


class NoSuchValue(ValueError):
    """The text can be no value of the attribute."""


def equals(layer: Layer, attribute: Attribute, text: str) -> Condition:
    """Rows whose attribute has the value, compared as the type of its column so that an index can serve."""
    kind = layer.kind(attribute)
    if kind == Kind.CODE and isinstance(layer.model_field(attribute), models.IntegerField):
        kind = Kind.INTEGER
    try:
        value = READERS.get(kind, str)(text)
    except (ValueError, KeyError):
        raise NoSuchValue(f"“{text[:40]}” can be no value of “{attribute.name}”.") from None
    return Condition(f'"{attribute.name}" = %s', (value,))


def _integer(text: str) -> int:
    value = int(text)
    if not -BIGGEST <= value < BIGGEST:
        raise ValueError(text)
    return value


def _date(text: str) -> datetime.date:
    value = parse_date(text)
    if value is None:
        raise ValueError(text)
    return value


def _time(text: str) -> datetime.datetime:
    value = parse_datetime(text)
    if value is None:
        raise ValueError(text)
    return value


READERS: dict[Kind, Callable[[str], Any]] = {
    Kind.INTEGER: _integer,
    Kind.NUMBER: float,
    Kind.BOOLEAN: lambda text: BOOLEANS[text.lower()],
    Kind.DATE: _date,
    Kind.TIME: _time,
}
