"""Before tables change: a database of another version is refused, and what holds on to columns gives way."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.apps.registry import Apps
from django.db import connections
from django.db.migrations import Migration
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations import AlterField

from . import catalogue

Plan = Sequence[tuple[Migration, bool]]

REFUSAL = (
    "This database was made by another version of the portal ({example} is unknown here), whose tables cannot be "
    "taken over: start with a new folder (./start --data DIR) or, where DATABASE_URL names a database, with an empty one."
)


def refusal(using: str) -> str:
    """A sentence for a database to which migrations were applied that this version does not have; else empty."""
    loader = MigrationLoader(connections[using], ignore_no_migrations=True)
    unknown = [
        f"{label}.{name}"
        for label, name in loader.applied_migrations
        if label in loader.migrated_apps and (label, name) not in loader.disk_migrations
    ]
    return REFUSAL.format(example=unknown[-1]) if unknown else ""


def prepare(using: str, plan: Plan, apps: Apps, **kwargs: Any) -> None:
    if plan:
        give_way(using, set(_altered_tables(plan, apps)))


def give_way(using: str, tables: set[str]) -> None:
    """The views of the audiences, and triggers of tables of which columns change: PostgreSQL keeps the types of
    columns that these name. Publishing makes them again."""
    with connections[using].cursor() as cursor:
        found = catalogue.look(cursor, catalogue.recorded(cursor))
        for identity, each in found.items():
            kind, *_, last = identity.split()
            if kind == "VIEW" or (kind == "TRIGGER" and last in tables):
                cursor.execute(f"DROP {each.target.replace('VIEW ', 'VIEW IF EXISTS ')} CASCADE")


def _altered_tables(plan: Plan, apps: Apps) -> Iterator[str]:
    for migration, _ in plan:
        for operation in migration.operations:
            if isinstance(operation, AlterField):
                model = apps.all_models[migration.app_label].get(operation.model_name_lower)
                if model is not None:
                    yield model._meta.db_table
