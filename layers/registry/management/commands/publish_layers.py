from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import connection

from layers.registry.database.publication import publish
from layers.registry.database.web_role import make_web_role


class Command(BaseCommand):
    requires_system_checks = ()  # pages have nothing to do with it
    help = (
        "Make the database's functions, triggers, search indexes, audience views and roles as the code declares them. "
        "Run it after every migration; what is as declared is not touched."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.WEB_PASSWORD:
            with connection.cursor() as cursor:
                make_web_role(cursor, settings.WEB_PASSWORD)
        changes = publish()
        if options["verbosity"] > 1:
            for identity in changes.made:
                self.stdout.write(f"made {identity}")
            for identity in changes.dropped:
                self.stdout.write(f"dropped {identity}")
        if options["verbosity"]:
            self.stdout.write(f"{len(changes.made)} made, {len(changes.dropped)} dropped.")
