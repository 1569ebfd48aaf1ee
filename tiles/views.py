"""The tile door: vector tiles, TileJSON and MapLibre styles."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

from layers.registry.audience import PUBLIC_VIEWER, Viewer
from layers.registry.registration import UnknownLayer, layers_for

from . import cache, styles
from .requests import BadRequest, asked_layers, asked_tile
from .scheme import OutsideScheme
from .tilejson import describe

CONTENT_TYPE = "application/vnd.mapbox-vector-tile"

View = Callable[..., HttpResponse]


def door(view: View) -> View:
    """Errors as sentences, and headers that let nobody keep what may have been changed or withdrawn."""

    @require_safe
    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            response = view(request, *args, **kwargs)
        except (UnknownLayer, OutsideScheme) as problem:
            response = JsonResponse({"error": str(problem)}, status=404)
        except BadRequest as problem:
            response = JsonResponse({"error": str(problem)}, status=400)
        # Kept copies are asked for again each time: a withdrawn tile must not outlive its withdrawal.
        scope = "public" if viewer_of(request) == PUBLIC_VIEWER else "private"
        response["Cache-Control"] = f"{scope}, no-cache"
        patch_vary_headers(response, ["Cookie", "Accept-Encoding"])
        return response

    return answer


def viewer_of(request: HttpRequest) -> Viewer:
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    return viewer


@door
def vector_tile(request: HttpRequest, names: str, z: str, x: str, y: str) -> HttpResponse:
    viewer = viewer_of(request)
    layers = asked_layers(names, viewer)
    tile = cache.get(layers, asked_tile(z, x, y), viewer)
    if tile.empty:
        return HttpResponse(status=204, headers={"ETag": tile.etag})
    if tile.etag in request.headers.get("If-None-Match", "").replace("W/", "").split(", "):
        return HttpResponse(status=304, headers={"ETag": tile.etag})
    packed = "gzip" in request.headers.get("Accept-Encoding", "")
    response = HttpResponse(tile.packed if packed else tile.content, content_type=CONTENT_TYPE)
    response["ETag"] = tile.etag
    if packed:
        response["Content-Encoding"] = "gzip"
    response["Content-Length"] = str(len(response.content))
    return response


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
