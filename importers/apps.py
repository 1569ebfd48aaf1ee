from django.apps import AppConfig


class ImportersConfig(AppConfig):
    name = "importers"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from layers.jobs.maintenance import maintenance

        from .history.record import fail_interrupted

        maintenance.connect(fail_interrupted, dispatch_uid="importers.fail_interrupted")
