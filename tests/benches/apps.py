from django.apps import AppConfig

from layers.registry.text import Text


class BenchesConfig(AppConfig):
    """A whole room that only tests install, at either end of the apps."""

    name = "tests.benches"
    label = "benches"
    verbose_name = Text("街椅", "Benches")
