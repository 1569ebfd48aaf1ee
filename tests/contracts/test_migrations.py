"""Migrations stand alone: no code of the packages, no literal reference system, one beginning for each app."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from geoportal.launch.options import ROOT

PACKAGES = ("geoportal", "layers", "tiles", "importers")
FILES = sorted(
    path
    for package in PACKAGES
    for path in (ROOT / package).rglob("migrations/*.py")
    if path.stem != "__init__"
)
FIELDS = {"tiles.fields"}
"""Column types of ours, which a migration can only name."""


def imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom):
            yield "." * node.level + (node.module or "")
        elif isinstance(node, ast.Import):
            yield from (name.name for name in node.names)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.parts[-3])
def test_a_migration_runs_no_code_of_the_packages(path: Path) -> None:
    ours = {name for name in imported(path) if name.split(".")[0] in {*PACKAGES, ""}}
    assert ours <= FIELDS


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.parts[-3])
def test_a_migration_takes_reference_systems_from_the_settings(path: Path) -> None:
    assert re.findall(r"\b(?:4490|3857|4326|4550)\b", path.read_text()) == []


def test_every_app_has_one_migration() -> None:
    """Nothing was released; a database of another version is refused."""
    loader = MigrationLoader(None, ignore_no_migrations=True)
    initial = [label for (label, name), each in loader.disk_migrations.items() if each.initial]
    ours = sorted(path.parts[-3] for path in FILES)
    assert sorted(label for label in initial if label in ours) == ours


@pytest.mark.django_db
def test_every_function_finds_its_names_whatever_the_search_path() -> None:
    """By a search path of its own, or because its body was bound when it was made."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT proname FROM pg_proc AS p WHERE pronamespace = 'public'::regnamespace "
            "AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = p.oid AND deptype = 'e') "
            "AND prosqlbody IS NULL AND NOT coalesce(proconfig::text, '') ~ 'search_path='"
        )
        assert cursor.fetchall() == []
