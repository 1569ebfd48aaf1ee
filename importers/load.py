"""Rows into a layer's table: COPY to a staging table, then one statement each to update and to add."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from django.db import connection, models, transaction

from layers.coordinates import STORE_SRID

from .mapping import Row

NULL = "\\N"


@dataclass(frozen=True)
class Loaded:
    added: int
    updated: int
    unchanged: int


@transaction.atomic
def load(model: type[models.Model], rows: Sequence[Row], key: Sequence[str], source: str) -> Loaded:
    """All rows or none; rows with the key of a stored one update it, those that equal it change nothing.

    Without a key, a row with the same source and geometry counts as the same. ``geom`` is a shapely geometry in
    longitude and latitude, or None. Of rows that share a key in one delivery the last one stands.
    """
    if not rows:
        return Loaded(0, 0, 0)
    names = sorted({name for row in rows for name in row})
    columns = [_column(model, name) for name in names] + ["source"]
    with connection.cursor() as cursor:
        _stage(cursor, model, names, columns, rows, source)
        keys = [_column(model, name) for name in key] or ["source", "geom"]
        staged = _without_repeats(cursor, keys)
        updated = _update(cursor, model, columns, keys)
        added = _add(cursor, model, columns, keys)
    return Loaded(added, updated, staged - added - updated)


def _column(model: type[models.Model], name: str) -> str:
    return str(model._meta.get_field(name).column)  # type: ignore[union-attr]


def _stage(
    cursor: Any,
    model: type[models.Model],
    names: list[str],
    columns: list[str],
    rows: Sequence[Row],
    source: str,
) -> None:
    listed = ", ".join(f'"{column}"' for column in columns)
    cursor.execute("DROP TABLE IF EXISTS staged")
    cursor.execute(
        f"CREATE TEMPORARY TABLE staged ON COMMIT DROP AS SELECT {listed} FROM {model._meta.db_table} WITH NO DATA"
    )
    cursor.execute("ALTER TABLE staged ADD COLUMN line serial")
    text = io.StringIO()
    writer = csv.writer(text)
    shapes = _codes([row.get("geom") for row in rows]) if "geom" in names else []
    for index, row in enumerate(rows):
        cells = [shapes[index] if name == "geom" else _cell(row.get(name), model, name) for name in names]
        writer.writerow([*cells, source])
    text.seek(0)
    cursor.copy_expert(f"COPY staged ({listed}) FROM STDIN WITH (FORMAT csv, NULL '{NULL}')", text)


def _without_repeats(cursor: Any, keys: list[str]) -> int:
    same = " AND ".join(f'a."{key}" IS NOT DISTINCT FROM b."{key}"' for key in keys if key != "geom")
    if "geom" in keys:
        same += " AND a.geom::bytea = b.geom::bytea"
    cursor.execute(
        f'CREATE INDEX ON staged ("{keys[0]}")'
        if keys[0] != "source"
        else "CREATE INDEX ON staged USING gist (geom)"
    )
    cursor.execute("ANALYZE staged")
    overlap = " AND a.geom && b.geom" if "geom" in keys else ""
    cursor.execute(f"DELETE FROM staged a USING staged b WHERE a.line < b.line AND {same}{overlap}")
    cursor.execute("SELECT count(*) FROM staged")
    return int(cursor.fetchone()[0])


def _same(keys: list[str]) -> str:
    parts = [f't."{key}" = s."{key}"' for key in keys if key != "geom"]
    parts += ["t.geom && s.geom", "t.geom::bytea = s.geom::bytea"] if "geom" in keys else []
    return " AND ".join(parts)


def _update(cursor: Any, model: type[models.Model], columns: list[str], keys: list[str]) -> int:
    rest = [column for column in columns if column not in keys]
    if not rest:
        return 0
    pairs = ", ".join(f'"{column}" = s."{column}"' for column in rest)
    differs = " OR ".join(
        f't."{c}"::bytea IS DISTINCT FROM s."{c}"::bytea'
        if c == "geom"
        else f't."{c}" IS DISTINCT FROM s."{c}"'
        for c in rest
    )
    cursor.execute(
        f"UPDATE {model._meta.db_table} AS t SET {pairs} FROM staged AS s WHERE {_same(keys)} AND ({differs})"
    )
    return int(cursor.rowcount)


def _add(cursor: Any, model: type[models.Model], columns: list[str], keys: list[str]) -> int:
    listed = ", ".join(f'"{column}"' for column in columns)
    table = model._meta.db_table
    blank = [f'"{column}"' for column in _blank_columns(model) if column not in columns]
    into = ", ".join([listed, *blank])
    chosen = ", ".join([listed, *("''" for _ in blank)])
    cursor.execute(
        f"INSERT INTO {table} ({into}) SELECT {chosen} FROM staged AS s "
        f"WHERE NOT EXISTS (SELECT FROM {table} AS t WHERE {_same(keys)}) ORDER BY line"
    )
    return int(cursor.rowcount)


def _blank_columns(model: type[models.Model]) -> list[str]:
    """Text columns that are never NULL and for which the database has no default."""
    return [
        str(field.column)
        for field in model._meta.concrete_fields
        if isinstance(field, models.CharField | models.TextField)
        and not field.null
        and not field.has_db_default()
    ]


def _cell(value: Any, model: type[models.Model], name: str) -> str:
    if value is None:
        field = model._meta.get_field(name)
        is_text = isinstance(field, models.CharField | models.TextField)
        return "" if is_text else NULL
    return str(value)


def _codes(shapes: Sequence[Any]) -> list[str]:
    found = shapely.to_wkb(
        shapely.set_srid(np.array(shapes, dtype=object), STORE_SRID), hex=True, include_srid=True
    )
    return [NULL if code is None else str(code) for code in found]
