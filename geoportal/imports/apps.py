from django.apps import AppConfig


class ImportsConfig(AppConfig):
    name = "geoportal.imports"
    label = "imports"

    def ready(self) -> None:
        from layers.jobs.maintenance import maintenance

        from .uploads import forget_old

        maintenance.connect(forget_old, dispatch_uid="imports.forget_old")
