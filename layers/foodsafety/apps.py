from django.apps import AppConfig

from layers.registry.text import Text


class FoodsafetyConfig(AppConfig):
    name = "layers.foodsafety"
    label = "foodsafety"
    verbose_name = Text("食品安全", "Food safety")
    default_auto_field = "django.db.models.BigAutoField"
