"""The door of OGC API – Features: the layers as each viewer may see them, as JSON for programs and pages for people."""

import json
from collections.abc import Callable, Iterable
from contextlib import nullcontext
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.csrf import csrf_exempt

from geoportal.accounts.client_address import client_address, network_of
from geoportal.features.geojson import feature_text
from geoportal.features.layer_sizes import sizes
from geoportal.http import READING, method_not_allowed, parameters, viewer_of
from layers.errors import InvalidInput, NotFound, PortalError
from layers.query.limits import check_cost, limits
from layers.query.scope import queryables as queryable_attributes
from layers.registry.access.layer_query import LayerQuery
from layers.registry.audience import PUBLIC_VIEWER

from . import openapi as description
from .collections import collection as describe
from .conformance import CLASSES
from .features import collection_text, row, rows
from .items_page import columns_page, features_page
from .language import requested_language
from .links import GEOJSON, HTML, JSON, OPENAPI, SCHEMA, both_forms, link, page_query, root
from .query import GENERAL, PARAMETERS, feature_query
from .schemas import queryables as describe_queryables
from .schemas import schema as describe_schema
from .sources import source, sources

Json = dict[str, Any]
ERRORS = {404: "NotFound", 405: "InvalidMethod", 500: "NoApplicableCode", 503: "ServerBusy"}


def _error(error: PortalError) -> Json:
    """OGC's exception members beside the portal's own."""
    code = ERRORS.get(error.status, "InvalidParameterValue")
    return {**error.as_json(), "code": code, "description": str(error)}


def _door(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Reads only, in the language that is asked for; what signed-in people see is kept by nobody."""

    @csrf_exempt  # what is sent is refused whoever sends it
    @wraps(view)
    def answer(request: HttpRequest, *args: str, **kwargs: str) -> HttpResponse:
        if request.method not in READING:
            raise method_not_allowed(READING)
        with override(requested_language(request)):
            response = view(request, *args, **kwargs)
        public = viewer_of(request) == PUBLIC_VIEWER
        response["Cache-Control"] = "public, no-cache" if public else "private, no-store"
        patch_vary_headers(response, ["Accept", "Accept-Language", "Cookie"])
        return response

    answer.error_form = _error  # type: ignore[attr-defined]
    return answer


def _given(request: HttpRequest, known: Iterable[str] = GENERAL) -> dict[str, str]:
    given = parameters(request, known)
    if given.get("f", "json") not in {"json", "html"}:
        raise InvalidInput(_("“%(name)s” is one of: %(allowed)s.") % {"name": "f", "allowed": "json, html"})
    return given


def _wants_page(request: HttpRequest) -> bool:
    asked = request.GET.get("f")
    if asked:
        return asked == "html"
    return request.get_preferred_type([JSON, GEOJSON, HTML]) == HTML


def _answer(request: HttpRequest, template: str, content: Json, kind: str = JSON) -> HttpResponse:
    if _wants_page(request):
        return render(request, f"ogc/{template}.html", {"document": content, "ogc": reverse("ogc")})
    return HttpResponse(json.dumps(content, ensure_ascii=False), content_type=kind)


@_door
def landing(request: HttpRequest) -> HttpResponse:
    _given(request)
    here = root(request)
    return _answer(
        request,
        "landing",
        {
            "title": _("Geoportal"),
            "description": _("The layers of the district, as features"),
            "links": [
                *both_forms(request, _("This document")),
                link("service-desc", f"{here}/openapi", OPENAPI, _("Description of this door (OpenAPI)")),
                link("service-doc", f"{here}/?f=html", HTML, _("This door as pages")),
                link("conformance", f"{here}/conformance", JSON, _("What it conforms to")),
                link("data", f"{here}/collections", JSON, _("Collections")),
            ],
        },
    )


@_door
def openapi(request: HttpRequest) -> HttpResponse:
    if _given(request).get("f") == "html":
        return redirect(f"{reverse('ogc')}?f=html")
    title, summary = _("Geoportal"), _("The layers of the district, as features")
    content = description.openapi(request, sources(request), title, summary)
    return HttpResponse(json.dumps(content, ensure_ascii=False), content_type=OPENAPI)


@_door
def conformance(request: HttpRequest) -> HttpResponse:
    _given(request)
    links = both_forms(request, _("What it conforms to"))
    return _answer(request, "conformance", {"conformsTo": CLASSES, "links": links})


@_door
def collections(request: HttpRequest) -> HttpResponse:
    _given(request)
    offered = sources(request)
    measured = sizes(list({each.layer.name: each.layer for each in offered}.values()), viewer_of(request))
    found = [describe(request, each, measured[each.layer.name]) for each in offered]
    links = both_forms(request, _("Collections"))
    return _answer(request, "collections", {"links": links, "collections": found})


@_door
def collection(request: HttpRequest, name: str) -> HttpResponse:
    found = source(request, name)
    _given(request)
    size = sizes([found.layer], viewer_of(request))[found.layer.name]
    return _answer(request, "collection", describe(request, found, size))


@_door
def queryables(request: HttpRequest, name: str) -> HttpResponse:
    return _columns(request, name, describe_queryables)


@_door
def schema(request: HttpRequest, name: str) -> HttpResponse:
    return _columns(request, name, describe_schema)


def _columns(
    request: HttpRequest, name: str, describe_columns: Callable[[HttpRequest, LayerQuery], Json]
) -> HttpResponse:
    found = source(request, name)
    _given(request)
    if _wants_page(request):
        return render(request, "ogc/columns.html", columns_page(found))
    return _answer(
        request, "columns", describe_columns(request, found.reading) | {"title": found.title}, SCHEMA
    )


@_door
def items(request: HttpRequest, name: str) -> HttpResponse:
    asked = source(request, name)
    reading = asked.reading
    given = _given(request, [*PARAMETERS, *(attribute.name for attribute in queryable_attributes(reading))])
    query = asked.narrowed(feature_query(reading, given))
    wants_page = _wants_page(request)
    network = network_of(client_address(request))
    with limits(reading.viewer, network=network) if query.has_filter else nullcontext():
        if query.has_filter:
            check_cost(reading, query.conditions)
        matched = reading.count(*query.conditions)
        page = features_page(request, asked, query, matched, given) if wants_page else None
        found = [] if wants_page else rows(reading, query)
    if page:
        return render(request, "ogc/items.html", page)
    links = both_forms(request, asked.title, GEOJSON)
    here = request.build_absolute_uri(request.path)
    if query.offset:
        back = page_query(request, query.offset - query.limit)
        links.append(link("prev", here + back, GEOJSON, asked.title))
    if found and query.offset + query.limit < matched:
        further = page_query(request, query.offset + query.limit)
        links.append(link("next", here + further, GEOJSON, asked.title))
    text = collection_text(
        [feature_text(reading, each, query.properties) for each in found],
        links=links,
        timeStamp=timezone.now().strftime("%Y-%m-%dT%H:%M:%SZ"),
        numberMatched=matched,
        numberReturned=len(found),
    )
    return _geojson(text, query.system.uri)


@_door
def item(request: HttpRequest, name: str, pk: str) -> HttpResponse:
    asked = source(request, name)
    reading = asked.reading
    query = asked.narrowed(feature_query(reading, _given(request, (*GENERAL, "crs"))))
    if _wants_page(request) and pk.isalnum():
        return redirect("feature", reading.layer.name, pk)
    found = row(reading, query, pk)
    if found is None:
        raise NotFound(_("There is no feature %(key)s in this collection.") % {"key": pk[:30]})
    here = f"{root(request)}/collections/{name}"
    links = both_forms(request, asked.title, GEOJSON)
    links.append(link("collection", f"{here}?f=json", JSON, asked.title))
    return _geojson(feature_text(reading, found, None, links=links), query.system.uri)


def _geojson(text: str, system: str) -> HttpResponse:
    response = HttpResponse(text, content_type=GEOJSON)
    response["Content-Crs"] = f"<{system}>"
    return response
