"""New rows into the layer's table, in the order of the Hilbert curve, so that neighbours lie together."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import models

from layers.registry.declaration.layer import table_model
from layers.registry.search.search_text import GIVEN, searchable_columns

from .staging_table import GEOMETRY, LINE, SEARCH, StagingTable

MANY, FEW = 50_000, 4
"""Rows to add, and how many times as many as are stored, from which on indexes are made afterwards."""


class Insertion:
    def __init__(
        self, cursor: Any, stage: StagingTable, names: Sequence[str], source: str, says_search_text: bool
    ) -> None:
        self.cursor, self.stage, self.names, self.source = cursor, stage, names, source
        self.says_search_text = says_search_text
        self.stored = f'"{stage.model._meta.db_table}"'

    def add(self, adding: int, matched: int) -> tuple[int, str]:
        """How many were added, and their primary keys as an int8multirange."""
        insert = self._insert(among="matched" if matched else "")
        self._say_search_text(given=self.says_search_text)
        if self._is_bulk(adding):
            with self._indexed_afterwards():
                found = self._alone(insert)
        else:
            found = self._beside_others(insert)
        self._say_search_text(given=False)
        return found

    def _insert(self, among: str) -> str:
        """Of the staged rows those that are not ``among`` the matched ones."""
        search = [SEARCH] if self.says_search_text else []
        said = {*self.names, SEARCH, "source", "is_generated"}
        blank = [
            name for name, field in self.stage.fields.items() if name not in said and _is_required_text(field)
        ]
        names = self.stage.column_list([*self.names, *search, *blank, "source", "is_generated"])
        values = [*map(self.stage.value, self.names), *(self._search_text() for _ in search)]
        values += [*("''" for _ in blank), "%s", "false"]
        new = f"WHERE NOT EXISTS (SELECT FROM {among} AS m WHERE m.line = s.{LINE})" if among else ""
        order = f"s.{GEOMETRY}, s.{LINE}" if GEOMETRY in self.names else f"s.{LINE}"
        return (
            f"INSERT INTO {self.stored} ({names}) SELECT {', '.join(values)} FROM {self.stage.table} AS s "
            f"{new} ORDER BY {order}"
        )

    def _alone(self, insert: str) -> tuple[int, str]:
        """Where nobody else can write to the table, keys follow one another."""
        self.cursor.execute(insert, [self.source])
        added = int(self.cursor.rowcount)
        self.cursor.execute("SELECT currval(pg_get_serial_sequence(%s, 'id'))", [self.stored])
        last = int(self.cursor.fetchone()[0])
        return added, f"{{[{last - added + 1},{last + 1})}}"

    def _beside_others(self, insert: str) -> tuple[int, str]:
        self.cursor.execute(
            f"WITH new AS ({insert} RETURNING id) "
            "SELECT count(*), coalesce(range_agg(int8range(id, id, '[]')), '{}')::text FROM new",
            [self.source],
        )
        added, rows = self.cursor.fetchone()
        return int(added), str(rows)

    def _say_search_text(self, *, given: bool) -> None:
        """Whether rows bring their search text, so that no trigger makes it."""
        self.cursor.execute(f"SELECT set_config('{GIVEN}', %s, true)", ["yes" if given else "no"])

    def _search_text(self) -> str:
        """As staged, or of the staged words where only the database can make it."""
        words = ", ".join(f's."{column}"' for column in searchable_columns()[table_model(self.stage.model)])
        return f"coalesce(s.{SEARCH}, geoportal_search_text({words}))"

    def _is_bulk(self, adding: int) -> bool:
        """Whether far more rows come than are there."""
        if adding < MANY:
            return False
        self.cursor.execute(
            f"SELECT count(*) FROM (SELECT FROM {self.stored} LIMIT %s) AS t", [adding // FEW]
        )
        return int(self.cursor.fetchone()[0]) < adding // FEW

    @contextmanager
    def _indexed_afterwards(self) -> Iterator[None]:
        """Indexes that are made anew are several times faster than those that grow row by row.

        Readers of the table wait until the import is committed; with few rows stored they miss little.
        """
        self.cursor.execute(
            "SELECT i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid) FROM pg_index AS i "
            "WHERE i.indrelid = %s::regclass AND NOT i.indisunique",
            [self.stored],
        )
        indexes = self.cursor.fetchall()
        self.cursor.execute(f"LOCK TABLE {self.stored} IN ACCESS EXCLUSIVE MODE")
        for name, _definition in indexes:
            self.cursor.execute(f"DROP INDEX {name}")
        yield
        self.cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # no index is made while rows wait to be checked
        for _name, definition in indexes:
            self.cursor.execute(definition)
        self.cursor.execute(f"ANALYZE {self.stored}")


def _is_required_text(field: "models.Field[Any, Any]") -> bool:
    """Text that is never NULL and for which the database has no default."""
    is_text = isinstance(field, models.CharField | models.TextField)
    return is_text and not field.null and not field.has_db_default()
