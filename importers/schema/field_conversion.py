"""Delivered columns to the fields of a layer's model: each distinct value is converted and checked once."""

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from django.core.exceptions import FieldDoesNotExist
from django.db import connection, models
from django.utils.translation import gettext as _

from layers.registry.values import day, moment, number, plain, truth, whole, words_of

Convert = Callable[[Any], Any]
Codes = npt.NDArray[np.int64]

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


@dataclass(frozen=True)
class InvalidValue:
    """Stands for a value that cannot be taken."""

    why: str
    value: str = ""
    field: str = ""


@dataclass
class EncodedColumn:
    """A column by its distinct values: ``codes`` are places in ``values``, -1 where the row has none."""

    codes: Codes
    values: list[Any]

    def map(self, convert: Convert) -> "EncodedColumn":
        return EncodedColumn(self.codes, [convert(value) for value in self.values])

    def fill_blanks(self, default: Any) -> "EncodedColumn":
        if default is None or not (self.codes < 0).any():
            return self
        return EncodedColumn(np.where(self.codes < 0, len(self.values), self.codes), [*self.values, default])

    def invalid(self) -> Iterable[tuple[int, InvalidValue]]:
        """The rows with a value that cannot be taken."""
        bad = [isinstance(value, InvalidValue) for value in self.values]
        if any(bad):
            flags = np.array([*bad, False])
            for index in np.flatnonzero(flags[self.codes]).tolist():
                yield index, self.values[self.codes[index]]

    def array(self, kind: pa.DataType) -> pa.Array:
        values = [None if isinstance(value, InvalidValue) else value for value in self.values]
        if pa.types.is_string(kind):
            values = [None if value is None else str(value) for value in values]
        indices = pa.array(self.codes, mask=self.codes < 0)
        return pa.array(values, kind).take(indices)


def encode(array: pa.Array) -> EncodedColumn:
    """What a file writes for nothing (no value, blanks, NaN) has no code."""
    if isinstance(array, pa.DictionaryArray):
        array = array.dictionary_decode()
    if pa.types.is_nested(array.type) or pa.types.is_binary(array.type):
        array = pa.array([None if cell is None else str(cell) for cell in array.to_pylist()], pa.string())
    encoded = array.dictionary_encode()
    values = encoded.dictionary.to_pylist()
    codes = encoded.indices.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int64)
    kept = [place for place, value in enumerate(values) if not is_blank(value)]
    if len(kept) < len(values):
        renumbered = np.full(len(values) + 1, -1, dtype=np.int64)
        renumbered[kept] = np.arange(len(kept))
        codes, values = renumbered[codes], [values[place] for place in kept]
    return EncodedColumn(codes, values)


def coalesce(columns: list[EncodedColumn]) -> EncodedColumn:
    """Of several columns the first that a row fills."""
    codes, values = columns[0].codes.copy(), list(columns[0].values)
    for column in columns[1:]:
        taken = (codes < 0) & (column.codes >= 0)
        codes[taken] = column.codes[taken] + len(values)
        values += column.values
    return EncodedColumn(codes, values)


def constant(value: Any, rows: int) -> EncodedColumn:
    return EncodedColumn(np.zeros(rows, dtype=np.int64), [value])


def combine(columns: Mapping[str, EncodedColumn], rows: int) -> tuple[Codes, list[dict[str, Any]]]:
    """The distinct combinations of several columns, each as a row of what is filled, and which each row has."""
    codes = np.zeros(rows, dtype=np.int64)
    for column in columns.values():
        _, codes = np.unique(codes * (len(column.values) + 1) + column.codes + 1, return_inverse=True)
    _, firsts = np.unique(codes, return_index=True)
    combinations = [
        {name: column.values[at] for name, column in columns.items() if (at := column.codes[index]) >= 0}
        for index in firsts.tolist()
    ]
    return codes, combinations


def converter(model: type[models.Model], name: str) -> Convert:
    """From a file's value to the field's; code lists are met by code and by their label in either language."""
    try:
        field = field_of(model, name)
    except FieldDoesNotExist:
        return plain
    if field.choices:
        return _choice_converter(field)
    return next((convert for kind, convert in KINDS if isinstance(field, kind)), plain)


def catch_errors(convert: Convert, name: str) -> Convert:
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

    return attempt


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


def validator(field: "models.Field[Any, Any]") -> Convert:
    def same(value: Any) -> Any:
        if not isinstance(value, InvalidValue):
            validate(field, value)
        return value

    return catch_errors(same, field.name)


def arrow_type(field: "models.Field[Any, Any]") -> pa.DataType:
    """How a field travels to the database; what is not listed goes as text."""
    return next((kind for model, kind in ARROW if isinstance(field, model)), pa.string())


def is_text(field: "models.Field[Any, Any]") -> bool:
    return isinstance(field, models.CharField | models.TextField)


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


def is_blank(value: Any) -> bool:
    return value is None or value != value or (isinstance(value, str) and not value.strip())


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
