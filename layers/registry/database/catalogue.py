"""What the database has of the declared objects, and what is kept of the last publication.

The record is a table of no model, so that nothing that empties the tables of the models empties it.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.backends.utils import CursorWrapper
from psycopg2.extras import execute_values


@dataclass(frozen=True)
class CatalogueObject:
    """``target`` is what DROP and COMMENT name; ``state`` is a hash of how the database itself writes the object,
    with the rights granted on it; ``age`` grows with every object that is made."""

    target: str
    state: str
    enabled: bool
    age: int


@dataclass(frozen=True)
class PublicationRecord:
    """Of an object, what its definition was and what the database then made of it."""

    subject: str
    fingerprint: str
    state: str


GRANTS = """(
    SELECT string_agg(a.grantee::regrole::text || ' ' || a.privilege_type, ',' ORDER BY a.grantee::regrole::text)
    FROM aclexplode({acl}) AS a WHERE a.grantee <> {owner}
)"""

OBJECTS = f"""
    SELECT 'FUNCTION ' || proname AS identity, format('FUNCTION %%I.%%I', nspname, proname) AS target,
        pg_get_functiondef(p.oid) || coalesce({GRANTS.format(acl="proacl", owner="proowner")}, '') AS text,
        true AS enabled, p.oid::bigint AS age
    FROM pg_proc AS p JOIN pg_namespace AS n ON n.oid = pronamespace
    WHERE nspname = %(schema)s AND 'FUNCTION ' || proname = ANY(%(identities)s)
    UNION ALL
    SELECT 'TRIGGER ' || tgname || ' ON ' || relname, format('TRIGGER %%I ON %%I.%%I', tgname, nspname, relname),
        pg_get_triggerdef(t.oid), tgenabled <> 'D', t.oid::bigint
    FROM pg_trigger AS t JOIN pg_class AS c ON c.oid = tgrelid JOIN pg_namespace AS n ON n.oid = relnamespace
    WHERE nspname = %(schema)s AND NOT tgisinternal
    AND 'TRIGGER ' || tgname || ' ON ' || relname = ANY(%(identities)s)
    UNION ALL
    SELECT 'INDEX ' || relname, format('INDEX %%I.%%I', nspname, relname),
        pg_get_indexdef(c.oid) || indisvalid::text, true, c.oid::bigint
    FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = relnamespace JOIN pg_index ON indexrelid = c.oid
    WHERE nspname = %(schema)s AND 'INDEX ' || relname = ANY(%(identities)s)
    UNION ALL
    SELECT 'TABLE ' || relname, format('TABLE %%I.%%I', nspname, relname), '', true, c.oid::bigint
    FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = relnamespace
    WHERE nspname = %(schema)s AND relkind = 'r' AND 'TABLE ' || relname = ANY(%(identities)s)
    UNION ALL
    SELECT 'VIEW ' || nspname || '.' || relname, format('VIEW %%I.%%I', nspname, relname),
        pg_get_viewdef(c.oid) || coalesce({GRANTS.format(acl="relacl", owner="relowner")}, ''),
        true, c.oid::bigint
    FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = relnamespace
    WHERE relkind = 'v' AND 'VIEW ' || nspname || '.' || relname = ANY(%(identities)s)
    UNION ALL
    SELECT 'SCHEMA ' || nspname, format('SCHEMA %%I', nspname),
        coalesce({GRANTS.format(acl="nspacl", owner="nspowner")}, ''), true, n.oid::bigint
    FROM pg_namespace AS n WHERE 'SCHEMA ' || nspname = ANY(%(identities)s)
"""

STATE = r"md5(regexp_replace(text, '::(text|character varying)(\[\])?|[()\s]', '', 'g'))"
"""PostgreSQL puts casts between its text types and parentheses elsewhere when it reads what it wrote itself."""

RECORD = "registry_publication"


def look(cursor: CursorWrapper, identities: Iterable[str]) -> dict[str, CatalogueObject]:
    """By identity, those that are there. How the database writes them does not depend on the search path here."""
    cursor.execute("SELECT current_schema(), current_setting('search_path')")
    schema, search_path = cursor.fetchone()
    cursor.execute("SELECT set_config('search_path', '', true)")
    cursor.execute(
        f"SELECT identity, target, {STATE}, enabled, age FROM ({OBJECTS}) AS objects",
        {"schema": schema, "identities": list(identities)},
    )
    found = {identity: CatalogueObject(*rest) for identity, *rest in cursor.fetchall()}
    cursor.execute("SELECT set_config('search_path', %s, true)", [search_path])
    return found


def has_record(cursor: CursorWrapper) -> bool:
    cursor.execute("SELECT to_regclass(%s) IS NOT NULL", [RECORD])
    return bool(cursor.fetchone()[0])


def make_record(cursor: CursorWrapper) -> None:
    if not has_record(cursor):
        cursor.execute(
            f"CREATE TABLE {RECORD} "
            "(identity text PRIMARY KEY, subject text NOT NULL, fingerprint text NOT NULL, state text NOT NULL)"
        )


def recorded(cursor: CursorWrapper) -> dict[str, PublicationRecord]:
    if not has_record(cursor):
        return {}
    cursor.execute(f"SELECT identity, subject, fingerprint, state FROM {RECORD}")
    return {identity: PublicationRecord(*rest) for identity, *rest in cursor.fetchall()}


def forget(cursor: CursorWrapper, identities: Iterable[str]) -> None:
    cursor.execute(f"DELETE FROM {RECORD} WHERE identity = ANY(%s)", [list(identities)])


def record(cursor: CursorWrapper, published: dict[str, PublicationRecord]) -> None:
    forget(cursor, published)
    rows = [(identity, each.subject, each.fingerprint, each.state) for identity, each in published.items()]
    if rows:
        execute_values(cursor.cursor, f"INSERT INTO {RECORD} VALUES %s", rows)
