"""The tile door: vector tiles, TileJSON and MapLibre styles."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import get_script_prefix
from django.views.decorators.csrf import csrf_exempt

from layers.errors import InvalidInput, MethodNotAllowed, PortalError
from layers.registry.audience import PUBLIC_VIEWER, Viewer
from layers.registry.registration import layers_for
from layers.registry.text import Text
from tiles import terrain
from tiles.cache.tile_files import partition
from tiles.layer_state import states
from tiles.scheme import OutsideScheme
from tiles.tile_service import get_heights_tile, get_tile
from tiles.vector import styles
from tiles.vector.tilejson import describe

from .requests import parse_heights_layer, parse_layers, parse_tile
from .responses import cache_headers, tile_response

View = Callable[..., HttpResponse]
READING = ("GET", "HEAD")


def tile_view(view: View) -> View:
    """Reads only, with headers that let nobody keep what may have been changed or withdrawn."""

    @csrf_exempt  # what is sent is refused whoever sends it
    @wraps(view)
    def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method not in READING:
            raise MethodNotAllowed(Text("瓦片只能读取（GET）。", "Tiles are only read, with GET."), READING)
        if request.GET:
            asked = next(iter(request.GET))[:60]
            raise InvalidInput(
                Text(
                    f"此处没有参数“{asked}”；瓦片和样式不带参数。",
                    f"There is no parameter “{asked}” here; tiles and styles have none.",
                )
            )
        response = view(request, *args, **kwargs)
        for name, value in cache_headers(public=viewer_of(request) == PUBLIC_VIEWER):
            response.setdefault(name, value)
        return response

    answered.error_form = PortalError.as_json  # type: ignore[attr-defined]
    return answered


def viewer_of(request: HttpRequest) -> Viewer:
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    return viewer


@tile_view
def vector_tile(request: HttpRequest, names: str, z: str, x: str, y: str) -> HttpResponse:
    viewer = viewer_of(request)
    tile = parse_tile(z, x, y)
    layers = parse_layers(names, viewer)
    found = tile_response(
        get_tile(layers, tile, viewer),
        public=partition(layers, viewer) == PUBLIC_VIEWER.key,
        accepted=request.headers.get("Accept-Encoding", ""),
        known=request.headers.get("If-None-Match", ""),
    )
    return HttpResponse(found.body, status=found.status, headers=dict(found.headers))


@tile_view
def heights_tile(request: HttpRequest, name: str, z: str, x: str, y: str) -> HttpResponse:
    viewer = viewer_of(request)
    tile = parse_tile(z, x, y)
    layer = parse_heights_layer(name, viewer)
    deepest = terrain.heights_extent(layer, viewer).deepest
    if tile.z > deepest:
        raise OutsideScheme(
            Text(
                f"图层“{name}”的高程最大级别为 {deepest}，没有 {tile.z} 级。",
                f"Heights of {name} have zooms up to {deepest}, not {tile.z}.",
            )
        )
    found = tile_response(
        get_heights_tile(layer, tile, viewer),
        public=partition([layer], viewer) == PUBLIC_VIEWER.key,
        accepted=request.headers.get("Accept-Encoding", ""),
        known=request.headers.get("If-None-Match", ""),
        content_type="image/png",
    )
    return HttpResponse(found.body, status=found.status, headers=dict(found.headers))


@tile_view
def heights_tilejson(request: HttpRequest, name: str) -> HttpResponse:
    viewer = viewer_of(request)
    root = request.build_absolute_uri(get_script_prefix())
    return JsonResponse(terrain.describe(parse_heights_layer(name, viewer), viewer, root))


@tile_view
def tilejson(request: HttpRequest, names: str) -> HttpResponse:
    viewer = viewer_of(request)
    layers = parse_layers(names, viewer)
    version = sum(state.version for state in states(layers, viewer).values())
    return JsonResponse(describe(layers, viewer, request.build_absolute_uri(get_script_prefix()), version))


@tile_view
def style(request: HttpRequest, name: str) -> HttpResponse:
    viewer = viewer_of(request)
    chosen = layers_for(viewer) if name == styles.CITY else parse_layers(name, viewer)
    drawn = [layer for layer in chosen if layer.has_geometry]
    return JsonResponse(styles.style(name, drawn, request.build_absolute_uri(get_script_prefix())))
