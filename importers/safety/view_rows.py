"""Views and computed columns of a GeoPackage read to their end, for a process of its own."""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing

from layers.child_process.answers import declare_error

declare_error(sqlite3.Error)

LONGEST_VALUE = 64 * 1024 * 1024
"""Bytes that a view may make of one row."""

COMPUTED = re.compile(r"\bas\s*\(", re.IGNORECASE)


def is_computed(kind: object, sql: object) -> bool:
    """Whether rows of a part of the database are made when they are read, all or in part."""
    return kind == "view" or (kind == "table" and bool(COMPUTED.search(str(sql or ""))))


def values(address: str) -> Iterator[str]:
    """The name of each such part before it is read, of a database by its address."""
    with closing(sqlite3.connect(address, uri=True)) as database:
        database.execute("PRAGMA trusted_schema = off")
        parts = database.execute("SELECT name, type, sql FROM sqlite_master").fetchall()
        database.text_factory = bytes
        database.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, LONGEST_VALUE)
        for name in [str(name) for name, kind, sql in parts if is_computed(kind, sql)]:
            yield name
            quoted = name.replace('"', '""')
            for _row in database.execute(f'SELECT * FROM "{quoted}"'):
                pass
