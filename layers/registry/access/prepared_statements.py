"""Statements that the database plans once a connection, for questions that differ in their values only."""

from collections.abc import Sequence
from typing import Any
from weakref import WeakKeyDictionary

from django.db import connection
from django.db.backends.utils import CursorWrapper

MOST = 200
"""Statements of a connection; each holds memory of the database."""

FORGOTTEN = ""
"""No text of a statement: there are some that nobody will ask for again."""

_names: WeakKeyDictionary[Any, dict[str, str]] = WeakKeyDictionary()
"""By connection the names of statements by their texts."""
_count = 0


def execute_prepared(cursor: CursorWrapper, sql: str, params: Sequence[Any]) -> None:
    """As ``cursor.execute``; every ``%s`` stands where its type can be told from what is around it.

    Raises NotSupportedError where a view was made anew with columns of other types; see :func:`forget`.
    """
    values = f"({', '.join(['%s'] * len(params))})" if params else ""
    cursor.execute(f"EXECUTE {_prepare(cursor, sql)} {values}", params)


def forget() -> None:
    """Plan everything anew on this connection.

    What was planned ends before the next is: now the transaction may have failed, and do nothing more.
    """
    if connection.connection is not None:
        _names[connection.connection] = {FORGOTTEN: ""} if _names.get(connection.connection) else {}


def _prepare(cursor: CursorWrapper, sql: str) -> str:
    global _count
    known = _names.setdefault(connection.connection, {})
    if sql not in known:
        if len(known) >= MOST or FORGOTTEN in known:
            cursor.execute("DEALLOCATE ALL")
            known.clear()
        _count += 1
        name = f"portal_{_count}"
        parts = sql.split("%s")
        numbered = "".join(f"{part}${number}" for number, part in enumerate(parts[:-1], 1)) + parts[-1]
        cursor.execute(f"PREPARE {name} AS {numbered.replace('%%', '%')}")
        known[sql] = name
    return known[sql]
