"""From a delivery's columns to rows of a layer's model."""

from collections.abc import Iterator
from typing import Any

from django.db import models

from layers.registry.layer import Layer
from layers.registry.mapping import Column, ImportMapping

from .delivery import Delivery, Refused

Row = dict[str, Any]


def headings(delivery: Delivery, mapping: ImportMapping, stated: dict[str, str]) -> dict[str, str]:
    """Model field to the file's heading; ``stated`` pairs win over the mapping's."""
    by_name = {name.lower(): name for name in delivery.columns}
    found: dict[str, str] = {}
    for column in mapping.columns:
        names = [stated[column.name]] if column.name in stated else [column.name, *column.headings]
        heading = next((by_name[name.lower()] for name in names if name.lower() in by_name), None)
        if heading is not None:
            found[column.name] = heading
        elif column.name in stated:
            raise Refused(
                f"The file has no column {stated[column.name]!r}; it has {', '.join(delivery.columns)}."
            )
        elif column.required and column.name not in mapping.defaults:
            raise Refused(
                f"No column of the file is {column.name!r}; name it with --map {column.name}=HEADING "
                f"(the file has {', '.join(delivery.columns)})."
            )
    unknown = set(stated) - {column.name for column in mapping.columns}
    if unknown:
        raise Refused(f"--map: the layer has no field {', '.join(sorted(unknown))} to import.")
    return found


def rows(
    delivery: Delivery, layer: Layer, mapping: ImportMapping, chosen: dict[str, str]
) -> Iterator[Row | str]:
    """A row of values by field, or the sentence that says why there is none."""
    columns = [column for column in mapping.columns if column.name in chosen]
    known = {column.name: _known(layer.model, column) for column in columns if column.match}
    cells = [delivery.columns[chosen[column.name]] for column in columns]
    for values in zip(*cells, strict=True) if cells else ([()] * len(delivery)):
        try:
            yield _row(layer.model, mapping, columns, values, known)
        except ValueError as problem:
            yield str(problem)


def _row(
    model: type[models.Model],
    mapping: ImportMapping,
    columns: list[Column],
    values: Any,
    known: dict[str, dict[str, int]],
) -> Row:
    row: Row = dict(mapping.defaults)
    for column, value in zip(columns, values, strict=True):
        if _absent(value):
            if column.required:
                raise ValueError(f"{column.name} is empty")
            continue
        row[column.name] = column.convert(value) if column.convert else _plain(value)
    if mapping.derive:
        row = mapping.derive(row)
    for name, value in row.items():
        _check(model, name, value, name in known)
    for name, ids in known.items():
        if name in row:
            if str(row[name]) not in ids:
                raise ValueError(f"{name} {row[name]!r} is not known")
            row[name] = ids[str(row[name])]
    return row


def _check(model: type[models.Model], name: str, value: Any, is_key: bool) -> None:
    field = model._meta.get_field(name)
    if is_key or value is None or not isinstance(field, models.Field):
        return
    if field.choices and value not in dict(field.flatchoices):
        raise ValueError(f"{name}: “{value}” is not in the code list")
    if isinstance(value, str) and field.max_length and len(value) > field.max_length:
        raise ValueError(f"{name} has {len(value)} characters, {field.max_length} fit")
    if isinstance(field, models.SmallIntegerField) and not -32768 <= int(value) <= 32767:
        raise ValueError(f"{name}: {value} is too large")


def _known(model: type[models.Model], column: Column) -> dict[str, int]:
    other = model._meta.get_field(column.name).related_model
    if not isinstance(other, type):
        raise Refused(f"{column.name} is no foreign key of {model.__name__}.")
    return {str(key): pk for key, pk in other._default_manager.values_list(column.match, "pk")}


def _absent(value: Any) -> bool:
    return value is None or value == "" or value != value


def _plain(value: Any) -> Any:
    if isinstance(value, str):
        return value.strip().replace("\x00", "")
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)
