"""The tile door: vector tiles, TileJSON and MapLibre styles."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse

from layers.registry.audience import PUBLIC_VIEWER, Viewer
from layers.registry.registration import UnknownLayer, layers_for

from . import terrain
from .cache import tile_files
from .cache.responses import answer, cache_headers
from .requests import BadRequest, asked_heights, asked_layers, asked_tile
from .scheme import OutsideScheme
from .vector import styles
from .vector.tilejson import describe

View = Callable[..., HttpResponse]


def door(view: View) -> View:
    """Errors as sentences, and headers that let nobody keep what may have been changed or withdrawn."""

    @wraps(view)
    def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        public = False
        try:
            if request.method not in {"GET", "HEAD"}:
                return _refused("Tiles are only read, with GET.", 405, Allow="GET, HEAD")
            public = viewer_of(request) == PUBLIC_VIEWER
            response = view(request, *args, **kwargs)
        except (UnknownLayer, OutsideScheme) as problem:
            response = _refused(str(problem), 404)
        except BadRequest as problem:
            response = _refused(str(problem), 400)
        except (OperationalError, InterfaceError):
            sentence = "The database does not answer; ask again soon."
            response = _refused(sentence, 503, **{"Retry-After": "5"})
        for name, value in cache_headers(public=public):
            response.setdefault(name, value)
        return response

    return answered


def _refused(sentence: str, status: int, **headers: str) -> HttpResponse:
    return JsonResponse({"error": sentence}, status=status, headers=headers)


def viewer_of(request: HttpRequest) -> Viewer:
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    return viewer


@door
def vector_tile(request: HttpRequest, names: str, z: str, x: str, y: str) -> HttpResponse:
    viewer = viewer_of(request)
    tile = asked_tile(z, x, y)
    layers = asked_layers(names, viewer)
    found = answer(
        tile_files.get(layers, tile, viewer),
        public=tile_files.share(layers, viewer) == PUBLIC_VIEWER.key,
        accepted=request.headers.get("Accept-Encoding", ""),
        known=request.headers.get("If-None-Match", ""),
    )
    return HttpResponse(found.body, status=found.status, headers=dict(found.headers))


@door
def heights_tile(request: HttpRequest, name: str, z: str, x: str, y: str) -> HttpResponse:
    viewer = viewer_of(request)
    tile = asked_tile(z, x, y)
    layer = asked_heights(name, viewer)
    deepest = terrain.limits(layer, viewer).deepest
    if tile.z > deepest:
        raise OutsideScheme(f"Heights of {name} have zooms up to {deepest}, not {tile.z}.")
    found = answer(
        tile_files.get_heights(layer, tile, viewer),
        public=tile_files.share([layer], viewer) == PUBLIC_VIEWER.key,
        accepted=request.headers.get("Accept-Encoding", ""),
        known=request.headers.get("If-None-Match", ""),
        content_type="image/png",
    )
    return HttpResponse(found.body, status=found.status, headers=dict(found.headers))


@door
def heights_tilejson(request: HttpRequest, name: str) -> HttpResponse:
    viewer = viewer_of(request)
    root = request.build_absolute_uri("/")
    return JsonResponse(terrain.describe(asked_heights(name, viewer), viewer, root))


@door
def tilejson(request: HttpRequest, names: str) -> HttpResponse:
    layers = asked_layers(names, viewer_of(request))
    root = request.build_absolute_uri("/")
    return JsonResponse(describe(layers, viewer_of(request), root))


@door
def style(request: HttpRequest, name: str) -> HttpResponse:
    viewer = viewer_of(request)
    chosen = layers_for(viewer) if name == styles.CITY else asked_layers(name, viewer)
    drawn = [layer for layer in chosen if layer.has_geometry]
    return JsonResponse(styles.style(name, drawn, request.build_absolute_uri("/")))
