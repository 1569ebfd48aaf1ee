"""The home page: the map with everything it needs to know at the start."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.templatetags.static import static

from geoportal.http import door, viewer_of

from .catalogue import catalogue


@door
def home(request: HttpRequest) -> HttpResponse:
    layers = catalogue(viewer_of(request))
    settings = {
        "layers": layers,
        "extent": _extent(layers),
        "style": "/styles/city.json",
        "maplibre": static("vendor/maplibre-gl/dist/maplibre-gl.mjs"),
        "maplibreWorker": static("vendor/maplibre-gl/dist/maplibre-gl-worker.mjs"),
        "maplibreCss": static("vendor/maplibre-gl/dist/maplibre-gl.css"),
        "language": request.LANGUAGE_CODE,
    }
    return render(request, "portal/home.html", {"settings": settings})


def _extent(layers: list[dict[str, object]]) -> object:
    """Where an unprepared visitor starts: the government units, the buildings, else the first layer that lies anywhere."""
    extents = {str(layer["name"]): layer["extent"] for layer in layers if layer["extent"]}
    known = (extents[name] for name in ("units", "buildings", "divisions") if name in extents)
    return next(known, None) or next(iter(extents.values()), None)
