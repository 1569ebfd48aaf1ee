from django.apps import AppConfig

from layers.registry.text import Text


class VillagesConfig(AppConfig):
    name = "layers.villages"
    label = "villages"
    verbose_name = Text("村村通网络", "Village network")
    default_auto_field = "django.db.models.BigAutoField"
