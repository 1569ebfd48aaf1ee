"""Statements that the database has planned go when nobody will ask for them again."""

import pytest
from django.db import connection

from layers.registry.access.prepared_statements import execute_prepared, forget

pytestmark = pytest.mark.django_db


def planned() -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT statement FROM pg_prepared_statements WHERE name LIKE 'portal_%'")
        return {text.rpartition(" AS SELECT ")[2] for (text,) in cursor.fetchall()}


def ask(number: int) -> int:
    with connection.cursor() as cursor:
        execute_prepared(cursor, f"SELECT {number} + %s::int", [1])
        return int(cursor.fetchone()[0])


def test_what_is_forgotten_leaves_the_database_before_the_next_is_planned() -> None:
    forget()
    assert [ask(10), ask(20), ask(10)] == [11, 21, 11]
    assert len(planned()) == 2
    forget()
    forget()
    assert ask(30) == 31
    assert planned() == {"30 + $1::int"}
    assert [ask(10), ask(30)] == [11, 31]
    assert len(planned()) == 2
