"""Staged rows into the layer's table: one statement each to match, to update, to add and to take away."""

from collections.abc import Iterable
from typing import Any

from importers.history.report import LoadResult

from .insertion import Insertion
from .staging_table import GEOMETRY, KEY, LINE, SEARCH, StagingTable


class Merge:
    """Works within one transaction; ``filled_fields`` are the names of those that the file fills.

    Where a file repeats its identifier, ``by_identifier`` is false: its rows are known by their place with it.
    """

    def __init__(
        self,
        cursor: Any,
        stage: StagingTable,
        filled_fields: Iterable[str],
        source: str,
        *,
        by_identifier: bool = True,
    ) -> None:
        self.cursor, self.stage, self.source, self.by_identifier = cursor, stage, source, by_identifier
        self.stored = f'"{stage.model._meta.db_table}"'
        filled = set(filled_fields)
        self.names = [name for name in stage.fields if name in filled and name != SEARCH]
        self.says_search_text = SEARCH in filled
        self.by_source = "source" in stage.rules.key or bool(stage.rules.identifier)

    def write(self, import_id: int, *, removing: bool) -> LoadResult:
        bounds = self._bounds()
        matched = self._match()
        updated = self._update(import_id)
        total = self._count(self.stage.table)
        absent = self._absent() if self.by_source else 0
        removed = self._remove(import_id) if removing and absent else 0
        insertion = Insertion(self.cursor, self.stage, self.names, self.source, self.says_search_text)
        added, rows = insertion.add(total - matched, matched)
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
        key = self.stage.key("t.", by_identifier=self.by_identifier)
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
        values = {name: self.stage.value(name) for name in self.names}
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
            "INSERT INTO importers_priorversion (imported_id, row, transaction, content) "
            "SELECT %(import)s, t.id, t.xmin::text, "
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
