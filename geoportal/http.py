"""What the portal's pages share: who asks, HTML for people and JSON for programs, and parameters read with care.

Errors are raised as :mod:`layers.errors` and answered by :mod:`geoportal.errors`.
"""

from collections.abc import Callable, Iterable, Sequence
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from layers.errors import InvalidInput, MethodNotAllowed, NotFound, SignInRequired
from layers.registry.audience import Audience, Viewer


def viewer_of(request: HttpRequest) -> Viewer:
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    return viewer


def is_administrator(request: HttpRequest) -> bool:
    return viewer_of(request).audience == Audience.RESTRICTED


def administrators_only(request: HttpRequest) -> None:
    if not is_administrator(request):
        raise not_for(request)


def not_for(request: HttpRequest) -> SignInRequired | NotFound:
    """Whoever reads a page and is not signed in is asked to; others find nothing."""
    if (
        viewer_of(request).audience == Audience.PUBLIC
        and request.method in READING
        and not wants_json(request)
    ):
        return SignInRequired(_("Sign in to see this page."))
    return NotFound(_("There is nothing at this address."))


def wants_json(request: HttpRequest) -> bool:
    asked = request.GET.get(FORM)
    if asked in {"json", "html"}:
        return asked == "json"
    return request.get_preferred_type(["text/html", "application/json"]) == "application/json"


FORM = "format"
"""The parameter of every page that says how it is written."""

View = Callable[..., HttpResponseBase]
READING = ("GET", "HEAD")


def door(view: View) -> View:
    """Reads only, and lets nobody keep an answer that depends on who asked; of who is signed in, not even their browser."""
    return csrf_exempt(_door(view, READING))  # what is sent is refused whoever sends it


def desk(view: View) -> View:
    """A door at which things are done as well, with POST."""
    return _door(view, (*READING, "POST"))


def _door(view: View, methods: Sequence[str]) -> View:
    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method not in methods:
            raise method_not_allowed(methods)
        words = [value for values in request.GET.lists() for value in values[1]]
        if any("\x00" in text for text in (request.path, *words)):
            raise InvalidInput(_("The address holds a character that no text has."))
        response: HttpResponseBase = view(request, *args, **kwargs)
        if not response.has_header("Cache-Control"):
            kept = "no-store" if viewer_of(request).name else "no-cache"
            response["Cache-Control"] = f"private, {kept}"
        patch_vary_headers(response, ["Cookie", "Accept", "Accept-Language"])
        return response

    return answer


def method_not_allowed(methods: Sequence[str]) -> MethodNotAllowed:
    return MethodNotAllowed(
        _("This address answers %(methods)s only.") % {"methods": ", ".join(methods)}, methods
    )


def answer(request: HttpRequest, template: str, content: dict[str, Any]) -> HttpResponse:
    """The same content as a page or as JSON."""
    return JsonResponse(content) if wants_json(request) else render(request, template, content)


def parameters(request: HttpRequest, known: Iterable[str]) -> dict[str, str]:
    """Those of the address, each once; refuses any that would otherwise be ignored without a word."""
    allowed = sorted(known)
    for name, values in request.GET.lists():
        if name not in allowed:
            raise InvalidInput(
                _("There is no parameter “%(name)s” here; there are: %(allowed)s.")
                % {"name": name[:60], "allowed": ", ".join(allowed)}
            )
        if len(values) > 1:
            raise InvalidInput(_("“%(name)s” is given more than once.") % {"name": name})
        if "\x00" in values[0]:
            raise InvalidInput(_("The address holds a character that no text has."))
    return {name: str(value) for name, value in request.GET.items()}


def site_of(request: HttpRequest) -> str:
    """Scheme and host of the portal, by which letters begin their links."""
    return settings.ADDRESS or request.build_absolute_uri("/").rstrip("/")


def page_links(request: HttpRequest, page: int, pages: int) -> dict[str, Any]:
    """What ``pages.html`` shows; other pages keep all that the address says besides."""

    def link(other: int) -> str:
        words = request.GET.copy()
        words["page"] = str(other)
        return f"?{words.urlencode()}"

    return {
        "page": page,
        "pages": pages,
        "previous": link(page - 1) if page > 1 else None,
        "next": link(page + 1) if page < pages else None,
    }


def number(request: HttpRequest, name: str, default: int, low: int, high: int) -> int:
    text = request.GET.get(name, "").strip()
    if not text:
        return default
    if not (text.isascii() and text.isdigit() and len(text) < 10 and low <= int(text) <= high):
        raise InvalidInput(
            _("“%(name)s” must be a whole number from %(low)d to %(high)d.")
            % {"name": name, "low": low, "high": high}
        )
    return int(text)


def decimals(text: str, name: str, count: int) -> list[float]:
    """``count`` finite numbers separated by commas."""
    try:
        found = [float(part) for part in text.split(",")]
    except ValueError:
        found = []
    if len(found) != count or any(abs(value) > 1e6 or value != value for value in found):
        said = (
            _("“%(name)s” must be a number.")
            if count == 1
            else _("“%(name)s” must be %(count)d numbers separated by commas.")
        )
        raise InvalidInput(said % {"name": name, "count": count})
    return found
