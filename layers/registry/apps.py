from django.apps import AppConfig
from django.core.checks import Tags, register
from django.db.models.signals import pre_migrate
from django.utils.module_loading import autodiscover_modules


class RegistryConfig(AppConfig):
    name = "layers.registry"
    label = "registry"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from .access import audience_views
        from .checks import check_layers
        from .database import checks, migration, sql_files
        from .database.definitions import provide
        from .search import search_text

        autodiscover_modules("layers")
        for provider in (sql_files.plain_files, search_text.definitions, audience_views.definitions):
            provide(provider)
        register(check_layers)
        register(checks.check_database, Tags.database)
        pre_migrate.connect(migration.prepare, sender=self, dispatch_uid="registry.migration")
