"""What the database itself grants to the roles under which doors read."""

import pytest
from django.db import connection

from layers.registry.access.audience_views import parts
from layers.registry.audience import Audience
from layers.registry.registration import all_layers

pytestmark = pytest.mark.django_db
ROLES = [audience.role for audience in Audience]
OF_POSTGIS = {"public.geography_columns", "public.geometry_columns", "public.spatial_ref_sys"}


def ask(sql: str, *params: str) -> list[tuple[object, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        rows: list[tuple[object, ...]] = cursor.fetchall()
        return rows


def readable(role: str) -> set[object]:
    """Tables and views with any column that the role may read, outside the system catalogue."""
    rows = ask(
        "SELECT n.nspname || '.' || c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
        "WHERE c.relkind IN ('r', 'v', 'm', 'p', 'f') AND has_schema_privilege(%s, n.oid, 'USAGE') "
        "AND has_any_column_privilege(%s, c.oid, 'SELECT') "
        "AND n.nspname NOT IN ('pg_catalog', 'information_schema')",
        role,
        role,
    )
    return {name for (name,) in rows}


@pytest.mark.parametrize("audience", Audience)
def test_a_role_reads_its_layers_their_links_and_nothing_else(audience: Audience) -> None:
    layers = [layer for layer in all_layers() if layer.audience <= audience]
    names = {layer.name for layer in layers}
    links = {
        f"{layer.name}~{other.layer}" for layer in layers for other in layer.related if other.layer in names
    }
    heights = {f"{layer.name}~heights" for layer in layers if layer.heights}
    parted = {part.replace('"', "") for layer in layers for part in parts(layer, audience)}
    expected = {f"{audience.schema}.{name}" for name in names | links | heights} | parted
    expected.add(f"{audience.schema}.~blocks")  # made of layers that look the same to everybody
    assert readable(audience.role) - OF_POSTGIS == expected


@pytest.mark.parametrize("role", ROLES)
def test_a_role_writes_nothing(role: str) -> None:
    written = ask(
        "SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
        "WHERE c.relkind IN ('r', 'v', 'm', 'p', 'f', 'S') AND n.nspname NOT LIKE 'pg\\_%%' "
        "AND CASE WHEN c.relkind = 'S' THEN has_sequence_privilege(%s, c.oid, 'USAGE, UPDATE') "
        "ELSE has_table_privilege(%s, c.oid, 'INSERT, UPDATE, DELETE, TRUNCATE, TRIGGER') END",
        role,
        role,
    )
    created = ask("SELECT nspname FROM pg_namespace WHERE has_schema_privilege(%s, oid, 'CREATE')", role)
    assert (written, created) == ([], [])


@pytest.mark.parametrize("role", ROLES)
def test_a_role_cannot_sign_in_nor_become_another(role: str) -> None:
    rights = ask(
        "SELECT rolcanlogin, rolsuper, rolcreaterole, rolcreatedb, rolreplication, rolbypassrls "
        "FROM pg_roles WHERE rolname = %s",
        role,
    )
    assert rights == [(False,) * 6]
    others = ask(
        "SELECT rolname FROM pg_roles WHERE rolname <> %s AND pg_has_role(%s, oid, 'MEMBER')", role, role
    )
    assert others == []


@pytest.mark.parametrize("role", ROLES)
def test_a_role_runs_no_function_with_another_s_rights(role: str) -> None:
    lending = ask(
        "SELECT p.proname FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace "
        "WHERE p.prosecdef AND n.nspname <> 'pg_catalog' AND has_function_privilege(%s, p.oid, 'EXECUTE') "
        "AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')",
        role,
    )
    assert lending == []
