"""From a delivery's columns to rows of a layer's model."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from decimal import InvalidOperation
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db import models

from layers.registry.mapping import Column, ImportMapping
from layers.registry.values import plain

from . import convert
from .delivery import Delivery, Refused

Row = dict[str, Any]


@dataclass
class Plan:
    """Which headings fill which field, and how; ``stated`` values hold for every row."""

    model: type[models.Model]
    mapping: ImportMapping
    headings: dict[str, list[str]]
    stated: dict[str, str] = field(default_factory=dict)
    adding: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        self.used = [c for c in self.mapping.columns if c.name in self.headings or c.name in self.stated]
        self.converters = {column.name: self._converter(column) for column in self.used}
        self.parents = {
            column.name: _Parents(self.model, column, adds=column.name in self.adding)
            for column in self.used
            if column.match
        }

    def rows(self, delivery: Delivery) -> Iterator[Row | str]:
        """A row of values by field, or the sentence that says why there is none."""
        cells = {c.name: [delivery.columns[h] for h in self.headings.get(c.name, ())] for c in self.used}
        for index in range(len(delivery)):
            try:
                yield self._row({name: [column[index] for column in found] for name, found in cells.items()})
            except ValueError as problem:
                yield str(problem)

    def _row(self, cells: dict[str, list[Any]]) -> Row:
        row: Row = dict(self.mapping.defaults)
        for column in self.used:
            given = self.stated.get(column.name)
            value = next((v for v in cells[column.name] if not _absent(v)), None) if given is None else given
            if value is not None:
                row[column.name] = self._converted(column, value)
            elif column.required and column.name not in row:
                raise ValueError(f"{column.name} is empty")
        if self.mapping.derive:
            row = self.mapping.derive(row)
        for name, value in row.items():
            if name not in self.parents:
                convert.check(_field(self.model, name), value)
            elif value is not None:
                row[name] = self.parents[name](value)
        return row

    def try_value(self, name: str, value: str) -> None:
        """Raise ValueError where a value that is stated for every row does not fit."""
        found = self.converters[name](value)
        if name in self.parents:
            self.parents[name](found)

    def _converted(self, column: Column, value: Any) -> Any:
        try:
            return self.converters[column.name](value)
        except (OverflowError, InvalidOperation):
            raise ValueError(f"{column.name}: “{value}” is no number that can be kept") from None

    def _converter(self, column: Column) -> Callable[[Any], Any]:
        if column.match:
            return plain
        if column.convert:
            return column.convert
        try:
            return convert.converter(_field(self.model, column.name))
        except FieldDoesNotExist:
            return plain


def plan(
    model: type[models.Model],
    mapping: ImportMapping,
    delivery: Delivery,
    stated: dict[str, str],
    values: dict[str, str],
    adding: frozenset[str] = frozenset(),
) -> Plan:
    """Find each field's headings; ``stated`` headings win over the mapping's, ``values`` over both."""
    known = {column.name: column for column in mapping.columns}
    for option, names in (("--map", stated), ("--set", values)):
        for name in names:
            if name not in known:
                raise Refused(f"{option}: no field {name} can be imported; there are {', '.join(known)}.")
    for name in adding:
        if name not in known or not known[name].create:
            raise Refused(f"--add-missing: {name} names nothing that an import may add.")
    headings: dict[str, list[str]] = {}
    for column in mapping.columns:
        found = _headings(column, delivery, stated.get(column.name))
        if found:
            headings[column.name] = found
        elif column.required and column.name not in values and column.name not in mapping.defaults:
            raise Refused(
                f"No column of the file is {column.name!r}; name it with --map {column.name}=HEADING or give all rows "
                f"one value with --set {column.name}=VALUE. The file has {', '.join(delivery.columns)}."
            )
    made = Plan(model, mapping, headings, values, adding)
    for name, value in values.items():
        try:
            made.try_value(name, value)
        except ValueError as problem:
            raise Refused(f"--set {name}: {problem}.") from None
    return made


def _headings(column: Column, delivery: Delivery, stated: str | None) -> list[str]:
    if stated is not None:
        heading = delivery.heading(stated)
        if heading is None:
            raise Refused(f"The file has no column {stated!r}; it has {', '.join(delivery.columns)}.")
        return [heading]
    names = column.headings if column.name in column.headings else (column.name, *column.headings)
    found = [heading for heading in map(delivery.heading, names) if heading is not None]
    return found if column.first_filled else found[:1]


class _Parents:
    """Rows of another model by a field of theirs, and those that the operator wants added."""

    def __init__(self, model: type[models.Model], column: Column, *, adds: bool) -> None:
        other = _field(model, column.name).related_model
        if not isinstance(other, type):
            raise Refused(f"{column.name} is no foreign key of {model.__name__}.")
        self.other, self.column, self.adds = other, column, adds
        self.known = {str(key): pk for key, pk in other._default_manager.values_list(column.match, "pk")}

    def __call__(self, key: str) -> Any:
        if key not in self.known and self.adds:
            for name in self.column.create:
                convert.check(_field(self.other, name), key)
            self.known[key] = self.other._default_manager.create(**dict.fromkeys(self.column.create, key)).pk
        if key not in self.known:
            raise ValueError(f"{self.column.name} “{key}” is not known")
        return self.known[key]


def _field(model: type[models.Model], name: str) -> "models.Field[Any, Any]":
    found = model._meta.get_field(name)
    if not isinstance(found, models.Field):
        raise FieldDoesNotExist(f"{model.__name__}.{name} is no column")
    return found


def _absent(value: Any) -> bool:
    return value is None or value == "" or value != value or (isinstance(value, str) and not value.strip())
