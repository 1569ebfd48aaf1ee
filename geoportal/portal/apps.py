from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "geoportal.portal"
    label = "portal"

    def ready(self) -> None:
        from geoportal.take_away.files import forget_old
        from layers.jobs.maintenance import maintenance

        maintenance.connect(forget_old, dispatch_uid="portal.forget_old_exports")
