"""The door of OGC API – Features: pygeoapi in this process, JSON only, so that no page asks the internet.

Whoever asks gets the public's rows. People are led from ``f=html`` to the portal's own pages.
"""

import json
from collections.abc import Callable
from functools import wraps
from typing import Any

import pygeoapi.api as core
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.utils.translation import override
from pygeoapi.api import API, APIRequest, itemtypes
from pyproj.exceptions import ProjError

from geoportal.http import READING, method_not_allowed
from layers.errors import InvalidInput, NotFound, PortalError
from layers.registry.audience import PUBLIC_VIEWER
from layers.registry.registration import get_layer

from .links import without_links_elsewhere
from .query_params import PygeoapiRequest, language, pygeoapi_request
from .service import service, set_current_extents

Handler = Callable[..., tuple[dict[str, str], int, Any]]

GEOJSON = "application/geo+json"


def _error(error: PortalError) -> dict[str, Any]:
    """OGC's exception members beside the portal's own."""
    code = {404: "NotFound", 405: "InvalidMethod", 503: "ServerBusy"}.get(
        error.status, "InvalidParameterValue"
    )
    code = "NoApplicableCode" if error.status == 500 else code
    return {**error.as_json(), "code": code, "description": str(error)}


def _door(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    @wraps(view)
    def answer(request: HttpRequest, *args: str, **kwargs: str) -> HttpResponse:
        if request.method not in READING:
            raise method_not_allowed(READING)
        return view(request, *args, **kwargs)

    answer.error_form = _error  # type: ignore[attr-defined]
    return answer


@_door
def landing(request: HttpRequest) -> HttpResponse:
    return _answer(request, core.landing_page)


@_door
def openapi(request: HttpRequest) -> HttpResponse:
    return _answer(request, core.openapi_)


@_door
def conformance(request: HttpRequest) -> HttpResponse:
    return _answer(request, core.conformance)


@_door
def collections(request: HttpRequest, name: str = "") -> HttpResponse:
    return _answer(request, _described, *([name] if name else []))


def _described(api: API, question: APIRequest, *args: str) -> tuple[dict[str, str], int, Any]:
    set_current_extents(api)
    answer: tuple[dict[str, str], int, Any] = core.describe_collections(api, question, *args)
    return answer


@_door
def queryables(request: HttpRequest, name: str) -> HttpResponse:
    return _answer(request, itemtypes.get_collection_queryables, name)


@_door
def schema(request: HttpRequest, name: str) -> HttpResponse:
    return _answer(request, core.get_collection_schema, name)


@_door
def items(request: HttpRequest, name: str) -> HttpResponse:
    return _answer(request, itemtypes.get_collection_items, name, kind=GEOJSON)


@_door
def item(request: HttpRequest, name: str, pk: str) -> HttpResponse:
    page = f"/place/{name}/{pk}/" if pk.isalnum() else "/layers/"
    return _answer(request, itemtypes.get_collection_item, name, pk, kind=GEOJSON, page=page)


def _answer(
    request: HttpRequest, handler: Handler, *args: str, kind: str = "", page: str = "/layers/"
) -> HttpResponse:
    with override(language(request)):
        for name in args[:1]:
            get_layer(name, PUBLIC_VIEWER)
        question = pygeoapi_request(request, *args)
        response = (
            redirect(page) if question.wants_page else _from_pygeoapi(request, question, handler, args, kind)
        )
    response["Cache-Control"] = "public, no-cache"
    patch_vary_headers(response, ["Accept-Language"])
    return response


def _from_pygeoapi(
    request: HttpRequest, question: PygeoapiRequest, handler: Handler, args: tuple[str, ...], kind: str
) -> HttpResponse:
    api = service(request)
    try:
        headers, status, content = handler(api, APIRequest(question, api.locales), *args)
    except ProjError as problem:
        raise InvalidInput(_("“bbox” lies where its reference system says nothing.")) from problem
    if status >= 400:
        said = json.loads(content)["description"]
        raise {400: InvalidInput, 404: NotFound}.get(status, PortalError)(said)
    response = HttpResponse(without_links_elsewhere(content), content_type=kind or headers["Content-Type"])
    for name in ("Content-Language", "Content-Crs"):
        if name in headers:
            response[name] = headers[name]
    return response
