"""Rows whose attributes have the values that an address gives as text."""

import datetime
from collections.abc import Callable, Mapping
from typing import Any

from django.db import models
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _

from layers.errors import InvalidInput
from layers.query.scope import queryables
from layers.registry.access.layer_query import Condition, LayerQuery
from layers.registry.declaration.layer import Attribute, Kind, Layer

BOOLEANS = {"true": True, "false": False}
BIGGEST = 2**63


def value_conditions(reading: LayerQuery, given: Mapping[str, str]) -> list[Condition]:
    """For those of the parameters that name attributes for which the viewer may ask."""
    known = {attribute.name: attribute for attribute in queryables(reading)}
    return [equals(reading.layer, known[name], text) for name, text in given.items() if name in known]


def equals(layer: Layer, attribute: Attribute, text: str) -> Condition:
    """Compared as the type of the attribute's column, so that an index can serve."""
    kind, choices = layer.kind(attribute), {str(code): code for code in layer.choices(attribute)}
    allowed = ["true", "false"] if kind == Kind.BOOLEAN else list(choices)
    if kind == Kind.CODE and isinstance(layer.model_field(attribute), models.IntegerField):
        kind = Kind.INTEGER
    try:
        if choices and text not in choices:
            raise ValueError(text)
        value = READERS.get(kind, str)(text)
    except (ValueError, KeyError):
        raise _no_value(attribute.name, text, allowed) from None
    return Condition(f'"{attribute.name}" = %s', (value,))


def _no_value(name: str, text: str, allowed: list[str]) -> InvalidInput:
    if allowed:
        sentence = _("“%(value)s” is no value of “%(name)s”; it is one of: %(allowed)s.")
    else:
        sentence = _("“%(value)s” can be no value of “%(name)s”.")
    return InvalidInput(sentence % {"value": text[:40], "name": name, "allowed": ", ".join(allowed)})


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
    if value is None or value.tzinfo is None:
        raise ValueError(text)
    return value


READERS: dict[Kind, Callable[[str], Any]] = {
    Kind.INTEGER: _integer,
    Kind.NUMBER: float,
    Kind.BOOLEAN: lambda text: BOOLEANS[text],
    Kind.DATE: _date,
    Kind.TIME: _time,
}
