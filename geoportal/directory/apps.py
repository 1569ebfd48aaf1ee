from django.apps import AppConfig


class DirectoryConfig(AppConfig):
    name = "geoportal.directory"
    label = "directory"
