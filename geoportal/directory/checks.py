from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.core.checks import CheckMessage, Error
from django.urls import Resolver404, resolve

from layers.registry.registration import list_pages


def check_list_pages(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """A list page must not be declared where the portal has another page."""
    return [
        Error(
            f"Layer {layer.name!r} declares its list page at {page.path!r}, where the portal has another page.",
            hint="Give it another path.",
            obj=layer.model,
            id="directory.E001",
        )
        for layer, page in list_pages()
        if _layer_at(f"/{page.path}") != layer.name
    ]


def _layer_at(address: str) -> object:
    try:
        return resolve(address).kwargs.get("name")
    except Resolver404:  # a path that the registry's own check refuses
        return None
