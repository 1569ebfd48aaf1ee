from django.apps import AppConfig

from layers.registry.text import Text


class CaseworkConfig(AppConfig):
    name = "layers.casework"
    label = "casework"
    verbose_name = Text("办案", "Casework")
    default_auto_field = "django.db.models.BigAutoField"
