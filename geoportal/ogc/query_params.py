"""What a request asks of pygeoapi, checked where pygeoapi would ignore or stumble."""

import math
from collections.abc import Callable
from dataclasses import dataclass, field

from django.http import HttpRequest
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from layers.errors import InvalidInput
from layers.registry.access.layer_query import LayerQuery
from layers.registry.audience import PUBLIC_VIEWER
from layers.registry.registration import get_layer

PARAMETERS = {
    "bbox",
    "bbox-crs",
    "crs",
    "datetime",
    "limit",
    "offset",
    "profile",
    "properties",
    "resulttype",
    "skipGeometry",
    "sortby",
}


@dataclass(frozen=True)
class PygeoapiRequest:
    """Takes the place of a web framework's request for pygeoapi."""

    GET: dict[str, str]
    path_info: str
    wants_page: bool
    headers: dict[str, str] = field(default_factory=dict)


def pygeoapi_request(request: HttpRequest, name: str = "", pk: str = "") -> PygeoapiRequest:
    """The parameters, each once; refuses those that would otherwise be ignored without a word."""
    given = {key: str(request.GET[key]) for key in request.GET}
    if any("\x00" in text for pair in given.items() for text in pair):
        raise InvalidInput(_("The address holds a character that no text has."))
    form = given.pop("f", "") or "json"
    if form not in {"json", "html"}:
        raise InvalidInput(_("Features are given as f=json; f=html leads to the portal's pages."))
    given.pop("lang", "")
    known = PARAMETERS | _properties(name)
    for key in given:
        if key not in known:
            raise InvalidInput(
                _("There is no parameter “%(key)s” here; see /ogc/openapi for those there are.")
                % {"key": key[:60]}
            )
    for key, check in CHECKS.items():
        if key in given:
            check(key, given[key])
    return PygeoapiRequest({**given, "f": "json"}, request.path_info, form == "html")


def _box(name: str, text: str) -> None:
    try:
        sides = [float(side) for side in text.split(",")]
    except ValueError:
        sides = []
    if len(sides) not in {4, 6} or not all(math.isfinite(side) for side in sides):
        raise InvalidInput(_("“bbox” is four or six finite numbers, separated by commas."))


def _names(name: str, text: str) -> None:
    if "" in text.lstrip("-+").split(","):
        raise InvalidInput(_("“%(name)s” names properties, separated by commas.") % {"name": name})


def _one_of(*allowed: str) -> Callable[[str, str], None]:
    def check(name: str, text: str) -> None:
        if text not in allowed:
            raise InvalidInput(
                _("“%(name)s” is one of: %(allowed)s.") % {"name": name, "allowed": ", ".join(allowed)}
            )

    return check


CHECKS: dict[str, Callable[[str, str], None]] = {
    "bbox": _box,
    "sortby": _names,
    "properties": _names,
    "resulttype": _one_of("results", "hits"),
    "skipGeometry": _one_of("true", "false"),
}
"""What pygeoapi would take without a word, or break on."""


def language(request: HttpRequest) -> str:
    """One of the portal's: that of ``lang``, else of the visitor."""
    wanted = request.GET.get("lang", "") or get_language() or ""
    return "en" if wanted.lower().startswith("en") else "zh-hans"


def _properties(name: str) -> set[str]:
    if not name:
        return set()
    return {a.name for a in LayerQuery(get_layer(name, PUBLIC_VIEWER), PUBLIC_VIEWER).attributes}
