"""The role as which pages are answered: it reads and writes rows, and owns nothing.

It is named after the database, so that portals of one server have one each, and is granted what it may by publishing.
What apps keep for good (:func:`keep`) it adds to at most; SQL that adds there in its stead is SECURITY DEFINER.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.backends.utils import CursorWrapper

from ..audience import Audience


@dataclass(frozen=True)
class KeptTable:
    """``changing`` are the columns that may change; ``is_added_to`` where pages add rows themselves."""

    changing: Sequence[str] = ()
    is_added_to: bool = True


KEPT: dict[str, KeptTable] = {
    "registry_publication": KeptTable(is_added_to=False),
    "registry_migration": KeptTable(is_added_to=False),
    "django_migrations": KeptTable(is_added_to=False),
    "registry_accesslogentry": KeptTable(),
    "registry_exportlogentry": KeptTable(),
}

TABLES = """
    SELECT relname, relkind = 'S' FROM pg_class
    WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'S')
    AND pg_has_role(current_user, relowner, 'USAGE')
    AND NOT EXISTS (SELECT FROM pg_depend WHERE classid = 'pg_class'::regclass AND objid = pg_class.oid AND deptype = 'e')
    ORDER BY 1
"""


def keep(table: str, changing: Sequence[str] = (), *, is_added_to: bool = True) -> None:
    KEPT[table] = KeptTable(changing, is_added_to)


def web_role(cursor: CursorWrapper) -> str:
    cursor.execute("SELECT current_database() || '_web'")
    return str(cursor.fetchone()[0])


def make_web_role(cursor: CursorWrapper, password: str) -> None:
    """That signs in with this password; one that is there gets it."""
    name = web_role(cursor)
    verb = "ALTER" if _exists(cursor, name) else "CREATE"
    cursor.execute(f"{verb} ROLE {_quoted(name)} LOGIN PASSWORD %s", [password])


def grant_rows(cursor: CursorWrapper) -> None:
    """What the role may, where there is one; also of tables that are made later."""
    name = web_role(cursor)
    if not _exists(cursor, name):
        return
    role = _quoted(name)
    cursor.execute("SELECT current_schema()")
    schema = _quoted(cursor.fetchone()[0])
    cursor.execute(TABLES)
    found = cursor.fetchall()
    statements = [f"GRANT {', '.join(audience.role for audience in Audience)} TO {role}"]
    statements += [_granting(table, is_sequence, role) for table, is_sequence in found]
    for kind, rights in (("TABLES", "SELECT, INSERT, UPDATE, DELETE"), ("SEQUENCES", "USAGE")):
        statements.append(f"ALTER DEFAULT PRIVILEGES IN SCHEMA {schema} GRANT {rights} ON {kind} TO {role}")
    cursor.execute("; ".join(statements))


def _granting(table: str, is_sequence: bool, role: str) -> str:
    if is_sequence:
        return f"GRANT USAGE ON SEQUENCE {_quoted(table)} TO {role}"
    kept = KEPT.get(table)
    if kept is None:
        return f"GRANT SELECT, INSERT, UPDATE, DELETE ON {_quoted(table)} TO {role}"
    rights = ["SELECT", *(["INSERT"] if kept.is_added_to else [])]
    rights += [f"UPDATE ({', '.join(map(_quoted, kept.changing))})"] if kept.changing else []
    return (
        f"REVOKE ALL ON {_quoted(table)} FROM {role}; GRANT {', '.join(rights)} ON {_quoted(table)} TO {role}"
    )


def owns_kept_tables(cursor: CursorWrapper) -> bool:
    """Whether whoever asks now could switch off what guards them."""
    cursor.execute(
        "SELECT EXISTS (SELECT FROM pg_class WHERE relname = ANY(%s) AND pg_has_role(current_user, relowner, 'MEMBER'))",
        [list(KEPT)],
    )
    return bool(cursor.fetchone()[0])


def _exists(cursor: CursorWrapper, name: str) -> bool:
    cursor.execute("SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = %s)", [name])
    return bool(cursor.fetchone()[0])


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
