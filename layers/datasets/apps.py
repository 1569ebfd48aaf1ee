from django.apps import AppConfig

from layers.registry.text import Text


class DatasetsConfig(AppConfig):
    name = "layers.datasets"
    label = "datasets"
    verbose_name = Text("数据集", "Datasets")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from layers.registry.registration import add_source

        from .sync import find, refresh

        add_source(refresh, find)
