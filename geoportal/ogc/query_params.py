"""What a request asks of pygeoapi, checked where pygeoapi would ignore or stumble."""

from dataclasses import dataclass, field

from django.http import HttpRequest
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from layers.registry.audience import PUBLIC_VIEWER
from layers.registry.layer_query import Reading
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


class Refused(ValueError):
    """The request asks for what this door does not do; the message says so."""


@dataclass(frozen=True)
class Asked:
    """Takes the place of a web framework's request for pygeoapi."""

    GET: dict[str, str]
    path_info: str
    wants_page: bool
    headers: dict[str, str] = field(default_factory=dict)


def asked(request: HttpRequest, name: str = "", pk: str = "") -> Asked:
    """The parameters, each once; refuses those that would otherwise be ignored without a word."""
    given = {key: str(request.GET[key]) for key in request.GET}
    if any("\x00" in text for pair in given.items() for text in pair):
        raise Refused(_("The address holds a character that no text has."))
    form = given.pop("f", "") or "json"
    if form not in {"json", "html"}:
        raise Refused(_("Features are given as f=json; f=html leads to the portal's pages."))
    given.pop("lang", "")
    known = PARAMETERS | _properties(name)
    for key in given:
        if key not in known:
            raise Refused(
                _("There is no parameter “%(key)s” here; see /ogc/openapi for those there are.")
                % {"key": key[:60]}
            )
    if "" in given.get("sortby", "-").split(","):
        raise Refused(_("“sortby” names properties, separated by commas."))
    return Asked({**given, "f": "json"}, request.path_info, form == "html")


def language(request: HttpRequest) -> str:
    """One of the portal's: that of ``lang``, else of the visitor."""
    wanted = request.GET.get("lang", "") or get_language() or ""
    return "en" if wanted.lower().startswith("en") else "zh-hans"


def _properties(name: str) -> set[str]:
    if not name:
        return set()
    return {a.name for a in Reading(get_layer(name, PUBLIC_VIEWER), PUBLIC_VIEWER).attributes}
