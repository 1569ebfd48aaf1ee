"""What each migration said when it was applied: one that is written anew under its name is another version's.

The record is a table of no model, so that nothing that empties the tables of the models empties it.
"""

import ast
import hashlib
import sys
from collections.abc import Iterable
from pathlib import Path

from django.db.backends.utils import CursorWrapper
from django.db.migrations import Migration
from psycopg2.extras import execute_values

TABLE = "registry_migration"

Key = tuple[str, str]
"""Label of the app, and name."""


def is_ours(migration: Migration) -> bool:
    """Not of Django or another library, which keep to their own."""
    return "site-packages" not in _file(migration).parts


def fingerprint(migration: Migration) -> str:
    return fingerprint_of_source(_file(migration).read_text())


def fingerprint_of_source(source: str) -> str:
    """The same however the text is laid out, and in every version of Python that reads it."""
    return hashlib.sha256(_outline(ast.parse(source)).encode()).hexdigest()


def _outline(part: object) -> str:
    """Without parts that are empty: a newer Python knows of parts that an older one has not."""
    match part:
        case ast.AST():
            filled = [(name, value) for name, value in ast.iter_fields(part) if value not in (None, [])]
            return (
                f"{type(part).__name__}({', '.join(f'{name}={_outline(value)}' for name, value in filled)})"
            )
        case list():
            return f"[{', '.join(map(_outline, part))}]"
        case _:
            return repr(part)


def _file(migration: Migration) -> Path:
    return Path(str(sys.modules[type(migration).__module__].__file__))


def recorded(cursor: CursorWrapper) -> dict[Key, str]:
    if not _exists(cursor):
        return {}
    cursor.execute(f"SELECT app, name, fingerprint FROM {TABLE}")
    return {(app, name): fingerprint for app, name, fingerprint in cursor.fetchall()}


def record(cursor: CursorWrapper, migrations: Iterable[Migration]) -> None:
    """Before they are applied: a set-up that is interrupted goes on afterwards."""
    if not _exists(cursor):
        cursor.execute(
            f"CREATE TABLE {TABLE} (app text, name text, fingerprint text NOT NULL, PRIMARY KEY (app, name))"
        )
    rows = [(each.app_label, each.name, fingerprint(each)) for each in migrations if is_ours(each)]
    if rows:
        execute_values(
            cursor.cursor,
            f"INSERT INTO {TABLE} VALUES %s ON CONFLICT (app, name) DO UPDATE SET fingerprint = excluded.fingerprint",
            rows,
        )


def _exists(cursor: CursorWrapper) -> bool:
    cursor.execute("SELECT to_regclass(%s) IS NOT NULL", [TABLE])
    return bool(cursor.fetchone()[0])
