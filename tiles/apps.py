from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class TilesConfig(AppConfig):
    name = "tiles"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        post_migrate.connect(publish_after_migrate, sender=self, dispatch_uid="tiles.triggers")


def publish_after_migrate(**kwargs: Any) -> None:
    from .cache.cache_guard import create_functions
    from .invalidation.declarations import record_new_declarations
    from .invalidation.triggers import publish_triggers
    from .vector.blocks import grant_blocks

    if kwargs.get("plan") is not None:
        create_functions()
        publish_triggers()
        grant_blocks()
        record_new_declarations()
