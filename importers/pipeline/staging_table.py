"""The staging table: what is checked waits there, with the key by which each row is known, until it is merged."""

import io
from collections.abc import Iterable, Sequence
from typing import Any

import pgpq
import pyarrow as pa
from django.db import DatabaseError, connection, models

from importers.errors import ImporterError
from importers.schema import field_conversion
from layers.coordinates import STORE_SRID
from layers.registry.declaration.mapping import ImportMapping

from .disk_space import explanation, is_full

LINE, GEOMETRY, KEY, SEARCH = "staged_line", "geom", "staged_key", "search_text"
TYPES = {
    pa.int64(): "bigint",
    pa.bool_(): "boolean",
    pa.float64(): "double precision",
    pa.date32(): "date",
    pa.timestamp("us", tz="UTC"): "timestamptz",
    pa.string(): "text",
}
AT_ONCE = 1 << 20
"""Bytes handed to the database in one piece."""

SEPARATOR = "E'\\x1f'"


class StagingTable:
    """A table with the fields of a model; temporary, or one that several connections fill."""

    def __init__(self, model: type[models.Model], rules: ImportMapping, table: str) -> None:
        self.model, self.rules, self.table = model, rules, table
        self.fields = field_conversion.stored_fields(model)

    def create(self, cursor: Any, *, temporary: bool) -> None:
        columns = [
            f'"{found.column}" '
            + (
                f"geometry(Geometry, {STORE_SRID})"
                if name == GEOMETRY
                else TYPES[field_conversion.arrow_type(found)]
            )
            for name, found in self.fields.items()
        ]
        key = self.key("", by_identifier=True)
        cursor.execute(f"DROP TABLE IF EXISTS {self.table}")
        cursor.execute(
            f"CREATE {'TEMPORARY' if temporary else 'UNLOGGED'} TABLE {self.table} ({', '.join(columns)}, "
            f"{LINE} bigint, {KEY} uuid GENERATED ALWAYS AS ({key}) STORED) {'ON COMMIT DROP' * temporary}"
        )

    def copy(self, cursor: Any, rows: pa.RecordBatch) -> None:
        if not rows.num_rows:
            return
        encoder = pgpq.ArrowToPostgresBinaryEncoder(rows.schema)
        content = io.BytesIO()
        for part in (encoder.write_header(), encoder.write_batch(rows), encoder.finish()):
            content.write(part)
        content.seek(0)
        names = self.column_list(rows.schema.names)
        try:
            with cursor.db.wrap_database_errors:
                cursor.copy_expert(
                    f"COPY {self.table} ({names}) FROM STDIN (FORMAT binary)", content, AT_ONCE
                )
        except DatabaseError as problem:
            if is_full(problem):  # said here, since what a worker raises loses its code on the way
                raise ImporterError(explanation(problem)) from problem
            raise

    def analyze(self, cursor: Any) -> None:
        cursor.execute(f"ANALYZE {self.table} ({LINE}, {KEY})")

    def key_by_place(self, cursor: Any) -> None:
        """For a file that repeats an identifier, which then is none: rows are known by their place with it."""
        cursor.execute(
            f"ALTER TABLE {self.table} DROP COLUMN {KEY}, "
            f"ADD COLUMN {KEY} uuid GENERATED ALWAYS AS ({self.key('', by_identifier=False)}) STORED"
        )

    def key(self, alias: str, *, by_identifier: bool) -> str:
        """The same for the same row of a source, staged or stored: of its identifier, else of its key."""
        identifier = self.rules.identifier
        if not identifier:
            return self._hash(alias, self.rules.key)
        if not by_identifier:
            return self._hash(alias, (*self.rules.key, identifier))
        column = f'{alias}"{self.fields[identifier].column}"'
        named, placed = self._hash(alias, (identifier,)), self._hash(alias, self.rules.key)
        return f"CASE WHEN {column} <> '' THEN {named} ELSE {placed} END"

    def _hash(self, alias: str, names: Sequence[str]) -> str:
        parts = [self._text(alias, name) for name in names if name != "source"]
        return f"md5({f' || {SEPARATOR} || '.join(parts)})::uuid"

    def _text(self, alias: str, name: str) -> str:
        """Immutable, and alike for a model's column and a staged one."""
        field = self.fields[name]
        column = f'{alias}"{field.column}"'
        if name == GEOMETRY:
            return f"coalesce(md5(ST_AsBinary({column}, 'NDR')), '')"
        if isinstance(field, models.DateField):
            column = f"({column} - date '2000-01-01')"
        return f"coalesce({column}::text, '')"

    def value(self, name: str) -> str:
        """The staged column, of ``s``, as the model's field takes it."""
        field = self.fields[name]
        column = f's."{field.column}"'
        if name == GEOMETRY:
            return column
        if isinstance(field, models.CharField | models.TextField):
            return column if field.null else f"coalesce({column}, '')"
        return f"{column}::{field.rel_db_type(connection)}"

    def column_list(self, names: Iterable[str]) -> str:
        return ", ".join(f'"{self.fields[name].column if name in self.fields else name}"' for name in names)
