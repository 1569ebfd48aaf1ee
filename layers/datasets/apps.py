from django.apps import AppConfig

from layers.registry.text import Text


class DatasetsConfig(AppConfig):
    name = "layers.datasets"
    label = "datasets"
    verbose_name = Text("数据集", "Datasets")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from layers.registry.registration import follow

        from .sync import refresh, seek

        follow(refresh, seek)
