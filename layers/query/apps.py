from django.apps import AppConfig
from django.core.checks import Tags, register
from django.db.models.signals import pre_migrate

from layers.registry.text import Text


class QueryConfig(AppConfig):
    name = "layers.query"
    label = "query"
    verbose_name = Text("查询", "Questions")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from .analysis.routing_extension import check_extension, create_extension

        register(check_extension, Tags.database)
        pre_migrate.connect(create_extension, sender=self, dispatch_uid="query.routing")
