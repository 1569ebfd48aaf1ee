"""Rows as the database itself writes them, for what leaves the portal in great numbers."""

from collections.abc import Iterator, Mapping, Sequence
from io import BytesIO

from .layer_query import ROW, Condition, LayerQuery, relation, viewer_cursor

LOWEST_KEY = -(2**63)
SHAPE, SHAPE_ROW = '"~row"."~shape"', '"~row" ("~shape")'
"""Called as no attribute is."""


def copies(
    reading: LayerQuery,
    columns: str,
    form: str,
    conditions: Sequence[Condition],
    batch: int,
    shape: str = "NULL",
) -> Iterator[tuple[bytes, int]]:
    """What COPY writes of SQL columns in a form, in the order of keys, and of how many rows: some at a time, so that
    memory stays flat. Who read personal data is recorded before they leave. ``shape`` is SQL that is worked out once
    for a row, and that columns call SHAPE."""
    personal = [attribute.name for attribute in reading.attributes if attribute.personal]
    last = LOWEST_KEY
    while rows := reading.rows(
        Condition("id > %s", (last,)), *conditions, limit=batch, geometry=False, attributes=personal
    ):
        keys = [row["id"] for row in rows]
        last = keys[-1]
        text = BytesIO()
        name = f"{relation(reading.layer, reading.viewer)} AS {ROW}, LATERAL (SELECT {shape} OFFSET 0) {SHAPE_ROW}"
        with viewer_cursor(reading.viewer) as cursor, cursor.db.wrap_database_errors:
            chosen = cursor.mogrify("id = ANY(%s)", (keys,)).decode()
            cursor.copy_expert(
                f"COPY (SELECT {columns} FROM {name} WHERE {chosen} ORDER BY id) TO STDOUT WITH ({form})",
                text,
            )
        yield text.getvalue(), len(rows)


def column_types(reading: LayerQuery) -> Mapping[str, int]:
    """By name, the numbers of the types that the database gives its columns."""
    with viewer_cursor(reading.viewer) as cursor:
        cursor.execute(f"SELECT * FROM {relation(reading.layer, reading.viewer)} LIMIT 0")
        return {column.name: column.type_code for column in cursor.description}
