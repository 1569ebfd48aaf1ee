"""Pages that answer people in HTML and programs in JSON, and errors as one sentence for both."""

import sys
from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views.defaults import page_not_found

from layers.registry.audience import Viewer
from layers.registry.registration import UnknownLayer


class BadInput(ValueError):
    """What was asked makes no sense; the message says so to whoever asked."""


class NotDone(ValueError):
    """A method that a door does not answer."""


class Missing(LookupError):
    """What was asked for is not there, or not for this viewer."""


def viewer_of(request: HttpRequest) -> Viewer:
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    return viewer


def wants_json(request: HttpRequest) -> bool:
    asked = request.GET.get("format")
    if asked in {"json", "html"}:
        return asked == "json"
    return request.get_preferred_type(["text/html", "application/json"]) == "application/json"


View = Callable[..., HttpResponseBase]
AWAY = (OperationalError, InterfaceError)
"""What is raised when the database does not answer."""
READING = ("GET", "HEAD")


def door(view: View) -> View:
    """Turns mistakes into sentences, and lets nobody keep an answer that depends on who asked."""
    return _door(view, READING)


def desk(view: View) -> View:
    """A door at which things are done as well, with POST."""
    return _door(view, (*READING, "POST"))


def _door(view: View, methods: Sequence[str]) -> View:
    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            if request.method not in methods:
                raise NotDone(_("This address answers %(methods)s only.") % {"methods": ", ".join(methods)})
            if any("\x00" in value for values in request.GET.lists() for value in values[1]):
                raise BadInput(_("The address holds a character that no text has."))
            response: HttpResponseBase = view(request, *args, **kwargs)
        except BadInput as problem:
            response = sentence(request, str(problem), 400)
        except (Missing, UnknownLayer) as problem:
            response = sentence(request, str(problem), 404)
        except NotDone as problem:
            response = sentence(request, str(problem), 405)
            response["Allow"] = ", ".join(methods)
        except AWAY:
            response = failed(request)
        if not response.has_header("Cache-Control"):
            response["Cache-Control"] = "private, no-cache"
        patch_vary_headers(response, ["Cookie", "Accept", "Accept-Language"])
        return response

    return answer


def sentence(request: HttpRequest, text: str, status: int) -> HttpResponse:
    if wants_json(request):
        return JsonResponse({"error": text}, status=status)
    return render(request, "error.html", {"sentence": text, "status": status}, status=status)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's answer where no address matches."""
    if wants_json(request):
        return sentence(request, _("There is nothing at this address."), 404)
    return page_not_found(request, exception)


def failed(request: HttpRequest) -> HttpResponse:
    """The answer to an exception, Django's too; it asks the database nothing, not even who is signed in."""
    is_away = isinstance(sys.exc_info()[1], AWAY)
    status = 503 if is_away else 500
    text = (
        _("The database did not answer in time; try again.")
        if is_away
        else _("Something broke in the portal and was written down. Try again, or tell the administrator.")
    )
    content = {"sentence": text, "status": status}
    response: HttpResponse = (
        sentence(request, text, status)
        if wants_json(request)
        else HttpResponse(render_to_string("error.html", content), status=status)
    )
    if is_away:
        response["Retry-After"] = "5"
    return response


def answer(request: HttpRequest, template: str, content: dict[str, Any]) -> HttpResponse:
    """The same content as a page or as JSON."""
    return JsonResponse(content) if wants_json(request) else render(request, template, content)


def number(request: HttpRequest, name: str, default: int, low: int, high: int) -> int:
    text = request.GET.get(name, "").strip()
    if not text:
        return default
    if not (text.isascii() and text.isdigit() and len(text) < 10 and low <= int(text) <= high):
        raise BadInput(
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
        raise BadInput(
            _("“%(name)s” must be %(count)d number(s) separated by commas.") % {"name": name, "count": count}
        )
    return found
