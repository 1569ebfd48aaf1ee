"""The raster door: WMTS, WMS and TMS by MapProxy, whose answers show what the public may see."""

import logging
from collections.abc import Iterable
from http import HTTPStatus
from io import BytesIO
from typing import Any
from wsgiref.util import FileWrapper

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from layers.registry.registration import public_layers
from tiles.invalidation.synchronization import ensure_synchronized
from tiles.raster.app import wsgi_app
from tiles.raster.configuration import BASE_MAP, MapServerMissing
from tiles.raster.mapfile import FontMissing

DROPPED_HEADERS = {"cache-control", "access-control-allow-origin", "connection", "expires", "content-length"}
CAPABILITIES = "wmts/1.0.0/WMTSCapabilities.xml"

log = logging.getLogger(__name__)


@require_safe
def mapproxy(request: HttpRequest, path: str) -> HttpResponse:
    if not path:
        return redirect(request.path + CAPABILITIES)
    ensure_synchronized()
    try:
        try:
            response = _proxy(request, path)
        except FileNotFoundError:  # the worker removed the tile between finding and opening it
            response = _proxy(request, path)
    except (FontMissing, MapServerMissing) as problem:
        return JsonResponse({"error": str(problem)}, status=503)
    except (OperationalError, InterfaceError):
        sentence = "The database does not answer; ask again soon."
        return JsonResponse({"error": sentence}, status=503, headers={"Retry-After": "5"})
    except (
        ValueError,
        KeyError,
        TypeError,
        IndexError,
        OverflowError,
        ArithmeticError,
        AttributeError,
    ) as problem:
        log.warning("MapProxy refused %s: %r", path[:200], problem)
        return JsonResponse(
            {"error": "The map request could not be understood; see the capabilities."}, status=400
        )
    # Kept copies are asked for again each time, so that a changed map is never older than its cache.
    response["Cache-Control"] = "public, no-cache"
    return response


def _proxy(request: HttpRequest, path: str) -> HttpResponse:
    started: dict[str, Any] = {}

    def start(status: str, headers: list[tuple[str, str]], exc_info: object = None) -> None:
        started.update(status=int(status.split(" ")[0]), headers=headers)

    parts = wsgi_app()(_environ(request, path), start)
    try:
        body = b"".join(parts)
    finally:
        if hasattr(parts, "close"):
            parts.close()
    if started["status"] == HTTPStatus.BAD_GATEWAY:
        return JsonResponse(
            {"error": "The map could not be drawn; try again."}, status=502, headers={"Retry-After": "5"}
        )
    if started["status"] >= 500:
        return JsonResponse(
            {"error": "The map could not be drawn; check the request against the capabilities."}, status=400
        )
    response = HttpResponse(body, status=started["status"])
    for name, value in started["headers"]:
        if name.lower() not in DROPPED_HEADERS:
            response[name] = value
    return response


def _environ(request: HttpRequest, path: str) -> dict[str, Any]:
    script = request.path[: len(request.path) - len(path)].rstrip("/")
    kept = {key: value for key, value in request.META.items() if isinstance(value, str)}
    return kept | {
        "SCRIPT_NAME": script,
        "PATH_INFO": "/" + path,
        "wsgi.url_scheme": request.scheme or "http",
        "wsgi.input": BytesIO(),
        "wsgi.file_wrapper": FileWrapper,  # without one MapProxy leaves kept files open
        "mapproxy.authorize": authorize,
    }


def authorize(service: str, layers: Iterable[str] = (), **kwargs: Any) -> dict[str, Any]:
    """MapProxy's question, answered by the registry: layers that are public now, and the map composed of such."""
    known = {layer.name for layer in public_layers()} | {BASE_MAP}
    rights = {"tile": True, "map": True, "legendgraphic": True, "featureinfo": False}
    allowed = {name: rights for name in layers if name in known}
    return {"authorized": "partial" if allowed or not list(layers) else "none", "layers": allowed}
