from django.apps import AppConfig


class CasesConfig(AppConfig):
    name = "geoportal.cases"
    label = "cases"
