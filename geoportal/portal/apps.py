from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "geoportal.portal"
    label = "portal"
