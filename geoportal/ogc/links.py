"""Links of the door's documents, absolute and below the address at which it was asked."""

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse

JSON, GEOJSON, SCHEMA, HTML = (
    "application/json",
    "application/geo+json",
    "application/schema+json",
    "text/html",
)
OPENAPI = "application/vnd.oai.openapi+json;version=3.0"
QUERYABLES = "http://www.opengis.net/def/rel/ogc/1.0/queryables"
SCHEMAS = "http://www.opengis.net/def/rel/ogc/1.0/schema"

Link = dict[str, Any]


def root(request: HttpRequest) -> str:
    """The address of the door, without a closing slash."""
    return request.build_absolute_uri(reverse("ogc")).rstrip("/")


def link(rel: str, href: str, kind: str, title: object) -> Link:
    return {"rel": rel, "href": href, "type": kind, "title": str(title)}


def page_query(request: HttpRequest, offset: int) -> str:
    """The end of the address under which the rows from there on are found."""
    words = request.GET.copy()
    words["offset"] = str(max(0, offset))
    return f"?{words.urlencode()}"


def both_forms(request: HttpRequest, title: object, kind: str = JSON) -> list[Link]:
    """This document, and the same as a page for people."""
    here = request.build_absolute_uri(request.path)
    given = {name: value for name, value in request.GET.items() if name != "f"}
    as_data, as_page = (f"{here}?{urlencode({**given, 'f': form})}" for form in ("json", "html"))
    return [link("self", as_data, kind, title), link("alternate", as_page, HTML, title)]
