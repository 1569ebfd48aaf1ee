from django.apps import AppConfig

from layers.registry.text import Text


class TerrainConfig(AppConfig):
    name = "layers.terrain"
    label = "terrain"
    verbose_name = Text("地形", "Terrain")
    default_auto_field = "django.db.models.BigAutoField"
