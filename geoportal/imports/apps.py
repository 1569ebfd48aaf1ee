from typing import Any

from django.apps import AppConfig


class ImportsConfig(AppConfig):
    name = "geoportal.imports"
    label = "imports"

    def ready(self) -> None:
        from layers.jobs.maintenance import maintenance

        from .uploads import forget_old

        maintenance.connect(forget_old, dispatch_uid="imports.forget_old")
        maintenance.connect(_drop_unfinished, dispatch_uid="imports.drop_unfinished")


def _drop_unfinished(**kwargs: Any) -> None:
    """In a process that loads what importing needs only where there is something to do."""
    from layers.datasets.models import Dataset

    if Dataset.objects.filter(is_published=False).exists():
        from .dataset_publication import drop_unfinished

        drop_unfinished()
