"""The door of OGC API – Features: pygeoapi in this process, JSON only, so that no page asks the internet."""

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import pygeoapi.api as core
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe
from pygeoapi.api import API, APIRequest, itemtypes
from pygeoapi.openapi import get_oas

from layers.registry.registration import public_layers

from .configuration import configuration

Handler = Callable[..., tuple[dict[str, str], int, Any]]


@lru_cache(maxsize=4)
def _api(url: str, names: tuple[str, ...]) -> API:
    settings = configuration(url)
    return API(settings, get_oas(settings, fail_on_invalid_collection=False))


def _answer(request: HttpRequest, handler: Handler, *args: str) -> HttpResponse:
    if "\x00" in request.META.get("QUERY_STRING", "") or "%00" in request.META.get("QUERY_STRING", ""):
        return JsonResponse({"error": "The address holds a character that no text has."}, status=400)
    query = request.GET.copy()
    query["f"] = "json"
    request.GET = query  # type: ignore[assignment]
    api = _api(request.build_absolute_uri("/ogc"), tuple(layer.name for layer in public_layers()))
    try:
        asked = APIRequest.from_django(request, api.locales)
        headers, status, content = handler(api, asked, *args)
    except (ValueError, KeyError, TypeError, OverflowError) as problem:
        return JsonResponse({"error": f"The request could not be understood: {problem}"}, status=400)
    except OperationalError:
        return JsonResponse({"error": "The database did not answer in time; try again."}, status=503)
    if status >= 500:
        return JsonResponse({"error": "The request could not be understood; see /ogc/openapi."}, status=400)
    response = HttpResponse(content, status=status)
    for name, value in headers.items():
        response[name] = value
    response["Cache-Control"] = "public, no-cache"
    return response


@require_safe
def landing(request: HttpRequest) -> HttpResponse:
    return _answer(request, core.landing_page)


@require_safe
def openapi(request: HttpRequest) -> HttpResponse:
    return _answer(request, core.openapi_)


@require_safe
def conformance(request: HttpRequest) -> HttpResponse:
    return _answer(request, core.conformance)


@require_safe
def collections(request: HttpRequest, name: str = "") -> HttpResponse:
    return _answer(request, core.describe_collections, *([name] if name else []))


@require_safe
def queryables(request: HttpRequest, name: str) -> HttpResponse:
    return _answer(request, itemtypes.get_collection_queryables, name)


@require_safe
def items(request: HttpRequest, name: str) -> HttpResponse:
    return _answer(request, itemtypes.get_collection_items, name)


@require_safe
def item(request: HttpRequest, name: str, pk: str) -> HttpResponse:
    return _answer(request, itemtypes.get_collection_item, name, pk)
