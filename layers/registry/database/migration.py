"""Before tables change: a database of another version is refused, and what holds on to columns gives way."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.apps.registry import Apps
from django.db import connections
from django.db.migrations import Migration
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations import AlterField

from . import catalogue, migration_record

Plan = Sequence[tuple[Migration, bool]]

REFUSAL = (
    "This database was made by another version of the portal ({example}), whose tables cannot be "
    "taken over: start with a new folder (./start --data DIR) or, where DATABASE_URL names a database, with an empty one."
)


def refusal(using: str) -> str:
    """A sentence for a database to which migrations were applied that this version does not have, or has with other
    words; else empty."""
    loader = MigrationLoader(connections[using], ignore_no_migrations=True)
    applied = {key: loader.disk_migrations.get(key) for key in loader.applied_migrations}
    unknown = [key for key, known in applied.items() if known is None and key[0] in loader.migrated_apps]
    if unknown:
        return REFUSAL.format(example=f"{'.'.join(unknown[-1])} is unknown here")
    with connections[using].cursor() as cursor:
        recorded = migration_record.recorded(cursor)
    ours = {key: known for key, known in applied.items() if known and migration_record.is_ours(known)}
    for key, known in ours.items():
        if recorded.get(key) != migration_record.fingerprint(known):
            return REFUSAL.format(example=f"{'.'.join(key)} is another one here")
    return ""


def prepare(using: str, plan: Plan, apps: Apps, **kwargs: Any) -> None:
    if plan:
        give_way(using, set(_altered_tables(plan, apps)))
        with connections[using].cursor() as cursor:
            migration_record.record(cursor, (each for each, is_backwards in plan if not is_backwards))


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
