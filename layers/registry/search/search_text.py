"""The text by which a row is found, kept by a database trigger so that every way of writing keeps it.

It holds the searchable attributes in lower case, their pinyin without spaces, and the pinyin's initials.
"""

from collections.abc import Iterable, Iterator, Sequence
from importlib import metadata
from typing import Any

from django.db import connection, models
from django.db.models.expressions import Col
from django.db.models.sql import Query

from ..audience import Audience
from ..database.definitions import Definition
from ..database.sql_files import render
from ..declaration.layer import Layer, table_model
from ..registration import all_layers
from .readings import readings

GIVEN = "geoportal.search_text_given"
"""A setting of a transaction that writes the search text itself, so that no trigger makes it row by row."""


def definitions(layers: Sequence[Layer]) -> Iterator[Definition]:
    """The readings of characters, and for every searchable layer's table its trigger and indexes."""
    yield from render(
        "registry", "templates/pinyin.sql", rows=_readings, version=metadata.version("pypinyin")
    )
    for model, columns in _columns_by_model(layers).items():
        table = model._meta.db_table
        yield from render(
            "registry",
            "templates/search.sql",
            subject=table,
            table=table,
            function=f"geoportal_search_{table}",
            words=_words(columns),
            given=GIVEN,
        )
    for model, split in _split_layers_by_model(layers).items():
        table = model._meta.db_table
        outside = list(dict.fromkeys(column for layer in split for column in _outside_columns(layer)))
        audiences = {layer.row_audience for layer in split if "__" not in layer.row_audience} - {""}
        shown = [f"NEW.{connection.ops.quote_name(name)} < {int(Audience.DEPARTMENT)}" for name in audiences]
        yield from render(
            "registry",
            "templates/search_outside.sql",
            subject=table,
            table=table,
            function=f"geoportal_search_outside_{table}",
            words=_words(outside),
            shown=" OR ".join(shown)
            if len(shown) == len({layer.row_audience for layer in split})
            else "true",
        )


def _words(columns: Sequence[str]) -> str:
    return ", ".join(f"NEW.{connection.ops.quote_name(column)}::text" for column in columns)


def _readings() -> Iterable[tuple[str, str]]:
    return readings().items()


def searchable_columns() -> dict[type[models.Model], list[str]]:
    return _columns_by_model(all_layers())


def _columns_by_model(layers: Iterable[Layer]) -> dict[type[models.Model], list[str]]:
    """By the model that has the table: layers of one table are found by the words of all of them."""
    found: dict[type[models.Model], list[str]] = {}
    for layer in layers:
        if layer.searchable:
            columns = found.setdefault(table_model(layer.model), [])
            columns += [column for column in search_columns(layer) if column not in columns]
    return found


def search_columns(layer: Layer) -> list[str]:
    return [str(layer.model_field(a).column) for a in layer.attributes if a.search]


def _split_layers_by_model(layers: Iterable[Layer]) -> dict[type[models.Model], list[Layer]]:
    """Layers whose rows are found by other words outside their departments than inside, by the model with the table."""
    found: dict[type[models.Model], list[Layer]] = {}
    for layer in layers:
        if layer.has_outside_words:
            found.setdefault(table_model(layer.model), []).append(layer)
    return found


def _outside_columns(layer: Layer) -> Iterator[str]:
    """Of a generated column those that it is made of: a trigger comes before it is."""
    for attribute in layer.attributes:
        if attribute.search:
            field = layer.model._meta.get_field(attribute.outside or attribute.path)
            if isinstance(field, models.GeneratedField):
                made = field.expression.resolve_expression(Query(layer.model))  # type: ignore[attr-defined]
                yield from sorted(_columns_in(made))
            else:
                yield str(field.column)  # type: ignore[union-attr]


def _columns_in(expression: Any) -> set[str]:
    if isinstance(expression, Col):
        return {str(expression.target.column)}
    parts = [each for each in expression.get_source_expressions() if each is not None]
    return {column for part in parts for column in _columns_in(part)}
