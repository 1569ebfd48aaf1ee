"""One pygeoapi per address and language, made anew when the registry changed."""

import logging
from functools import lru_cache

from django.http import HttpRequest
from django.utils.translation import get_language
from pygeoapi.api import API
from pygeoapi.openapi import get_oas

from geoportal.features.layer_sizes import sizes
from layers.registry.audience import PUBLIC_VIEWER
from layers.registry.registration import public_layers

from .configuration import WORLD, configuration

# It reports every request without an offset, and every visitor's mistake, as trouble of the server.
logging.getLogger("pygeoapi").setLevel(logging.CRITICAL)


def service(request: HttpRequest) -> API:
    # A layer that is declared anew under its name is another object.
    registry = tuple((layer.name, id(layer)) for layer in public_layers())
    return _service(request.build_absolute_uri("/ogc"), registry, get_language() or "")


@lru_cache(maxsize=8)
def _service(url: str, registry: tuple[tuple[str, int], ...], language: str) -> API:
    settings = configuration(url)
    return API(settings, get_oas(settings, fail_on_invalid_collection=False))


def set_current_extents(api: API) -> None:
    """Give the collections the extents that their layers have now."""
    known = sizes(public_layers(), PUBLIC_VIEWER)
    for name, size in known.items():
        api.config["resources"][name]["extents"]["spatial"]["bbox"] = list(size.extent or WORLD)
