from django.apps import AppConfig

from layers.registry.text import Text


class ServicesConfig(AppConfig):
    name = "layers.services"
    label = "services"
    verbose_name = Text("政务服务", "Public services")
    default_auto_field = "django.db.models.BigAutoField"
