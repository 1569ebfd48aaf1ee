"""Staged rows that are the same: by their key, of which the last is kept, or by their geometry, which is only told."""

from typing import Any

from .staging_table import GEOMETRY, KEY, LINE, StagingTable

MOST_ALIKE = 1000  # rows that share their geometry; more are not listed


class Duplicates:
    """``by_identifier`` is false once the identifier was found to repeat."""

    def __init__(self, cursor: Any, stage: StagingTable) -> None:
        self.cursor, self.stage, self.by_identifier = cursor, stage, True

    def repeats(self) -> list[tuple[int, int]]:
        """Take out rows that share their key with a later one; their lines, each with that one's."""
        if not self._repeated():
            return []
        identifier = self.stage.rules.identifier
        if identifier and self._identifier_moves(identifier):
            self.by_identifier = False
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
        if GEOMETRY not in self.stage.fields:
            return []
        alike = f"geometry_hash({GEOMETRY}), ST_XMin({GEOMETRY})"  # thrice as fast as the bytes, which decide
        shared = (
            f"SELECT {alike} FROM {self.stage.table} WHERE {GEOMETRY} IS NOT NULL "
            f"GROUP BY 1, 2 HAVING count(*) > 1 LIMIT {MOST_ALIKE}"
        )
        self.cursor.execute(
            f"SELECT unnest(lines[2:]), lines[1] FROM (SELECT array_agg({LINE} ORDER BY {LINE}) AS lines "
            f"FROM {self.stage.table} WHERE {GEOMETRY} IS NOT NULL AND ({alike}) IN ({shared}) "
            f"GROUP BY {GEOMETRY}::bytea HAVING count(*) > 1) AS groups ORDER BY 1 LIMIT {MOST_ALIKE}"
        )
        return [(int(line), int(first)) for line, first in self.cursor.fetchall()]

    def drop(self, lines: list[int]) -> None:
        if lines:
            self.cursor.execute(f"DELETE FROM {self.stage.table} WHERE {LINE} = ANY(%s)", [lines])

    def _repeated(self) -> bool:
        self.cursor.execute(f"SELECT count({KEY}) > count(DISTINCT {KEY}) FROM {self.stage.table}")
        if not self.cursor.fetchone()[0]:
            return False
        self.cursor.execute("DROP TABLE IF EXISTS repeated")
        self.cursor.execute(
            f"CREATE TEMPORARY TABLE repeated ON COMMIT DROP AS SELECT {KEY} AS key FROM {self.stage.table} "
            f"GROUP BY 1 HAVING count(*) > 1"
        )
        return True

    def _identifier_moves(self, identifier: str) -> bool:
        column = self.stage.fields[identifier].column
        self.cursor.execute(
            f"SELECT EXISTS (SELECT FROM {self.stage.table} WHERE \"{column}\" <> '' AND {KEY} IN "
            f"(SELECT key FROM repeated) GROUP BY {KEY} HAVING count(DISTINCT {GEOMETRY}::bytea) > 1)"
        )
        return bool(self.cursor.fetchone()[0])
