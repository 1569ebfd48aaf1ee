"""The log as its commit seals it, and as its owner could change it."""

from django.db import connection


def seal() -> None:
    """Sealing waits for the commit, which a test does not reach."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def change_as_owner(*statements: str) -> None:
    """Past all triggers."""
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        for statement in statements:
            cursor.execute(statement)
        cursor.execute("SET session_replication_role = DEFAULT")
