"""What ``manage.py check --database default`` says of a database that lacks what is declared."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.apps import AppConfig
from django.core.checks import CheckMessage, Error
from django.db import DEFAULT_DB_ALIAS, connection, transaction
from django.db.backends.utils import CursorWrapper
from django.db.migrations.executor import MigrationExecutor

from ..registration import all_layers
from . import catalogue
from .definitions import definitions, plan
from .migration import refusal
from .publication import is_current
from .roles import missing_roles

HINT = "Run manage.py publish_layers."


def check_database(
    app_configs: Sequence[AppConfig] | None, databases: Sequence[str] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    if not databases:
        return []
    if refused := refusal(DEFAULT_DB_ALIAS):
        return [Error(refused, id="database.E006")]
    if not _is_migrated():
        return []
    with transaction.atomic(), connection.cursor() as cursor:
        return list(_problems(cursor))


def _is_migrated() -> bool:
    """Of tables that migrations have yet to make or change there is nothing to say."""
    executor = MigrationExecutor(connection)
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())


def _problems(cursor: CursorWrapper) -> Iterator[CheckMessage]:
    for role in missing_roles(cursor):
        yield Error(
            f"The role {role} is missing, or not granted to the portal's user.", HINT, id="database.E001"
        )
    wanted = plan(definitions(all_layers()))
    before = catalogue.recorded(cursor)
    there = catalogue.look(cursor, {*before, *wanted.fingerprints})
    for identity, fingerprint in wanted.fingerprints.items():
        found, published = there.get(identity), before.get(identity)
        if found is None:
            yield Error(f"{identity} is missing.", HINT, id="database.E002")
        elif not is_current(published, fingerprint, found):
            yield Error(
                f"{identity} is not as it is declared, or not with its grants.", HINT, id="database.E003"
            )
        elif not found.enabled:
            yield Error(
                f"{identity} is switched off.",
                "ALTER TABLE … ENABLE TRIGGER … switches it on.",
                id="database.E004",
            )
    for identity in there.keys() - wanted.fingerprints.keys():
        yield Error(f"{identity} is no longer declared.", HINT, id="database.E005")
