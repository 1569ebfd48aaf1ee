"""From a delivery's columns to the fields of a layer's model."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa
from django.core.exceptions import FieldDoesNotExist
from django.db import models

from importers.errors import ImporterError
from importers.options import label_of
from importers.sources.source import Batch, Problem, Source
from layers.registry.declaration.mapping import Column, ImportMapping
from layers.registry.declaration.values import day_before_month, plain
from layers.sentences.sentence import gettext as _

from . import encoded_column, field_conversion
from .encoded_column import Codes, EncodedColumn, InvalidValue
from .field_conversion import field_of, is_date


@dataclass
class MappedBatch:
    """Fields of a batch as the staging table takes them, and what is wrong, by row of the batch."""

    columns: dict[str, pa.Array]
    problems: dict[int, list[Problem]]


@dataclass
class FieldMapping:
    """Which headings fill which field; ``stated`` values hold for every row."""

    model: type[models.Model]
    mapping: ImportMapping
    headings: Mapping[str, list[str]]
    stated: Mapping[str, str] = field(default_factory=dict)
    adding: frozenset[str] = frozenset()
    date_order: str = ""

    def __post_init__(self) -> None:
        self.defaults = {
            name: value() if callable(value) else value for name, value in self.mapping.defaults.items()
        }
        self.used = [c for c in self.mapping.columns if c.name in self.headings or c.name in self.stated]
        self.converters = {
            column.name: field_conversion.catch_errors(self._converter(column), column.name)
            for column in self.used
        }
        self.parents = {
            column.name: _ForeignKeys(self.model, column, adds=column.name in self.adding)
            for column in self.used
            if column.match
        }

    def fill(self, batch: Batch) -> MappedBatch:
        rows, problems = len(batch), dict[int, list[Problem]]()
        found = {column.name: self._column(column, batch, problems) for column in self.used}
        for name, value in self.defaults.items():
            found[name] = (
                found[name].fill_blanks(value) if name in found else encoded_column.constant(value, rows)
            )
        found = self._derive(found, rows, problems)
        columns = {name: self._array(name, column, problems) for name, column in found.items()}
        return MappedBatch(columns, problems)

    def try_value(self, name: str, value: str) -> None:
        """Raise ImporterError where a value that is stated for every row does not fit."""
        [found] = self._checker(name)(self.converters[name]([value]))
        if isinstance(found, InvalidValue):
            raise ImporterError(_("One value for all rows: {why}.").format(why=found.why))

    def _column(self, column: Column, batch: Batch, problems: dict[int, list[Problem]]) -> EncodedColumn:
        if column.name in self.stated:
            given = encoded_column.constant(self.stated[column.name], len(batch))
        else:
            given = encoded_column.coalesce(
                [encoded_column.encode(batch.columns[heading]) for heading in self.headings[column.name]]
            )
        if column.required and column.name not in self.mapping.defaults:
            for index in np.flatnonzero(given.codes < 0).tolist():
                _add(
                    problems,
                    index,
                    InvalidValue(_("{column} is empty").format(column=column.name), "", column.name),
                )
        if self.date_order == "day" and is_date(self.model, column.name):
            given = given.map(lambda values: [day_before_month(value) for value in values])
        return given.map(self.converters[column.name])

    def _derive(
        self, found: dict[str, EncodedColumn], rows: int, problems: dict[int, list[Problem]]
    ) -> dict[str, EncodedColumn]:
        """What the mapping completes from a row's own fields; rows that are wrong already stay as they are."""
        derive = self.mapping.derive
        if derive is None:
            return found
        for column in found.values():
            for index, wrong in column.invalid():
                _add(problems, index, wrong)
        read = {name: found[name] for name in self.mapping.derived_from if name in found}
        codes, combinations = encoded_column.combine(read, rows)

        def complete(row: dict[str, Any]) -> Any:
            if any(isinstance(value, InvalidValue) for value in row.values()):
                return {}
            try:
                return derive(row)
            except KeyError:
                return {}  # a required field is missing, which is said already
            except ValueError as problem:
                return InvalidValue(str(problem))

        completed = [complete(row) for row in combinations]
        for index, wrong in EncodedColumn(codes, completed).invalid():
            if index not in problems:
                _add(problems, index, wrong)
        results = [{} if isinstance(row, InvalidValue) else row for row in completed]
        names = dict.fromkeys(name for row in results for name in row)
        kept = {name: column for name, column in found.items() if name not in read}
        return kept | {name: _expand(codes, [row.get(name) for row in results]) for name in names}

    def _array(self, name: str, column: EncodedColumn, problems: dict[int, list[Problem]]) -> pa.Array:
        model_field = field_of(self.model, name)
        column = column.map(self._checker(name))
        for index, wrong in column.invalid():
            _add(problems, index, wrong)
        if not (model_field.null or field_conversion.is_text(model_field)):
            column = column.fill_blanks(_default(model_field))
            for index in np.flatnonzero(column.codes < 0).tolist():
                if index not in problems:
                    _add(problems, index, InvalidValue(_("{name} is empty").format(name=name), "", name))
        return column.array(field_conversion.arrow_type(model_field))

    def _checker(self, name: str) -> field_conversion.ConvertAll:
        if name in self.parents:
            return self.parents[name].find_all
        return field_conversion.validator(field_of(self.model, name))

    def _converter(self, column: Column) -> field_conversion.Convert:
        if column.match:
            return column.convert or plain
        return column.convert or field_conversion.converter(self.model, column.name)


def map_fields(
    model: type[models.Model],
    mapping: ImportMapping,
    source: Source,
    stated: Mapping[str, str],
    values: Mapping[str, str],
    adding: frozenset[str] = frozenset(),
) -> FieldMapping:
    """Find each field's headings; ``stated`` headings win over the mapping's, ``values`` over both."""
    _refuse_unknown(mapping, (*stated, *values), adding)
    spelled = {heading for column in mapping.columns if column.is_exact for heading in column.headings}
    headings = {
        column.name: found
        for column in mapping.columns
        if (found := find_headings(column, source, stated.get(column.name), spelled))
    }
    for column in mapping.columns:
        if column.required and not {column.name} & {*headings, *values, *mapping.defaults}:
            raise _unfilled(model, column, source)
    made = FieldMapping(model, mapping, headings, values, adding)
    for name, value in values.items():
        made.try_value(name, value)
    return made


def _refuse_unknown(mapping: ImportMapping, stated: Iterable[str], adding: Iterable[str]) -> None:
    known = {column.name: column for column in mapping.columns}
    for name in stated:
        if name not in known:
            raise ImporterError(
                _("No field “{name}” can be filled; there are {names}.").format(
                    name=name, names=", ".join(known)
                )
            )
    for name in adding:
        if name not in known or not known[name].create:
            raise ImporterError(_("An import adds nothing that “{name}” names.").format(name=name))


def _unfilled(model: type[models.Model], column: Column, source: Source) -> ImporterError:
    return ImporterError(
        _(
            "No column of the file is “{column}” ({name}). Choose it under {mapped}, or give all rows one value under {stated}. The file has {names}."
        ).format(
            column=_title(model, column),
            name=column.name,
            mapped=label_of("headings"),
            stated=label_of("values"),
            names=", ".join(source.headings),
        )
    )


def find_headings(
    column: Column, source: Source, stated: str | None, spelled: Collection[str] = ()
) -> list[str]:
    """``spelled`` are headings that belong to the exact columns that have that spelling."""
    if stated is not None:
        heading = source.heading(stated)
        if heading is None:
            raise ImporterError(
                _("The file has no column “{stated}”; it has {names}.").format(
                    stated=stated, names=", ".join(source.headings)
                )
            )
        return [heading]
    if column.is_exact:
        exact = [heading for heading in map(source.heading, column.headings) if heading is not None]
        return [heading for heading in exact if heading in column.headings or heading not in spelled][:1]
    names = column.headings if column.name in column.headings else (column.name, *column.headings)
    found = [heading for heading in map(source.heading, names) if heading is not None]
    return found if column.first_filled else found[:1]


def _title(model: type[models.Model], column: Column) -> str:
    """What people call a column of a layer."""
    try:
        return str(column.title) or str(field_of(model, column.name).verbose_name)
    except FieldDoesNotExist:
        return column.name


def _default(field: "models.Field[Any, Any]") -> Any:
    """What a field has that is filled with nothing; None where it must be filled."""
    if field.has_db_default():
        return getattr(field.db_default, "value", field.db_default)
    return field.get_default() if field.has_default() else None


def _expand(codes: Codes, values: list[Any]) -> EncodedColumn:
    """A column by the combinations of others, where some combinations give no value."""
    numbers = np.full(len(values), -1, dtype=np.int64)
    filled = [place for place, value in enumerate(values) if value is not None]
    numbers[filled] = np.arange(len(filled))
    return EncodedColumn(numbers[codes], [values[place] for place in filled])


def _add(problems: dict[int, list[Problem]], index: int, wrong: InvalidValue) -> None:
    known = problems.setdefault(index, [])
    problem = Problem(wrong.why, wrong.field, wrong.value[:200])
    if problem not in known:
        known.append(problem)


class _ForeignKeys:
    """Rows of another model by a field of theirs, and those that the operator wants added."""

    def __init__(self, model: type[models.Model], column: Column, *, adds: bool) -> None:
        other = field_of(model, column.name).related_model
        if not isinstance(other, type):
            raise ImporterError(
                _("{column} is no foreign key of {__name__}.").format(
                    column=column.name, __name__=model.__name__
                )
            )
        self.other, self.column, self.adds = other, column, adds
        self.known: dict[str, Any] = {}

    def find_all(self, keys: list[Any]) -> list[Any]:
        """Primary keys, those that are not known yet asked for at once."""
        self._look_up({key for key in keys if isinstance(key, str)} - self.known.keys())
        return [key if isinstance(key, InvalidValue) else self._find(key) for key in keys]

    def _look_up(self, keys: set[str]) -> None:
        if keys:
            rows = self.other._default_manager.filter(**{f"{self.column.match}__in": keys})
            self.known |= {str(key): pk for key, pk in rows.values_list(self.column.match, "pk")}

    def _find(self, key: str) -> Any:
        name = self.column.name
        if key not in self.known and self.adds:
            for other in self.column.create:
                [checked] = field_conversion.validator(field_of(self.other, other))([key])
                if isinstance(checked, InvalidValue):
                    return InvalidValue(checked.why, key, name)
            self.known[key] = self.other._default_manager.create(**dict.fromkeys(self.column.create, key)).pk
        if key in self.known:
            return self.known[key]
        return InvalidValue(_("{name} “{key}” is not known").format(name=name, key=key), key, name)
