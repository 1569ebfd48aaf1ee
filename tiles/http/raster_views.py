"""The raster door: WMTS, WMS and TMS by MapProxy, whose answers show what the public may see."""

import logging
import re
from collections.abc import Iterable
from html import unescape
from http import HTTPStatus
from io import BytesIO, StringIO
from typing import Any
from wsgiref.util import FileWrapper

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.csrf import csrf_exempt

from layers.errors import BadGateway, InvalidInput, MethodNotAllowed, PortalError
from layers.registry.registration import public_layers
from layers.registry.text import Text
from tiles.invalidation.synchronization import ensure_synchronized
from tiles.legend import legend_picture, legend_size
from tiles.raster.app import wsgi_app
from tiles.raster.capabilities import complete
from tiles.raster.configuration import BASE_MAPS, base_layers, drawn_layers
from tiles.raster.parameters import check

from .service_exceptions import service_exception

DROPPED_HEADERS = {"cache-control", "access-control-allow-origin", "connection", "expires", "content-length"}
READING = ("GET", "HEAD")
PARSER = ", in parse_request"
"""Stands in the traceback of what MapProxy stumbled over while it read the request: not a fault of the portal."""
MISSING = re.compile(r"missing parameters \[(.*?)\]")
"""As MapProxy reports them."""
CAPABILITIES = "wmts/1.0.0/WMTSCapabilities.xml"

log = logging.getLogger(__name__)


@csrf_exempt  # what is sent is refused whoever sends it
def mapproxy(request: HttpRequest, path: str) -> HttpResponse:
    if request.method not in READING:
        raise MethodNotAllowed(Text("地图只能读取（GET）。", "Maps are only read, with GET."), READING)
    if not path:
        return redirect(request.path + CAPABILITIES)
    words = _words(request)
    path = "service" if path == "wmts" and words else path
    service = words.get("service", "WMTS" if path == "wmts" else "WMS").upper()
    try:
        response = _answer(request, path, words)
    except PortalError as problem:
        if path != "service":
            raise
        response = service_exception(problem, service, words.get("version", ""))
    # Kept copies are asked for again each time, so that a changed map is never older than its cache.
    response["Cache-Control"] = "public, no-cache"
    return response


mapproxy.error_form = PortalError.as_json  # type: ignore[attr-defined]


def _words(request: HttpRequest) -> dict[str, str]:
    """What is asked, by names in small letters; of what is said twice the first, as MapProxy takes it."""
    found: dict[str, str] = {}
    for name, values in request.GET.lists():
        found.setdefault(name.lower(), str(values[0]))
    return found


def _answer(request: HttpRequest, path: str, words: dict[str, str]) -> HttpResponse:
    check((name, str(value)) for name, values in request.GET.lists() for value in values)
    if path == "service" and words.get("request", "").lower() == "getlegendgraphic":
        return _legend(words.get("layer", ""))
    ensure_synchronized()
    try:
        response = _proxy(request, path)
    except FileNotFoundError:  # the worker removed the tile between finding and opening it
        response = _proxy(request, path)
    if response.status_code == HTTPStatus.OK and _is_capabilities(path, words):
        here = request.build_absolute_uri(request.path).removesuffix(CAPABILITIES)
        service = f"{here.removesuffix('service').removesuffix('wmts')}service"
        response.content = complete(response.content, service, legend_size)
    return response


def _is_capabilities(path: str, words: dict[str, str]) -> bool:
    return path == CAPABILITIES or (
        path == "service" and words.get("request", "").lower() in {"getcapabilities", "capabilities"}
    )


def _legend(name: str) -> HttpResponse:
    layers = base_layers() if name in BASE_MAPS else [each for each in drawn_layers() if each.name == name]
    if not layers:
        raise InvalidInput(Text(f"没有地图图层“{name}”。", f"There is no map layer “{name}”."))
    return HttpResponse(legend_picture(layers), content_type="image/png")


def _proxy(request: HttpRequest, path: str) -> HttpResponse:
    started: dict[str, Any] = {}

    def start(status: str, headers: list[tuple[str, str]], exc_info: object = None) -> None:
        started.update(status=int(status.split(" ")[0]), headers=headers)

    faults = StringIO()
    parts = wsgi_app()(_environ(request, path) | {"wsgi.errors": faults}, start)
    try:
        body = b"".join(parts)
    finally:
        if hasattr(parts, "close"):
            parts.close()
    if started["status"] == HTTPStatus.BAD_GATEWAY:
        raise BadGateway(Text("地图未能绘制，请稍后再试。", "The map could not be drawn; try again."))
    status = started["status"]
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        if faults.getvalue() or b"Exception" not in body:
            raise _error(request, faults.getvalue())
        if missing := MISSING.search(unescape(body.decode(errors="replace"))):
            names = re.findall(r"\w+", missing[1])
            raise InvalidInput(
                Text(f"缺少参数：{'、'.join(names)}。", f"Parameters are missing: {', '.join(names)}.")
            )
        status = HTTPStatus.BAD_REQUEST  # a report in the form of the service, of what was asked wrongly
    response = HttpResponse(body, status=status)
    for name, value in started["headers"]:
        if name.lower() not in DROPPED_HEADERS:
            response[name] = f'"{value}"' if name.lower() == "etag" else value
    return response


def _error(request: HttpRequest, fault: str) -> PortalError:
    """What MapProxy calls an internal error, without a ``fault`` too, is mostly a request that it could not read."""
    if not fault or PARSER in fault:
        return InvalidInput(
            Text(
                "无法理解该地图请求，请查看能力文档。",
                "The map request could not be understood; see the capabilities.",
            )
        )
    log.error("MapProxy failed at %s: %s", request.get_full_path()[:500], fault)
    return PortalError(
        Text(
            "地图服务出错，已记录，请告知管理员。",
            "The map service failed; it was written down. Tell the administrator.",
        )
    )


def _environ(request: HttpRequest, path: str) -> dict[str, Any]:
    script = request.path[: len(request.path) - len(path)].rstrip("/")
    kept = {
        key: value
        for key, value in request.META.items()
        if isinstance(value, str)
        and not key.startswith("HTTP_X_")  # MapProxy would believe whoever sends them
        and not key.startswith("HTTP_IF_")  # whether a copy is still true is told of every answer alike
    }
    return kept | {
        "SCRIPT_NAME": script,
        "PATH_INFO": "/" + path,
        "wsgi.url_scheme": request.scheme or "http",
        "wsgi.input": BytesIO(),
        "wsgi.file_wrapper": FileWrapper,  # without one MapProxy leaves kept files open
        "mapproxy.authorize": authorize,
    }


def authorize(service: str, layers: Iterable[object] = (), **kwargs: Any) -> dict[str, Any]:
    """MapProxy's question, answered by the registry: layers that are public now, and the map composed of such."""
    known = {layer.name for layer in public_layers()} | set(BASE_MAPS)
    rights = {"tile": True, "map": True, "legendgraphic": True, "featureinfo": False}
    if service == "tms":  # which asks for its list by names of MapProxy's own, and is answered by ours
        return {"authorized": "partial", "layers": dict.fromkeys(known, rights)}
    allowed = {name: rights for name in known if name in layers}
    return {"authorized": "partial" if allowed or not list(layers) else "none", "layers": allowed}
