from django.apps import AppConfig

from layers.registry.text import Text


class BaseConfig(AppConfig):
    name = "layers.base"
    label = "base"
    verbose_name = Text("基础地理", "Base geography")
    default_auto_field = "django.db.models.BigAutoField"
