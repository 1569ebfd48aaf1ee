from django.apps import AppConfig
from django.core.checks import Tags, register


class DirectoryConfig(AppConfig):
    name = "geoportal.directory"
    label = "directory"

    def ready(self) -> None:
        from .checks import check_list_pages

        register(check_list_pages, Tags.urls)
