"""The rows of the tests' database: copied once, and put back after each test that commits.

A state is a schema with a copy of every table that held rows, and a function that puts them back. While it does no
trigger and no foreign key acts; afterwards every layer counts as changed everywhere, as after emptying its table.
"""

from typing import Any

from django.db import connection, transaction

from layers.registry.database.web_role import web_role
from layers.registry.registration import all_layers
from tiles.invalidation.triggers import record_change_everywhere

EMPTY, DISTRICT = "state_empty", "state_district"
MANY = 1 << 20
"""Bytes from which a table is truncated: deleting few rows is quicker than making new files."""

next_repairs = False
"""Whether the next test wants the district and repairs what this one left of it."""

Columns = dict[str, str]
"""By table its columns, quoted, without those that are made from others."""


def make_web_role() -> None:
    """As ./start makes it, without a password; it outlives the database, as roles do."""
    with connection.cursor() as cursor:
        name = web_role(cursor)
        cursor.execute("SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = %s)", [name])
        if not cursor.fetchone()[0]:
            cursor.execute(f"CREATE ROLE {name} LOGIN")


def remember_empty() -> None:
    """What the migrations left is the state that every test begins with."""
    with transaction.atomic(), connection.cursor() as cursor:
        tables = _columns(cursor)
        full = [table for table in tables if _holds_rows(cursor, table)]
        _copy(cursor, EMPTY, full, tables)
        cursor.execute(f"CREATE TABLE {EMPTY}.mark AS SELECT pg_current_xact_id()::text::bigint AS last")
        statements = [_emptying(table) for table in tables if table not in full]
        statements += [_restoring(table, tables[table]) for table in full]
        statements += [f"UPDATE {EMPTY}.mark SET last = pg_current_xact_id()::text::bigint;"]
        _define(cursor, EMPTY, statements)


def remember_district() -> None:
    """The rows there are now, besides those of the empty state, are the small district."""
    with transaction.atomic(), connection.cursor() as cursor:
        tables = _columns(cursor)
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = %s", [EMPTY])
        before = {name for (name,) in cursor.fetchall()}
        added = [table for table in tables if table not in before and _holds_rows(cursor, table)]
        _copy(cursor, DISTRICT, added, tables)
        _define(cursor, DISTRICT, [_inserting(DISTRICT, table, tables[table]) for table in added])
        sources = {table: EMPTY for table in before if table in tables} | dict.fromkeys(added, DISTRICT)
        cursor.execute(
            f"CREATE TABLE {DISTRICT}.written AS SELECT unnest(%s) AS name, 0::bigint AS by", [list(sources)]
        )
        _define_repair(cursor, [_repairing(table, tables[table], sources.get(table)) for table in tables])


def put(state: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {state}.put()")


def put_for_everybody(state: str) -> None:
    """Other processes hear of it, as of any change."""
    with transaction.atomic():
        put(state)
        for layer in all_layers():
            record_change_everywhere(layer.name)


def leave() -> None:
    if not next_repairs:
        put_for_everybody(EMPTY)


@transaction.atomic
def repair_district() -> None:
    """The small district, whatever was there; other processes keep what they drew of tables that nobody wrote.

    The record of changes stays, and what workers make by it.
    """
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {DISTRICT}.repair()")
        written = set(cursor.fetchone()[0])
        known = set(_columns(cursor))
    kept = {
        layer.name
        for layer in all_layers()
        if {model._meta.db_table for model in layer.models()} <= known - written
    }
    for layer in all_layers():
        if layer.name not in kept:
            record_change_everywhere(layer.name)


def _columns(cursor: Any) -> Columns:
    cursor.execute("""
        SELECT relname, string_agg(quote_ident(attname), ', ' ORDER BY attnum)
        FROM pg_class JOIN pg_attribute ON attrelid = pg_class.oid
        WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND relname <> 'spatial_ref_sys'
        AND attnum > 0 AND NOT attisdropped AND attgenerated = '' GROUP BY relname ORDER BY relname
    """)
    return dict(cursor.fetchall())


def _holds_rows(cursor: Any, table: str) -> bool:
    cursor.execute(f"SELECT EXISTS (SELECT FROM {table})")
    return bool(cursor.fetchone()[0])


def _copy(cursor: Any, state: str, full: list[str], tables: Columns) -> None:
    cursor.execute(f"CREATE SCHEMA {state}")
    for table in full:
        cursor.execute(f"CREATE TABLE {state}.{table} AS SELECT {tables[table]} FROM {table}")


def _define(cursor: Any, state: str, statements: list[str]) -> None:
    cursor.execute(
        f"CREATE FUNCTION {state}.put() RETURNS void LANGUAGE plpgsql SET session_replication_role = replica "
        f"AS $put$ BEGIN {' '.join(statements)} END $put$"
    )


def _define_repair(cursor: Any, statements: list[str]) -> None:
    """Returns the names of the tables whose rows it put back."""
    cursor.execute(
        f"CREATE FUNCTION {DISTRICT}.repair() RETURNS text[] LANGUAGE plpgsql SET session_replication_role = replica "
        f"AS $put$ DECLARE found text[] := '{{}}'; this bigint := pg_current_xact_id()::text::bigint; "
        f"BEGIN {' '.join(statements)} RETURN found; END $put$"
    )


def _repairing(table: str, columns: str, source: str | None) -> str:
    """A row that another transaction wrote than the one that put the table's rows is a foreign one."""
    if table.startswith("tiles_"):
        return ""
    if source is None:
        return f"""
        IF pg_relation_size('{table}') > 0 AND EXISTS (SELECT FROM {table})
        THEN {_emptying(table)} found := found || '{table}'::text;
        END IF;"""
    return f"""
        IF (SELECT count(*) FROM {table}) <> (SELECT count(*) FROM {source}.{table})
        OR EXISTS (SELECT FROM {table} AS kept, {DISTRICT}.written
            WHERE written.name = '{table}' AND kept.xmin::text::bigint <> written.by)
        THEN DELETE FROM {table}; {_inserting(source, table, columns)} found := found || '{table}'::text;
        UPDATE {DISTRICT}.written SET by = this WHERE name = '{table}';
        END IF;"""


def _emptying(table: str) -> str:
    return f"""
        IF pg_relation_size('{table}') > {MANY} THEN TRUNCATE {table} CASCADE;
        ELSIF pg_relation_size('{table}') > 0 THEN DELETE FROM {table};
        END IF;"""


def _restoring(table: str, columns: str) -> str:
    """Only where rows are missing, or were written since the state was last put."""
    return f"""
        IF (SELECT count(*) FROM {table}) <> (SELECT count(*) FROM {EMPTY}.{table})
        OR EXISTS (SELECT FROM {table}, {EMPTY}.mark WHERE {table}.xmin::text::bigint > last)
        THEN DELETE FROM {table}; {_inserting(EMPTY, table, columns)}
        END IF;"""


def _inserting(state: str, table: str, columns: str) -> str:
    return f"INSERT INTO {table} ({columns}) SELECT {columns} FROM {state}.{table};"
