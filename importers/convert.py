"""Delivered values as a model field takes them, checked in sentences before the database is asked."""

import math
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django.db import connection, models

from layers.registry.values import day, moment, number, plain, truth, whole, words_of

Convert = Callable[[Any], Any]

KINDS: tuple[tuple[type, Convert], ...] = (
    (models.BooleanField, truth),
    (models.IntegerField, whole),
    (models.FloatField, number),
    (models.DecimalField, lambda value: Decimal(plain(value))),
    (models.DateTimeField, moment),
    (models.DateField, day),
)


def converter(field: "models.Field[Any, Any]") -> Convert:
    """From a file's value to the field's; code lists are met by code and by their label in either language."""
    if field.choices:
        return _chosen(field)
    return next((convert for kind, convert in KINDS if isinstance(field, kind)), plain)


def check(field: "models.Field[Any, Any]", value: Any) -> None:
    """Raise ValueError with a sentence where the database would refuse a converted value."""
    if value is None or value == "":
        return
    if field.choices and value not in dict(field.flatchoices):
        raise ValueError(f"{field.name}: “{value}” is not in the code list")
    if isinstance(value, str) and field.max_length and len(value) > field.max_length:
        raise ValueError(f"{field.name} has {len(value)} characters, {field.max_length} fit")
    if isinstance(field, models.IntegerField):
        low, high = connection.ops.integer_field_range(field.get_internal_type())
        if not (low or 0) <= value <= (high or 0):
            raise ValueError(f"{field.name}: {value} is too large")
    if isinstance(value, float) and not math.isfinite(value):
        raise ValueError(f"{field.name}: {value} is no number")
    if isinstance(field, models.DecimalField) and abs(value) >= 10 ** (
        (field.max_digits or 0) - (field.decimal_places or 0)
    ):
        raise ValueError(f"{field.name}: {value} is too large")


def _chosen(field: "models.Field[Any, Any]") -> Convert:
    words = words_of(field.flatchoices)

    def convert(value: Any) -> Any:
        try:
            return words[plain(value).lower()]
        except KeyError:
            raise ValueError(f"{field.name}: “{value}” is not in the code list") from None

    return convert
