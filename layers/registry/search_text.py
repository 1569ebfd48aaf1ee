"""The text by which a row is found, kept by a database trigger so that every way of writing keeps it.

It holds the searchable attributes in lower case, their pinyin without spaces, and the pinyin's initials.
"""

from collections.abc import Iterable

from django.db import connection, models
from django.db.backends.utils import CursorWrapper
from psycopg2.extras import execute_values

from .layer import Layer
from .pinyin import readings
from .registration import all_layers
from .trigram import DOUBLED

GIVEN = "geoportal.search_text_given"
"""A setting of a transaction that writes the search text itself, so that no trigger makes it row by row."""

READINGS = """
CREATE TABLE IF NOT EXISTS registry_pinyin ("character" text PRIMARY KEY, reading text NOT NULL)
"""

FUNCTIONS = """
CREATE OR REPLACE FUNCTION geoportal_pinyin(wording text) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT string_agg(spoken, '' ORDER BY n) || ' ' || string_agg(left(spoken, 1), '' ORDER BY n)
    FROM (
        SELECT n, COALESCE((SELECT reading FROM registry_pinyin WHERE "character" = c), c) AS spoken
        FROM regexp_split_to_table(replace(wording, ' ', ''), '') WITH ORDINALITY AS letters (c, n) OFFSET 0
    ) AS letters
$$;
DROP FUNCTION IF EXISTS geoportal_pinyin(text, boolean);
CREATE OR REPLACE FUNCTION geoportal_search_text(VARIADIC wordings text[]) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT COALESCE(string_agg(lower(w) || CASE WHEN w ~ '[^\\x01-\\x7f]' THEN
        ' ' || geoportal_pinyin(lower(w)) ELSE '' END, ' | '), '')
    FROM unnest(wordings) AS w WHERE w <> ''
$$;
"""


def publish_search() -> None:
    """Fill the table of readings once and give every searchable layer's table its trigger and index."""
    with connection.cursor() as cursor:
        _fill_readings(cursor)
        cursor.execute(FUNCTIONS)
        for model, columns in searchable_columns().items():
            for statement in _statements(model, columns):
                cursor.execute(statement)


def publish_search_of(layer: Layer) -> None:
    """As :func:`publish_search`, for the table of one layer."""
    if layer.searchable:
        with connection.cursor() as cursor:
            for statement in _statements(layer.model, search_columns(layer)):
                cursor.execute(statement)


def searchable_columns() -> dict[type[models.Model], list[str]]:
    found: dict[type[models.Model], list[str]] = {}
    for layer in all_layers():
        if layer.searchable:
            columns = found.setdefault(layer.model, [])
            columns += [column for column in search_columns(layer) if column not in columns]
    return found


def search_columns(layer: Layer) -> list[str]:
    return [str(layer.model_field(a).column) for a in layer.attributes if a.search]


def _statements(model: type[models.Model], columns: Iterable[str]) -> Iterable[str]:
    quote = connection.ops.quote_name
    table = quote(model._meta.db_table)
    arguments = ", ".join(f"NEW.{quote(column)}::text" for column in columns)
    name = f"geoportal_search_{model._meta.db_table}"
    yield f"""
        CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN NEW.search_text := geoportal_search_text({arguments}); RETURN NEW; END $$"""
    yield f"DROP TRIGGER IF EXISTS geoportal_search ON {table}"
    # Most rows of many layers have no words at all; the condition spares them the call.
    yield f"""CREATE TRIGGER geoportal_search BEFORE INSERT OR UPDATE ON {table}
        FOR EACH ROW WHEN (current_setting('{GIVEN}', true) IS DISTINCT FROM 'yes'
        AND concat(NEW.search_text, {arguments}) <> '') EXECUTE FUNCTION {name}()"""
    index = quote(f"{model._meta.db_table}_search"[:63])
    yield f"CREATE INDEX IF NOT EXISTS {index} ON {table} USING gin (search_text gin_trgm_ops)"
    index = quote(f"{model._meta.db_table}_doubled"[:63])
    yield f"CREATE INDEX IF NOT EXISTS {index} ON {table} USING gin ({DOUBLED}(search_text) gin_trgm_ops)"


def _fill_readings(cursor: CursorWrapper) -> None:
    cursor.execute(READINGS)
    cursor.execute("SELECT EXISTS (SELECT FROM registry_pinyin)")
    if cursor.fetchone()[0]:
        return
    execute_values(cursor.cursor, "INSERT INTO registry_pinyin VALUES %s", readings().items(), page_size=5000)
