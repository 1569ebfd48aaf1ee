from django.apps import AppConfig

from layers.registry.text import Text


class JobsConfig(AppConfig):
    name = "layers.jobs"
    label = "jobs"
    verbose_name = Text("后台任务", "Jobs")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from .maintenance import delete_old_jobs, maintenance

        maintenance.connect(delete_old_jobs, dispatch_uid="jobs.delete_old")
