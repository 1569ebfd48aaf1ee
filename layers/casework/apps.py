from django.apps import AppConfig
from django.core.signals import request_finished, request_started
from django.db.models.signals import post_migrate
from django.utils.module_loading import autodiscover_modules

from layers.registry.text import Text


class CaseworkConfig(AppConfig):
    name = "layers.casework"
    label = "casework"
    verbose_name = Text("办案", "Casework")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from layers.registry.database.definitions import provide
        from layers.registry.database.web_role import keep

        from .log import log_triggers
        from .procedures import titles
        from .room_texts import ship_room_texts

        autodiscover_modules("case_types")
        provide(log_triggers.definitions)
        for table, changing in log_triggers.KEPT.items():
            keep(table, changing, is_added_to=table != log_triggers.SEALS)
        post_migrate.connect(ship_room_texts, sender=self, dispatch_uid="casework.room_texts")
        request_started.connect(titles.begin_request, dispatch_uid="casework.titles.begin")
        request_finished.connect(titles.end_request, dispatch_uid="casework.titles.end")
