from django.apps import AppConfig


class HelpConfig(AppConfig):
    name = "geoportal.help"
    label = "help"
