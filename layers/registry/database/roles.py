"""The roles under which doors read: one an audience, of the whole server and without a right of their own."""

from django.db.backends.utils import CursorWrapper

from ..audience import Audience

# Another database of the same server may make the same role at the same moment.
CREATE = """
    DO $$ BEGIN
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{role}') THEN
            CREATE ROLE {role} NOLOGIN;
        END IF;
        IF NOT pg_has_role(current_user, '{role}', 'MEMBER') THEN
            GRANT {role} TO CURRENT_USER;
        END IF;
    EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
    END $$
"""


def create_roles(cursor: CursorWrapper) -> None:
    for role in missing_roles(cursor):
        cursor.execute(CREATE.format(role=role))


def missing_roles(cursor: CursorWrapper) -> list[str]:
    """Those that are not there, or whose rights the portal's own user cannot take on."""
    cursor.execute("SELECT rolname FROM pg_roles WHERE pg_has_role(current_user, oid, 'MEMBER')")
    there = {name for (name,) in cursor.fetchall()}
    return [audience.role for audience in Audience if audience.role not in there]
