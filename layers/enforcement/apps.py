from typing import Any

from django.apps import AppConfig
from django.apps.registry import Apps
from django.db.models.signals import post_migrate

from layers.registry.text import Text


class EnforcementConfig(AppConfig):
    name = "layers.enforcement"
    label = "enforcement"
    verbose_name = Text("综合执法", "Enforcement")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        post_migrate.connect(ship_procedures, sender=self, dispatch_uid="enforcement.procedures")
        post_migrate.connect(ship_documents, sender=self, dispatch_uid="enforcement.documents")


SHIPPED = "geoportal"
"""Who made the versions that come with the portal; a district's own are never overwritten by them."""


def ship_procedures(apps: Apps | None = None, **kwargs: Any) -> None:
    """After tables were made, and after they were emptied."""
    from layers.casework.procedures.versions import ship_versions

    from .procedure_files import procedure_texts

    if _is_made(apps, "procedureversion"):
        ship_versions(procedure_texts(), SHIPPED)


def ship_documents(apps: Apps | None = None, **kwargs: Any) -> None:
    from layers.casework.documents import templates

    from .procedure_files import template_texts

    if _is_made(apps, "documenttemplate"):
        templates.ship_templates(template_texts(), SHIPPED)


def _is_made(apps: Apps | None, model: str) -> bool:
    """Migrating back may have taken the table away; emptying tables tells of none."""
    return apps is None or model in apps.all_models["casework"]
