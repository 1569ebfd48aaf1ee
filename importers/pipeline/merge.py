"""Staged rows into the layer's table: one statement each to match, to update, to add and to take away."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection, models

from importers.history.report import LoadResult
from layers.registry.search_text import GIVEN, searchable_columns

from .staging_table import GEOMETRY, KEY, LINE, SEARCH, StagingTable

MANY, FEW = 50_000, 4
"""Rows to add, and how many times as many as are stored, from which on indexes are made afterwards."""

MEMORY = "128MB"
"""For each sort, of the database server; the size of the file changes nothing in it."""

MOST_ALIKE = 1000  # rows that share their geometry; more are not listed


class Merge:
    """Works within one transaction; ``delivered`` are the names of the fields that the delivery fills."""

    def __init__(self, cursor: Any, stage: StagingTable, delivered: Iterable[str], source: str) -> None:
        self.cursor, self.stage, self.source = cursor, stage, source
        self.stored = f'"{stage.model._meta.db_table}"'
        filled = set(delivered)
        self.names = [name for name in stage.fields if name in filled and name != SEARCH]
        self.says_search_text = SEARCH in filled
        self.by_source = "source" in stage.rules.key or bool(stage.rules.identifier)
        self.has_unique_identifier = True

    def begin(self) -> None:
        self.cursor.execute(f"SET LOCAL work_mem = '{MEMORY}'")
        self.cursor.execute(f"ANALYZE {self.stage.table}")

    def repeats(self) -> list[tuple[int, int]]:
        """Take out rows that share their key with a later one; their lines, each with that one's."""
        if not self._repeated():
            return []
        identifier = self.stage.rules.identifier
        if identifier and self._identifier_moves(identifier):
            self.has_unique_identifier = False
            self.stage.key_by_place(self.cursor)
            if not self._repeated():
                return []
        self.cursor.execute(
            f"SELECT {LINE}, last FROM (SELECT {LINE}, max({LINE}) OVER (PARTITION BY {KEY}) AS last "
            f"FROM {self.stage.table} WHERE {KEY} IN (SELECT key FROM repeated)) AS r WHERE {LINE} < last ORDER BY 1"
        )
        return [(int(line), int(last)) for line, last in self.cursor.fetchall()]

    def shared_geometries(self) -> list[tuple[int, int]]:
        """Lines whose geometry is exactly that of an earlier one, with the first such line."""
        if GEOMETRY not in self.names:
            return []
        shared = (
            f"SELECT hash_record_extended(ROW({GEOMETRY}::bytea), 0) AS hash FROM {self.stage.table} "
            f"WHERE {GEOMETRY} IS NOT NULL GROUP BY 1 HAVING count(*) > 1 LIMIT {MOST_ALIKE}"
        )
        self.cursor.execute(
            f"SELECT unnest(lines[2:]), lines[1] FROM (SELECT array_agg({LINE} ORDER BY {LINE}) AS lines "
            f"FROM {self.stage.table} WHERE {GEOMETRY} IS NOT NULL AND "
            f"hash_record_extended(ROW({GEOMETRY}::bytea), 0) IN ({shared}) "
            f"GROUP BY {GEOMETRY}::bytea HAVING count(*) > 1) AS groups ORDER BY 1 LIMIT {MOST_ALIKE}"
        )
        return [(int(line), int(first)) for line, first in self.cursor.fetchall()]

    def drop(self, lines: list[int]) -> None:
        self.cursor.execute(f"DELETE FROM {self.stage.table} WHERE {LINE} = ANY(%s)", [lines])

    def _repeated(self) -> bool:
        self.cursor.execute("DROP TABLE IF EXISTS repeated")
        self.cursor.execute(
            f"CREATE TEMPORARY TABLE repeated ON COMMIT DROP AS SELECT {KEY} AS key FROM {self.stage.table} "
            f"GROUP BY 1 HAVING count(*) > 1"
        )
        return bool(self.cursor.rowcount)

    def _identifier_moves(self, identifier: str) -> bool:
        column = self.stage.fields[identifier].column
        self.cursor.execute(
            f"SELECT EXISTS (SELECT FROM {self.stage.table} WHERE \"{column}\" <> '' AND {KEY} IN "
            f"(SELECT key FROM repeated) GROUP BY {KEY} HAVING count(DISTINCT {GEOMETRY}::bytea) > 1)"
        )
        return bool(self.cursor.fetchone()[0])

    def write(self, import_id: int, *, removing: bool) -> LoadResult:
        bounds = self._bounds()
        matched = self._match()
        updated = self._update(import_id)
        total = self._count(self.stage.table)
        absent = self._absent() if self.by_source else 0
        removed = self._remove(import_id) if removing and absent else 0
        with self._index_afterwards(total - matched):
            added, rows = self._add()
        unchanged = total - added - updated
        written = self._transaction_id(import_id, rows)
        return LoadResult(added, updated, unchanged, absent, removed, bounds, rows, written)

    def _transaction_id(self, import_id: int, added: str) -> str:
        self.cursor.execute(
            f"SELECT t.xmin::text FROM {self.stored} AS t WHERE t.id = lower(%s::int8multirange) "
            f"UNION ALL SELECT t.xmin::text FROM {self.stored} AS t JOIN importers_priorversion AS b ON b.row = t.id "
            "WHERE b.imported_id = %s LIMIT 1",
            [added, import_id],
        )
        found = self.cursor.fetchone()
        return str(found[0]) if found else ""

    def _match(self) -> int:
        """Find the stored row of each staged one; where source tells rows apart only that source's are looked at."""
        key = self.stage.key("t.", by_identifier=self.has_unique_identifier)
        of_source = "WHERE t.source = %s" if self.by_source else ""
        self.cursor.execute("DROP TABLE IF EXISTS matched")
        self.cursor.execute(
            f"CREATE TEMPORARY TABLE matched ON COMMIT DROP AS SELECT s.{LINE} AS line, min(t.id) AS id "
            f"FROM {self.stored} AS t JOIN {self.stage.table} AS s ON {key} = s.{KEY} {of_source} GROUP BY 1",
            [self.source] if self.by_source else [],
        )
        found = int(self.cursor.rowcount)
        self.cursor.execute("ANALYZE matched")
        self._refresh_statistics(found)
        return found

    def _refresh_statistics(self, found: int) -> None:
        """A table that was filled a moment ago passes for empty, and each row would be compared with all others."""
        self.cursor.execute(
            "SELECT reltuples < %s FROM pg_class WHERE oid = %s::regclass", [found, self.stored]
        )
        if self.cursor.fetchone()[0]:
            self.cursor.execute(f"ANALYZE {self.stored}")

    def _update(self, import_id: int) -> int:
        columns = {name: self.stage.fields[name].column for name in self.names}
        values = {name: self._value(name) for name in self.names}
        differs = [
            f't."{columns[name]}"::bytea IS DISTINCT FROM ({values[name]})::bytea'
            if name == GEOMETRY
            else f't."{columns[name]}" IS DISTINCT FROM {values[name]}'
            for name in self.names
        ]
        differs += ["t.source <> %(source)s", "t.is_generated"]
        self.cursor.execute("DROP TABLE IF EXISTS changed")
        self.cursor.execute(
            f"CREATE TEMPORARY TABLE changed ON COMMIT DROP AS SELECT m.id, m.line FROM matched AS m "
            f"JOIN {self.stage.table} AS s ON s.{LINE} = m.line JOIN {self.stored} AS t ON t.id = m.id"
            f"{self._not_worked_on} AND ({' OR '.join(differs)}) FOR UPDATE OF t",
            {"source": self.source},
        )
        if not self.cursor.rowcount:
            return 0
        self.cursor.execute("ANALYZE changed")
        self._save_previous(import_id, "SELECT id FROM changed")
        pairs = [f'"{columns[name]}" = {values[name]}' for name in self.names]
        pairs += ["source = %(source)s", "is_generated = false"]
        self.cursor.execute(
            f"UPDATE {self.stored} AS t SET {', '.join(pairs)} FROM changed AS c "
            f"JOIN {self.stage.table} AS s ON s.{LINE} = c.line WHERE t.id = c.id",
            {"source": self.source},
        )
        return int(self.cursor.rowcount)

    def _save_previous(self, import_id: int, ids: str) -> None:
        """What rows were before, so that the import can be undone."""
        shape = f", 'geom', t.{GEOMETRY}::text" if GEOMETRY in self.stage.fields else ""
        self.cursor.execute(
            f"INSERT INTO importers_priorversion (imported_id, row, content) SELECT %(import)s, t.id, "
            f"to_jsonb(t) || jsonb_build_object('id', t.id{shape}) FROM {self.stored} AS t WHERE t.id IN ({ids})",
            {"import": import_id, "source": self.source},
        )

    def _absent(self) -> int:
        self.cursor.execute(f"SELECT count(*) {self._unmatched()}", {"source": self.source})
        return int(self.cursor.fetchone()[0])

    def _remove(self, import_id: int) -> int:
        self._save_previous(import_id, f"SELECT t.id {self._unmatched()}")
        self.cursor.execute(
            f"DELETE FROM {self.stored} WHERE id IN (SELECT t.id {self._unmatched()})",
            {"source": self.source},
        )
        return int(self.cursor.rowcount)

    def _unmatched(self) -> str:
        return (
            f"FROM {self.stored} AS t LEFT JOIN matched AS m ON m.id = t.id "
            f"WHERE t.source = %(source)s AND m.id IS NULL{self._not_worked_on}"
        )

    @property
    def _not_worked_on(self) -> str:
        """Spares rows that are worked on here."""
        name = self.stage.rules.worked_on
        return f' AND t."{self.stage.fields[name].column}" = 0' if name else ""

    def _add(self) -> tuple[int, str]:
        """New rows in the order of the Hilbert curve, so that neighbours lie together."""
        blank = [
            name
            for name, field in self.stage.fields.items()
            if name not in self.names and name not in {"source", "is_generated"} and _is_required_text(field)
        ]
        searched = [SEARCH] if self.says_search_text else []
        blank = [name for name in blank if name != SEARCH]
        names = self.stage.column_list([*self.names, *searched, *blank, "source", "is_generated"])
        made = [self._search_text() for _ in searched]
        values = ", ".join([*map(self._value, self.names), *made, *("''" for _ in blank), "%s", "false"])
        self.cursor.execute(f"SELECT set_config('{GIVEN}', %s, true)", ["yes" if searched else "no"])
        order = f"s.{GEOMETRY}, s.{LINE}" if GEOMETRY in self.names else f"s.{LINE}"
        self.cursor.execute(
            f"WITH new AS (INSERT INTO {self.stored} ({names}) SELECT {values} FROM {self.stage.table} AS s "
            f"WHERE NOT EXISTS (SELECT FROM matched AS m WHERE m.line = s.{LINE}) ORDER BY {order} RETURNING id) "
            "SELECT count(*), coalesce(range_agg(int8range(id, id, '[]')), '{}')::text FROM new",
            [self.source],
        )
        added, rows = self.cursor.fetchone()
        self.cursor.execute(f"SELECT set_config('{GIVEN}', 'no', true)")
        return int(added), str(rows)

    def _search_text(self) -> str:
        """As staged, or of the staged words where only the database can make it."""
        words = ", ".join(f's."{column}"' for column in searchable_columns()[self.stage.model])
        return f"coalesce(s.{SEARCH}, geoportal_search_text({words}))"

    @contextmanager
    def _index_afterwards(self, adding: int) -> Iterator[None]:
        """Where far more rows come than are there, indexes are made anew, which is several times faster.

        Readers of the table wait until the import is committed; with few rows stored they miss little.
        """
        self.cursor.execute(
            f"SELECT count(*) FROM (SELECT FROM {self.stored} LIMIT %s) AS t", [adding // FEW]
        )
        if adding < MANY or int(self.cursor.fetchone()[0]) == adding // FEW:
            yield
            return
        self.cursor.execute(
            "SELECT i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid) FROM pg_index AS i "
            "WHERE i.indrelid = %s::regclass AND NOT i.indisunique",
            [self.stored],
        )
        indexes = self.cursor.fetchall()
        for name, _ in indexes:
            self.cursor.execute(f"DROP INDEX {name}")
        yield
        self.cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # no index is made while rows wait to be checked
        for _, definition in indexes:
            self.cursor.execute(definition)
        self.cursor.execute(f"ANALYZE {self.stored}")

    def _value(self, name: str) -> str:
        field = self.stage.fields[name]
        column = f's."{field.column}"'
        if name == GEOMETRY:
            return column
        if isinstance(field, models.CharField | models.TextField):
            return column if field.null else f"coalesce({column}, '')"
        return f"{column}::{field.rel_db_type(connection)}"

    def _bounds(self) -> tuple[float, float, float, float] | None:
        if GEOMETRY not in self.names:
            return None
        self.cursor.execute(
            f"SELECT ST_XMin(e), ST_YMin(e), ST_XMax(e), ST_YMax(e) FROM (SELECT ST_Extent({GEOMETRY}) AS e "
            f"FROM {self.stage.table}) AS x"
        )
        found = self.cursor.fetchone()
        return None if found[0] is None else (found[0], found[1], found[2], found[3])

    def _count(self, table: str) -> int:
        self.cursor.execute(f"SELECT count(*) FROM {table}")
        return int(self.cursor.fetchone()[0])


def _is_required_text(field: "models.Field[Any, Any]") -> bool:
    """Text that is never NULL and for which the database has no default."""
    is_text = isinstance(field, models.CharField | models.TextField)
    return is_text and not field.null and not field.has_db_default()
