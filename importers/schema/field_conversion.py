"""Values of a file to those of a model's field, checked as the database would."""

import math
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import Any

import pyarrow as pa
from django.core.exceptions import FieldDoesNotExist
from django.db import connection, models

from layers.registry.declaration.values import day, moment, number, plain, text, truth, whole, words_of
from layers.sentences.sentence import gettext as _

from .encoded_column import InvalidValue

Convert = Callable[[Any], Any]
ConvertAll = Callable[[list[Any]], list[Any]]

KINDS: tuple[tuple[type, Convert], ...] = (
    (models.BooleanField, truth),
    (models.IntegerField, whole),
    (models.FloatField, number),
    (models.DecimalField, lambda value: Decimal(plain(value))),
    (models.DateTimeField, moment),
    (models.DateField, day),
)
ARROW: tuple[tuple[type, pa.DataType], ...] = (
    (models.ForeignKey, pa.int64()),
    (models.BooleanField, pa.bool_()),
    (models.IntegerField, pa.int64()),
    (models.FloatField, pa.float64()),
    (models.DateTimeField, pa.timestamp("us", tz="UTC")),
    (models.DateField, pa.date32()),
)


LONGEST_TEXT = 100_000
"""Letters; what is longer is no value that a card, a table or a tile could show."""


def converter(model: type[models.Model], name: str) -> Convert:
    """From a file's value to the field's; code lists are met by code and by their label in either language."""
    try:
        field = field_of(model, name)
    except FieldDoesNotExist:
        return text
    if field.choices:
        return _choice_converter(field)
    return next((convert for kind, convert in KINDS if isinstance(field, kind)), text)


def catch_errors(convert: Convert, name: str) -> ConvertAll:
    """Gives :class:`InvalidValue` in place of an error."""

    def attempt(value: Any) -> Any:
        try:
            return convert(value)
        except (OverflowError, InvalidOperation):
            return InvalidValue(
                _("{name}: “{value}” is no number that can be kept").format(name=name, value=value),
                str(value),
                name,
            )
        except ValueError as problem:
            return InvalidValue(str(problem), str(value), name)

    def convert_all(values: list[Any]) -> list[Any]:
        try:
            return [convert(value) for value in values]
        except (OverflowError, InvalidOperation, ValueError):
            return [attempt(value) for value in values]

    return convert_all


def validate(field: "models.Field[Any, Any]", value: Any) -> None:
    """Raise ValueError with a sentence where the database would refuse a converted value."""
    if value is None or value == "":
        return
    if field.choices and value not in dict(field.flatchoices):
        raise ValueError(
            _("{field}: “{value}” is not in the code list").format(field=field.name, value=value)
        )
    if isinstance(value, str) and field.max_length and len(value) > field.max_length:
        raise ValueError(
            _("{field} has {count} characters, {max_length} fit").format(
                field=field.name, count=len(value), max_length=field.max_length
            )
        )
    if isinstance(value, str) and len(value) > LONGEST_TEXT:
        raise ValueError(
            _("{field} has {count} characters, {max_length} fit").format(
                field=field.name, count=len(value), max_length=LONGEST_TEXT
            )
        )
    if isinstance(field, models.IntegerField):
        low, high = connection.ops.integer_field_range(field.get_internal_type())
        if not (low or 0) <= value <= (high or 0):
            raise ValueError(_("{field}: {value} is too large").format(field=field.name, value=value))
    if isinstance(value, float) and not math.isfinite(value):
        raise ValueError(_("{field}: {value} is no number").format(field=field.name, value=value))
    if isinstance(field, models.DecimalField) and abs(value) >= 10 ** (
        (field.max_digits or 0) - (field.decimal_places or 0)
    ):
        raise ValueError(_("{field}: {value} is too large").format(field=field.name, value=value))


def validator(field: "models.Field[Any, Any]") -> ConvertAll:
    """Values as they are, but for those that the database would refuse."""

    def same(value: Any) -> Any:
        if not isinstance(value, InvalidValue):
            validate(field, value)
        return value

    check_all = catch_errors(same, field.name)
    if not is_text(field) or field.choices:
        return check_all

    def check_texts(values: list[Any]) -> list[Any]:
        fit = set(map(type, values)) <= {str} and (
            max(map(len, values), default=0) <= min(field.max_length or LONGEST_TEXT, LONGEST_TEXT)
        )
        return values if fit else check_all(values)

    return check_texts


def arrow_type(field: "models.Field[Any, Any]") -> pa.DataType:
    """How a field travels to the database; what is not listed goes as text."""
    return next((kind for model, kind in ARROW if isinstance(field, model)), pa.string())


def is_text(field: "models.Field[Any, Any]") -> bool:
    return isinstance(field, models.CharField | models.TextField)


def is_date(model: type[models.Model], name: str) -> bool:
    """Whether a column fills a field of dates or times; one that is no field fills none."""
    try:
        return isinstance(field_of(model, name), models.DateField)
    except FieldDoesNotExist:
        return False


def field_of(model: type[models.Model], name: str) -> "models.Field[Any, Any]":
    found = model._meta.get_field(name)
    if not isinstance(found, models.Field):
        raise FieldDoesNotExist(f"{model.__name__}.{name} is no column")
    return found


def stored_fields(model: type[models.Model]) -> dict[str, "models.Field[Any, Any]"]:
    """Columns that rows are written to, by the name of their field."""
    return {
        found.name: found
        for found in model._meta.concrete_fields
        if not found.primary_key and not getattr(found, "generated", False)
    }


def _choice_converter(field: "models.Field[Any, Any]") -> Convert:
    words = words_of(field.flatchoices)

    def convert(value: Any) -> Any:
        try:
            return words[plain(value).lower()]
        except KeyError:
            raise ValueError(
                _("{field}: “{value}” is not in the code list").format(field=field.name, value=value)
            ) from None

    return convert
