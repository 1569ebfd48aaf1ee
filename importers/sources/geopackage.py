"""Values of a GeoPackage of which GDAL makes others: days that no calendar has, texts in columns of numbers, texts with an
end of text in them."""

import sqlite3
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from layers.registry.declaration.values import date_or_time

from .source import Problem
from .values import absent_day, ended_text, no_number

DATED = ("DATE", "DATETIME")
WHOLE = ("BOOLEAN", "TINYINT", "SMALLINT", "MEDIUMINT", "INT", "INTEGER")
REAL = ("FLOAT", "DOUBLE", "REAL")
TEXTS = ("CHAR", "CLOB", "TEXT")
"""One of which is in the names of SQLite's kinds of text."""
TOGETHER = 100
"""Columns in one question."""


def misread_values(path: Path, layer: str) -> Mapping[int, list[Problem]]:
    """By the key of the row, as GDAL counts rows too."""
    with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True)) as database:
        database.execute("PRAGMA trusted_schema = off")
        described = database.execute(f"PRAGMA table_info({_quoted(layer)})").fetchall()
        keys = [str(name) for _cid, name, _kind, _null, _default, key in described if key]
        if len(keys) != 1:
            return {}
        columns = [_column(str(name), str(kind).upper()) for _cid, name, kind, *_rest in described]
        return _problems(database, layer, keys[0], [column for column in columns if column])


@dataclass(frozen=True)
class _Column:
    """``unlike`` is true of what may be read as something else; ``problem`` says of what is written whether it is."""

    name: str
    unlike: str
    problem: Callable[[str, str], Problem | None]

    @property
    def condition(self) -> str:
        return f"({_quoted(self.name)} <> '' AND ({self.unlike}))"


def _column(name: str, kind: str) -> _Column | None:
    column = _quoted(name)
    if kind in DATED:  # what SQLite reads as another day than is written, or as none
        unlike = f"date({column}, '+0 days') IS NOT substr({column}, 1, 10) OR datetime({column}) IS NULL"
        return _Column(name, unlike, lambda name, said: None if _is_read(said) else absent_day(name, said))
    if kind in WHOLE:
        unlike = f"typeof({column}) <> 'integer' AND {column} IS NOT CAST({column} AS INTEGER)"
        return _Column(name, unlike, no_number)
    if kind in REAL:
        return _Column(name, f"typeof({column}) IN ('text', 'blob')", no_number)
    if any(each in kind for each in TEXTS):
        bytes_of = f"CAST({column} AS BLOB)"
        return _Column(
            name, f"length({column}) < length({bytes_of}) AND instr({bytes_of}, x'00') > 0", _ended
        )
    return None


def _ended(name: str, said: str) -> Problem | None:
    """As many ends of a text stand at its end as one likes."""
    return ended_text(name, said) if "\0" in said.rstrip("\0") else None


def _problems(
    database: sqlite3.Connection, layer: str, key: str, columns: Sequence[_Column]
) -> dict[int, list[Problem]]:
    """Each row is read once for all columns, as far as SQLite takes so many conditions together."""
    found: dict[int, list[Problem]] = {}
    for first in range(0, len(columns), TOGETHER):
        some = columns[first : first + TOGETHER]
        told = ", ".join(f"{each.condition}, CAST({_quoted(each.name)} AS BLOB)" for each in some)
        rows = database.execute(
            f"SELECT {_quoted(key)}, {told} FROM {_quoted(layer)} "
            f"WHERE {' OR '.join(each.condition for each in some)}"
        )
        for row, *cells in rows:
            for column, is_unlike, written in zip(some, cells[::2], cells[1::2], strict=True):
                said = bytes(written).decode(errors="replace") if is_unlike else ""
                if is_unlike and (problem := column.problem(column.name, said)):
                    found.setdefault(int(row), []).append(problem)
    return found


def _is_read(written: str) -> bool:
    try:
        date_or_time(written)
    except ValueError:
        return False
    return True


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
