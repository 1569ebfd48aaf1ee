from typing import Any

from django.core.management.base import CommandError
from django.core.management.commands import migrate

from layers.registry.database.migration import refusal


class Command(migrate.Command):
    """Django's own, which refuses a database of another version instead of taking its tables for those of this one."""

    def get_check_kwargs(self, options: dict[str, Any]) -> Any:
        """What is published after migrating is not asked for before."""
        return super().get_check_kwargs(options) | {"databases": []}

    def handle(self, *args: Any, **options: Any) -> None:
        if refused := refusal(options["database"]):
            raise CommandError(refused)
        super().handle(*args, **options)
