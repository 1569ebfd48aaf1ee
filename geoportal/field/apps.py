from django.apps import AppConfig


class FieldConfig(AppConfig):
    name = "geoportal.field"
    label = "field"
