from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "geoportal.portal"
    label = "portal"

    def ready(self) -> None:
        from layers.jobs.maintenance import maintenance

        from .export.files import forget_old

        maintenance.connect(forget_old, dispatch_uid="portal.forget_old_exports")
