"""The home page: the map with everything it needs to know at the start."""

from csp.constants import NONE
from csp.decorators import csp_replace
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import get_script_prefix, reverse
from django.views.decorators.clickjacking import xframe_options_exempt

from geoportal.http import door, viewer_of
from layers.registry.audience import PUBLIC_VIEWER, Viewer

from .catalogue import catalogue

FOR_PROGRAMS = {"attributes", "audience", "export", "items", "list"}
"""Of an entry of the catalogue, what the map itself does not read."""


@door
def home(request: HttpRequest) -> HttpResponse:
    return _map(request, "portal/home.html", viewer_of(request))


@door
def embed(request: HttpRequest) -> HttpResponseBase:
    """The map alone, as everybody sees it, for a frame on the pages of the sites that may show it."""
    sites = settings.EMBED_SITES
    view = csp_replace({"frame-ancestors": sites or [NONE]})(_bare_map)
    return (xframe_options_exempt(view) if sites else view)(request)


def _bare_map(request: HttpRequest) -> HttpResponse:
    return _map(request, "portal/embed.html", PUBLIC_VIEWER)


def _map(request: HttpRequest, template: str, viewer: Viewer) -> HttpResponse:
    layers = catalogue(viewer)
    described = {
        "layers": [
            {name: value for name, value in layer.items() if name not in FOR_PROGRAMS} for layer in layers
        ],
        "extent": _extent(layers),
        "addresses": {
            "search": reverse("search"),
            "place": reverse("place"),
            "layers": reverse("layers"),
            "changes": f"{get_script_prefix()}changes/",
        },
        "style": reverse("style", args=["city"]),
        "maplibre": static("vendor/maplibre-gl/dist/maplibre-gl.mjs"),
        "maplibreWorker": static("vendor/maplibre-gl/dist/maplibre-gl-worker.mjs"),
        "maplibreCss": static("vendor/maplibre-gl/dist/maplibre-gl.css"),
        "language": request.LANGUAGE_CODE,
    }
    return render(request, template, {"settings": described})


def _extent(layers: list[dict[str, object]]) -> object:
    """Where an unprepared visitor starts: the government units, the buildings, else the first layer that lies anywhere."""
    extents = {str(layer["name"]): layer["extent"] for layer in layers if layer["extent"]}
    known = (extents[name] for name in ("units", "buildings", "divisions") if name in extents)
    return next(known, None) or next(iter(extents.values()), None)
