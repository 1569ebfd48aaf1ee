"""The text by which a row is found, kept by a database trigger so that every way of writing keeps it.

It holds the searchable attributes in lower case, their pinyin without spaces, and the pinyin's initials.
"""

from collections.abc import Iterable, Iterator, Sequence
from importlib import metadata

from django.db import connection, models

from ..database.definitions import Definition
from ..database.sql_files import render
from ..declaration.layer import Layer, table_model
from ..registration import all_layers

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
            words=", ".join(f"NEW.{connection.ops.quote_name(column)}::text" for column in columns),
            given=GIVEN,
        )


def _readings() -> Iterable[tuple[str, str]]:
    from .pinyin import readings  # takes a while, and is needed once

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
