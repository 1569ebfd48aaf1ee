from typing import Any

from django.apps import AppConfig
from django.core.checks import register
from django.db.models.signals import post_migrate
from django.utils.module_loading import autodiscover_modules


class RegistryConfig(AppConfig):
    name = "layers.registry"
    label = "registry"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from .checks import check_layers

        autodiscover_modules("layers")
        register(check_layers)
        post_migrate.connect(publish_after_migrate, dispatch_uid="registry.publish")


def publish_after_migrate(app_config: AppConfig, **kwargs: Any) -> None:
    """Runs once, after the last app has its tables."""
    from django.apps import apps

    from .audience_views import publish
    from .search_text import publish_search

    last = [app for app in apps.get_app_configs() if app.models_module][-1]
    if app_config == last and kwargs.get("plan") is not None:
        publish_search()
        publish()
