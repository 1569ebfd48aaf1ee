"""Values of a GeoPackage of which GDAL makes others: days that no calendar has, texts in columns of numbers, texts with an
end of text in them."""

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path

from layers.registry.declaration.values import date_or_time

from .source import Problem
from .values import absent_day, ended_text, no_number

DATED = ("DATE", "DATETIME")
WHOLE = ("BOOLEAN", "TINYINT", "SMALLINT", "MEDIUMINT", "INT", "INTEGER")
REAL = ("FLOAT", "DOUBLE", "REAL")
TEXTS = ("CHAR", "CLOB", "TEXT")
"""One of which is in the names of SQLite's kinds of text."""


def misread_values(path: Path, layer: str) -> Mapping[int, list[Problem]]:
    """By the key of the row, as GDAL counts rows too."""
    found: dict[int, list[Problem]] = {}
    with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True)) as database:
        database.execute("PRAGMA trusted_schema = off")
        described = database.execute(f"PRAGMA table_info({_quoted(layer)})").fetchall()
        keys = [str(name) for _cid, name, kind, _null, _default, key in described if key]
        if len(keys) != 1:
            return found
        for _cid, name, kind, *_rest in described:
            for key, problem in _problems(database, layer, keys[0], str(name), str(kind).upper()):
                found.setdefault(key, []).append(problem)
    return found


def _problems(
    database: sqlite3.Connection, layer: str, key: str, name: str, kind: str
) -> Iterator[tuple[int, Problem]]:
    column = _quoted(name)
    if kind in DATED:  # what SQLite reads as another day than is written, or as none
        unlike = f"date({column}, '+0 days') IS NOT substr({column}, 1, 10) OR datetime({column}) IS NULL"
        for row, written in _rows(database, layer, key, column, unlike):
            if not _is_read(written):
                yield row, absent_day(name, written)
    elif kind in WHOLE:
        unlike = f"typeof({column}) <> 'integer' AND {column} IS NOT CAST({column} AS INTEGER)"
        yield from ((row, no_number(name, said)) for row, said in _rows(database, layer, key, column, unlike))
    elif kind in REAL:
        unlike = f"typeof({column}) IN ('text', 'blob')"
        yield from ((row, no_number(name, said)) for row, said in _rows(database, layer, key, column, unlike))
    elif any(each in kind for each in TEXTS):
        bytes_of = f"CAST({column} AS BLOB)"
        ended = f"length({column}) < length({bytes_of}) AND instr({bytes_of}, x'00') > 0"
        for row, said in _rows(database, layer, key, column, ended):
            if "\0" in said.rstrip("\0"):  # as many stand at the end as one likes
                yield row, ended_text(name, said)


def _rows(
    database: sqlite3.Connection, layer: str, key: str, column: str, condition: str
) -> Iterator[tuple[int, str]]:
    """The keys of filled rows where a condition holds, and what is written in the column."""
    rows = database.execute(
        f"SELECT {_quoted(key)}, CAST({column} AS BLOB) FROM {_quoted(layer)} "
        f"WHERE {column} <> '' AND ({condition})"
    )
    yield from ((int(row), bytes(written).decode(errors="replace")) for row, written in rows)


def _is_read(written: str) -> bool:
    try:
        date_or_time(written)
    except ValueError:
        return False
    return True


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
