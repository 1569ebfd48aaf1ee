from django.apps import AppConfig


class ImportsConfig(AppConfig):
    name = "geoportal.imports"
    label = "imports"
