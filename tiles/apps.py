from typing import Any

from django.apps import AppConfig


class TilesConfig(AppConfig):
    name = "tiles"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from layers.registry.database.definitions import provide
        from layers.registry.database.publication import published

        from .invalidation import triggers
        from .vector import blocks

        provide(triggers.definitions)
        provide(blocks.definitions)
        published.connect(record_new_declarations, dispatch_uid="tiles.declarations")


def record_new_declarations(**kwargs: Any) -> None:
    from .invalidation import declarations

    declarations.record_new_declarations()
