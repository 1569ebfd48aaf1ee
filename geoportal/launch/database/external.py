"""A database of the user's own, named by DATABASE_URL: reachable, with PostGIS, and with the rights the portal needs."""

import sys
from urllib.parse import quote, unquote, urlsplit

from geoportal.launch.errors import Refusal

SCHEMES = ("postgresql", "postgres", "postgis")
EXAMPLE = "postgresql://user:password@host:5432/database"


def check_form(url: str) -> None:
    """Looks at the address only; errors name no password."""
    try:
        parts = urlsplit(url)
        parts.port  # noqa: B018  reading it raises for a port that is no number
    except ValueError as problem:
        raise Refusal(f"DATABASE_URL is not an address ({problem}); it looks like {EXAMPLE}") from None
    if parts.scheme not in SCHEMES:
        raise Refusal(
            f"DATABASE_URL must begin with postgresql://, not {parts.scheme or 'nothing'}: {EXAMPLE}"
        )
    if not parts.path.strip("/"):
        raise Refusal(f"DATABASE_URL names no database; it looks like {EXAMPLE}")


def web_url(url: str, password: str) -> str:
    """The same database as the role that answers pages."""
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    user = quote(f"{unquote(parts.path.strip('/'))}_web", safe="")
    return parts._replace(netloc=f"{user}:{quote(password, safe='')}@{host}").geturl()


def examine(url: str) -> None:
    """Runs inside .venv, where psycopg2 is."""
    import psycopg2  # not there before .venv is filled

    parts = urlsplit(url)
    try:
        connection = psycopg2.connect(parts._replace(scheme="postgresql").geturl(), connect_timeout=10)
    except psycopg2.OperationalError as problem:
        reason = " ".join(str(problem).split())
        raise Refusal(f"The database of DATABASE_URL is not reachable: {reason}") from None
    except psycopg2.ProgrammingError as problem:
        raise Refusal(f"DATABASE_URL is not understood: {' '.join(str(problem).split())}") from None
    with connection, connection.cursor() as cursor:
        cursor.execute(
            "select exists(select from pg_extension where extname = 'postgis'),"
            " exists(select from pg_available_extensions where name = 'postgis'),"
            " rolsuper, rolcreaterole, current_user from pg_roles where rolname = current_user"
        )
        rows = cursor.fetchall()
    connection.close()
    for row in rows:
        judge(*row)


def judge(present: bool, available: bool, superuser: bool, creates_roles: bool, user: str) -> None:
    if not present and not available:
        raise Refusal(
            "The database server has no PostGIS; install its package there (Debian: postgresql-15-postgis-3)."
        )
    if not present and not superuser:
        raise Refusal("PostGIS is missing in the database; let its superuser run: CREATE EXTENSION postgis")
    if not (superuser or creates_roles):
        raise Refusal(
            f"The portal makes a database role per audience; let a superuser run: ALTER ROLE {user} CREATEROLE"
        )


if __name__ == "__main__":
    try:
        examine(sys.stdin.read().strip())  # not an argument: every user of the machine reads those
    except Refusal as refusal:
        sys.exit(str(refusal))
