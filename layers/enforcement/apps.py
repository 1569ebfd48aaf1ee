from django.apps import AppConfig

from layers.registry.text import Text


class EnforcementConfig(AppConfig):
    name = "layers.enforcement"
    label = "enforcement"
    verbose_name = Text("综合执法", "Enforcement")
    default_auto_field = "django.db.models.BigAutoField"
