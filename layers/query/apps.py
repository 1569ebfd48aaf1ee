from django.apps import AppConfig

from layers.registry.text import Text


class QueryConfig(AppConfig):
    name = "layers.query"
    label = "query"
    verbose_name = Text("查询", "Questions")
    default_auto_field = "django.db.models.BigAutoField"
