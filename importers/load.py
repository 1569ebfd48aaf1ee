"""Rows into a layer's table: COPY to a staging table, then one statement each to match, to update and to add."""

import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

import numpy as np
import shapely
from django.db import connection, models, transaction

from layers.coordinates import STORE_SRID
from layers.registry.mapping import ImportMapping

from .mapping import Row

NULL = r"\N"
AT_ONCE = 5000
ESCAPES = str.maketrans({"\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r"})

Numbered = tuple[int, Row]


@dataclass(frozen=True)
class Loaded:
    """``repeats`` are the lines of rows that share their key with a later one of the delivery, with its line."""

    added: int = 0
    updated: int = 0
    unchanged: int = 0
    repeats: tuple[tuple[int, int], ...] = ()
    bounds: tuple[float, float, float, float] | None = None
    identifier_repeats: bool = False


@transaction.atomic
def load(model: type[models.Model], rows: Iterable[Numbered], rules: ImportMapping, source: str) -> Loaded:
    """All rows or none; a row with the key of a stored one updates it, one that equals it changes nothing.

    Rows come with their line in the delivery. ``geom`` is a shapely geometry in longitude and latitude, or None.
    Of rows that share a key in one delivery the last one stands.
    """
    with connection.cursor() as cursor:
        stage = _Stage(cursor, model, rules)
        stage.fill(rows, source)
        identifies = stage.index_keys()
        repeats = stage.without_repeats()
        stage.match()
        bounds = stage.bounds()
        updated, added = stage.update(), stage.add()
        total = stage.count()
    return Loaded(added, updated, total - added - updated, repeats, bounds, not identifies)


class _Stage:
    """A temporary table with the columns of the model, the line of each row and the stored row that it updates."""

    def __init__(self, cursor: Any, model: type[models.Model], rules: ImportMapping) -> None:
        self.cursor, self.model, self.rules = cursor, model, rules
        self.table = f'"{model._meta.db_table}"'
        self.fields = {
            field.name: field
            for field in model._meta.concrete_fields
            if not field.primary_key and not getattr(field, "generated", False)
        }
        self.delivered = {"source", "is_generated", *rules.key, *filter(None, [rules.identifier])}
        columns = ", ".join(f'"{field.column}"' for field in self.fields.values())
        cursor.execute("DROP TABLE IF EXISTS staged")
        cursor.execute(
            f"CREATE TEMPORARY TABLE staged ON COMMIT DROP AS SELECT {columns}, 0 AS line, 0::bigint AS target, "
            f"NULL::text AS staged_key FROM {self.table} WITH NO DATA"
        )

    def fill(self, rows: Iterable[Numbered], source: str) -> None:
        remaining = iter(rows)
        while chunk := list(islice(remaining, AT_ONCE)):
            self._copy(chunk, source)
        self.cursor.execute("ANALYZE staged")

    def _copy(self, chunk: Sequence[Numbered], source: str) -> None:
        names = sorted({name for _, row in chunk for name in row} | self.delivered)
        self.delivered.update(names)
        stated = {"source": source, "is_generated": False}
        shapes = _codes([row.get("geom") for _, row in chunk]) if "geom" in names else [NULL] * len(chunk)
        text = io.StringIO()
        for (line, row), shape in zip(chunk, shapes, strict=True):
            cells = (
                shape if name == "geom" else self._cell(name, stated.get(name, row.get(name)))
                for name in names
            )
            text.write("\t".join((*cells, str(line))) + "\n")
        text.seek(0)
        self.cursor.copy_expert(f"COPY staged ({self._listed(names)}, line) FROM STDIN", text)

    def _cell(self, name: str, value: Any) -> str:
        if value is not None:
            return str(value).translate(ESCAPES)
        field = self.fields[name]
        return "" if isinstance(field, models.CharField | models.TextField) and not field.null else NULL

    def index_keys(self) -> bool:
        """Write each row's key; False when the file repeats an identifier, which then is none."""
        identifier = self.rules.identifier
        identifies = not identifier or not self._repeats_identifier(identifier)
        self.cursor.execute(f"UPDATE staged SET staged_key = {self._key('staged', identifies=identifies)}")
        self.cursor.execute("CREATE INDEX ON staged (staged_key)")
        self.identifies = identifies
        return identifies

    def _repeats_identifier(self, identifier: str) -> bool:
        column = self.fields[identifier].column
        self.cursor.execute(
            f'SELECT EXISTS (SELECT FROM staged WHERE "{column}" <> \'\' GROUP BY "{column}" HAVING '
            "count(DISTINCT geom::bytea) > 1)"
        )
        return bool(self.cursor.fetchone()[0])

    def _key(self, table: str, *, identifies: bool) -> str:
        """A text that is the same for the same row: of its identifier where it has one, else of its key."""
        plain = self._hashed(table, self.rules.key)
        if not self.rules.identifier:
            return plain
        column = f'{table}."{self.fields[self.rules.identifier].column}"'
        if not identifies:
            return self._hashed(table, (*self.rules.key, self.rules.identifier))
        named = self._hashed(table, ("source", self.rules.identifier))
        return f"CASE WHEN {column} <> '' THEN 'named ' || {named} ELSE {plain} END"

    def _hashed(self, table: str, names: Sequence[str]) -> str:
        parts = (
            f"COALESCE(md5({table}.geom::bytea), '')"
            if name == "geom"
            else f"COALESCE({table}.\"{self.fields[name].column}\"::text, '')"
            for name in names
        )
        return f"concat_ws(E'\\x1f', {', '.join(parts)})"

    def without_repeats(self) -> tuple[tuple[int, int], ...]:
        self.cursor.execute(
            "WITH numbered AS (SELECT line, last_value(line) OVER (PARTITION BY staged_key ORDER BY line "
            "ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS last FROM staged) "
            "DELETE FROM staged USING numbered WHERE staged.line = numbered.line AND numbered.line < numbered.last "
            "RETURNING staged.line, numbered.last"
        )
        return tuple(sorted(self.cursor.fetchall()))

    def match(self) -> None:
        """Find the stored row of each staged one; with a source among the keys only that source's are looked at."""
        by_source = "source" in self.rules.key or self.rules.identifier
        of_source = "AND t.source IN (SELECT source FROM staged)" if by_source else ""
        self.cursor.execute(
            f"UPDATE staged SET target = found.id FROM (SELECT min(t.id) AS id, {self._key('t', identifies=self.identifies)} "
            f"AS stored_key FROM {self.table} AS t WHERE true {of_source} GROUP BY stored_key) AS found "
            "WHERE found.stored_key = staged.staged_key"
        )

    def update(self) -> int:
        columns = self._columns(self.delivered - {"geom"})
        geometry = {"geom"} & self.delivered & self.fields.keys()
        pairs = ", ".join(f'"{column}" = s."{column}"' for column in [*columns, *geometry])
        differs = [f't."{column}" IS DISTINCT FROM s."{column}"' for column in columns]
        differs += ["t.geom::bytea IS DISTINCT FROM s.geom::bytea" for _ in geometry]
        self.cursor.execute(
            f"UPDATE {self.table} AS t SET {pairs} FROM staged AS s "
            f"WHERE t.id = s.target AND ({' OR '.join(differs)})"
        )
        return int(self.cursor.rowcount)

    def add(self) -> int:
        blank = [
            field.column
            for name, field in self.fields.items()
            if name not in self.delivered and _is_required_text(field)
        ]
        into = ", ".join([self._listed(self.delivered), *(f'"{column}"' for column in blank)])
        chosen = ", ".join([self._listed(self.delivered), *("''" for _ in blank)])
        self.cursor.execute(
            f"INSERT INTO {self.table} ({into}) SELECT {chosen} FROM staged WHERE target IS NULL ORDER BY line"
        )
        return int(self.cursor.rowcount)

    def bounds(self) -> tuple[float, float, float, float] | None:
        if "geom" not in self.delivered:
            return None
        self.cursor.execute(
            "SELECT ST_XMin(e), ST_YMin(e), ST_XMax(e), ST_YMax(e) FROM (SELECT ST_Extent(geom) AS e FROM staged) AS b"
        )
        found = self.cursor.fetchone()
        return None if found[0] is None else found

    def count(self) -> int:
        self.cursor.execute("SELECT count(*) FROM staged")
        return int(self.cursor.fetchone()[0])

    def _columns(self, names: Iterable[str]) -> list[str]:
        return [str(self.fields[name].column) for name in sorted(names) if name in self.fields]

    def _listed(self, names: Iterable[str]) -> str:
        return ", ".join(f'"{column}"' for column in self._columns(names))


def _is_required_text(field: "models.Field[Any, Any]") -> bool:
    """Text that is never NULL and for which the database has no default."""
    is_text = isinstance(field, models.CharField | models.TextField)
    return is_text and not field.null and not field.has_db_default()


def _codes(shapes: Sequence[Any]) -> Iterator[str]:
    found = shapely.to_wkb(
        shapely.set_srid(np.array([*shapes, None], dtype=object)[:-1], STORE_SRID),
        hex=True,
        include_srid=True,
    )
    return (NULL if code is None else str(code) for code in found)
