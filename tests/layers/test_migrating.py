"""Migrations change tables that views and triggers hold on to, and are refused on tables of another version."""

from io import StringIO

import pytest
from django.apps import apps
from django.contrib.gis.db import models
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.migrations import AlterField, Migration
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.recorder import MigrationRecorder
from django.db.models.signals import pre_migrate

from layers.registry.database.publication import publish
from tests.layers.publication import ages, problems, touched

pytestmark = pytest.mark.django_db(transaction=True)


def naming(length: int) -> Migration:
    """A migration that changes how long the name of a road may be."""
    name = models.CharField("Name", max_length=length, blank=True)
    made: Migration = type("Migration", (Migration,), {"operations": [AlterField("Road", "name", name)]})(
        "0002_names_of_roads", "base"
    )
    return made


def apply(migration: Migration) -> None:
    executor = MigrationExecutor(connection)
    state = executor.loader.project_state()
    registry = apps.get_app_config("registry")
    pre_migrate.send(
        sender=registry, app_config=registry, using="default", plan=[(migration, False)], apps=state.apps
    )
    with connection.schema_editor() as editor:
        migration.apply(state, editor)


def test_a_column_of_a_layer_is_altered_and_publishing_makes_again_what_gave_way() -> None:
    before = ages()
    try:
        apply(naming(300))
        after = ages()
        gave_way = {name for name in before if name not in after}
        assert "trigger geoportal_search base_road" in gave_way
        assert "trigger geoportal_search base_water" not in gave_way
        assert "trigger casework_append_only casework_event" not in gave_way
        assert "relation for_public.roads" in gave_way
        assert problems()
        publish()
        assert problems() == []
        assert not [name for name in touched(before) if name.startswith("function")]
    finally:
        apply(naming(120))
        publish()


def test_nothing_gives_way_where_there_is_nothing_to_migrate() -> None:
    before = ages()
    call_command("migrate", interactive=False, verbosity=0)
    assert touched(before) == set()


def test_a_database_of_another_version_is_refused_before_anything_is_changed() -> None:
    recorder = MigrationRecorder(connection)
    recorder.record_applied("casework", "0002_kernel")
    before = ages()
    try:
        with pytest.raises(
            CommandError, match=r"another version .*casework\.0002_kernel.* start with a new folder"
        ):
            call_command("migrate", interactive=False, stdout=StringIO())
        assert touched(before) == set()
    finally:
        recorder.record_unapplied("casework", "0002_kernel")


@pytest.mark.parametrize(
    "changed",
    ["UPDATE registry_migration SET fingerprint = '' WHERE app = 'base'", "DELETE FROM registry_migration"],
)
def test_a_database_whose_migrations_said_something_else_is_refused(changed: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(changed)
    before = ages()
    with pytest.raises(CommandError, match=r"another version .*\w+\.0001_initial is another one here"):
        call_command("migrate", interactive=False, stdout=StringIO())
    assert touched(before) == set()


def test_migrations_of_apps_that_are_gone_do_not_matter() -> None:
    recorder = MigrationRecorder(connection)
    recorder.record_applied("gone", "0001_initial")
    try:
        call_command("migrate", interactive=False, verbosity=0)
    finally:
        recorder.record_unapplied("gone", "0001_initial")


def test_the_check_says_nothing_of_tables_that_are_not_there_yet() -> None:
    recorder = MigrationRecorder(connection)
    recorder.record_unapplied("tiles", "0001_initial")
    try:
        publish_lost = "DROP VIEW for_public.roads CASCADE"
        with connection.cursor() as cursor:
            cursor.execute(publish_lost)
        assert problems() == []
    finally:
        recorder.record_applied("tiles", "0001_initial")
        publish()
