"""Days and times of a GeoPackage that no calendar has, which GDAL makes others of."""

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path

from layers.registry.declaration.values import date_or_time

DATED = ("DATE", "DATETIME")


def absent_days(path: Path, layer: str) -> Mapping[int, list[tuple[str, str]]]:
    """By the key of the row, as GDAL counts rows too, the columns and what is written there."""
    found: dict[int, list[tuple[str, str]]] = {}
    with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True)) as database:
        database.execute("PRAGMA trusted_schema = off")
        described = database.execute(f"PRAGMA table_info({_quoted(layer)})").fetchall()
        keys = [str(name) for _cid, name, kind, _null, _default, key in described if key]
        dated = [str(name) for _cid, name, kind, *_rest in described if str(kind).upper() in DATED]
        if len(keys) != 1:
            return found
        for name in dated:
            for key, written in _unusual(database, layer, keys[0], name):
                if not _is_read(written):
                    found.setdefault(key, []).append((name, written))
    return found


def _unusual(database: sqlite3.Connection, layer: str, key: str, name: str) -> Iterator[tuple[int, str]]:
    """What SQLite reads as another day than is written, or as none."""
    column = _quoted(name)
    rows = database.execute(
        f"SELECT {_quoted(key)}, CAST({column} AS TEXT) FROM {_quoted(layer)} WHERE {column} <> '' "
        f"AND (date({column}, '+0 days') IS NOT substr({column}, 1, 10) OR datetime({column}) IS NULL)"
    )
    yield from ((int(row), str(written)) for row, written in rows)


def _is_read(written: str) -> bool:
    try:
        date_or_time(written)
    except ValueError:
        return False
    return True


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
