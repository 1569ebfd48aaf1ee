"""The door of OGC API – Features: pygeoapi in this process, JSON only, so that no page asks the internet.

Whoever asks gets the public's rows. People are led from ``f=html`` to the portal's own pages.
"""

import json
from collections.abc import Callable
from typing import Any

import pygeoapi.api as core
from django.db import DataError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_safe
from pygeoapi.api import API, APIRequest, itemtypes
from pyproj.exceptions import ProjError

from layers.registry.audience import PUBLIC_VIEWER
from layers.registry.registration import UnknownLayer, get_layer

from .links import tidied
from .query_params import Asked, Refused, asked, language
from .service import service, set_current_extents

Handler = Callable[..., tuple[dict[str, str], int, Any]]

GEOJSON = "application/geo+json"
MISTAKES = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError, ProjError, DataError)
"""What pygeoapi lets through of nonsense that it does not check."""


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
    return _answer(request, _described, *([name] if name else []))


def _described(api: API, question: APIRequest, *args: str) -> tuple[dict[str, str], int, Any]:
    set_current_extents(api)
    answer: tuple[dict[str, str], int, Any] = core.describe_collections(api, question, *args)
    return answer


@require_safe
def queryables(request: HttpRequest, name: str) -> HttpResponse:
    return _answer(request, itemtypes.get_collection_queryables, name)


@require_safe
def schema(request: HttpRequest, name: str) -> HttpResponse:
    return _answer(request, core.get_collection_schema, name)


@require_safe
def items(request: HttpRequest, name: str) -> HttpResponse:
    return _answer(request, itemtypes.get_collection_items, name, kind=GEOJSON)


@require_safe
def item(request: HttpRequest, name: str, pk: str) -> HttpResponse:
    page = f"/place/{name}/{pk}/" if pk.isalnum() else "/layers/"
    return _answer(request, itemtypes.get_collection_item, name, pk, kind=GEOJSON, page=page)


def _answer(
    request: HttpRequest, handler: Handler, *args: str, kind: str = "", page: str = "/layers/"
) -> HttpResponse:
    with override(language(request)):
        response = _sentence_or_answer(request, handler, args, kind, page)
    response["Cache-Control"] = "public, no-cache"
    patch_vary_headers(response, ["Accept-Language"])
    return response


def _sentence_or_answer(
    request: HttpRequest, handler: Handler, args: tuple[str, ...], kind: str, page: str
) -> HttpResponse:
    try:
        for name in args[:1]:
            get_layer(name, PUBLIC_VIEWER)
        question = asked(request, *args)
        if question.wants_page:
            return redirect(page)
        return _from_pygeoapi(request, question, handler, args, kind)
    except UnknownLayer as problem:
        return _sentence(str(problem), 404)
    except Refused as problem:
        return _sentence(str(problem), 400)
    except OperationalError:
        return _sentence(_("The database did not answer in time; try again."), 503)
    except MISTAKES as problem:
        text = _("The request could not be understood (%(problem)s); see /ogc/openapi.")
        return _sentence(text % {"problem": str(problem)[:100]}, 400)


def _from_pygeoapi(
    request: HttpRequest, question: Asked, handler: Handler, args: tuple[str, ...], kind: str
) -> HttpResponse:
    api = service(request)
    headers, status, content = handler(api, APIRequest(question, api.locales), *args)
    if status >= 400:
        return _sentence(json.loads(content)["description"], 400 if status >= 500 else status)
    response = HttpResponse(tidied(content), content_type=kind or headers["Content-Type"])
    for name in ("Content-Language", "Content-Crs"):
        if name in headers:
            response[name] = headers[name]
    return response


def _sentence(text: str, status: int) -> HttpResponse:
    """OGC's exception members beside the portal's own."""
    code = {404: "NotFound", 503: "ServerBusy"}.get(status, "InvalidParameterValue")
    return JsonResponse({"error": text, "code": code, "description": text}, status=status)
