from django.apps import AppConfig

from layers.registry.text import Text


class AgenciesConfig(AppConfig):
    name = "layers.agencies"
    label = "agencies"
    verbose_name = Text("机关", "Agencies")
    default_auto_field = "django.db.models.BigAutoField"
