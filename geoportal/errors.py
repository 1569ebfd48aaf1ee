"""The one place where what went wrong becomes an answer: for people a page, for programs JSON."""

import errno
import logging
import sys
from collections.abc import Callable
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import RequestDataTooBig
from django.db import DataError, InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.template.loader import render_to_string
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from psycopg2.errors import UntranslatableCharacter

from geoportal.http import READING, wants_json
from layers.errors import Forbidden, InvalidInput, NotFound, PortalError, SignInRequired, Unavailable
from layers.registry.access.layer_query import LayerWithdrawn

AWAY = (OperationalError, InterfaceError)
"""What is raised when the database does not answer."""
FULL = {errno.ENOSPC, errno.EDQUOT}

log = logging.getLogger(__name__)


class ErrorMiddleware:
    """Answers for every view that raised; what is none of the known kinds is left to Django, which logs it.

    A reading that met a layer just withdrawn is done again with the layers that there are now.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponseBase | None:
        if isinstance(exception, LayerWithdrawn) and request.method in READING:
            view, args, kwargs = request.resolver_match  # type: ignore[misc]
            try:
                return view(request, *args, **kwargs)  # type: ignore[no-any-return]
            except PortalError as problem:
                exception = problem
        error = portal_error(exception)
        return error_response(request, error) if error else None


def portal_error(exception: BaseException | None) -> PortalError | None:
    """The error that speaks to whoever asked, or None: a fault of our own."""
    if isinstance(exception, PortalError):
        return exception
    if isinstance(exception, AWAY):
        return Unavailable(_("The database did not answer in time; try again."))
    if isinstance(exception, DataError):
        log.warning("A value could not be kept: %s", exception)
        return InvalidInput(_data_sentence(exception))
    if isinstance(exception, OSError) and exception.errno in FULL:
        log.error("The disk is full: %s", exception)
        return Unavailable(_("The portal has no room left; nothing was kept. Tell the administrator."))
    return None


def _data_sentence(problem: DataError) -> str:
    if isinstance(problem.__cause__, UntranslatableCharacter):
        return _("A text holds a character that no text has.")
    return _("A value is too long or too large to be kept; shorten it.")


def error_response(request: HttpRequest, error: PortalError) -> HttpResponse:
    """The error in the form of the address that was asked; for a page one is sent to sign in where that is missing."""
    form = error_form(request)
    response: HttpResponse
    if form is None and isinstance(error, SignInRequired) and request.method in READING:
        response = redirect_to_login(request.get_full_path())
    elif form is None:
        content = {"sentence": str(error), "advice": str(error.advice), "status": error.status}
        # Where the portal is in trouble the page asks the database nothing, not even who is signed in.
        page = render_to_string("error.html", content, request if error.status < 500 else None)
        response = HttpResponse(page, status=error.status)
    else:
        response = JsonResponse(form(error), status=error.status)
    for name, value in error.headers.items():
        response[name] = value
    response["Cache-Control"] = "private, no-store"
    patch_vary_headers(response, ["Cookie", "Accept", "Accept-Language"])
    return response


ErrorForm = Callable[[PortalError], dict[str, Any]]


def error_form(request: HttpRequest) -> ErrorForm | None:
    """How the address words its errors as JSON (a view says so by ``error_form``); None for a page."""
    view: Any = getattr(request.resolver_match, "func", None)
    form: ErrorForm | None = getattr(view, "error_form", None)
    if form is None and wants_json(request):
        return PortalError.as_json
    return form


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's answer to what it could not read."""
    if isinstance(exception, RequestDataTooBig):
        return error_response(request, InvalidInput(_("More was sent than this address takes.")))
    return error_response(request, InvalidInput(_("The address or form could not be understood.")))


def forged(request: HttpRequest, reason: str) -> HttpResponse:
    """Django's answer to a form without the token of the browser that sends it; ``reason`` is for programmers."""
    log.warning("A form was refused: %s", reason)
    sentence = _("This form does not belong to your present sign-in, or your browser keeps no cookies.")
    advice = _("Go back, keep what you wrote, load the page again and send it from there.")
    return error_response(request, Forbidden(sentence, advice=advice, stale=True))


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's answer where no address matches."""
    return error_response(request, NotFound(_("There is nothing at this address.")))


def server_error(request: HttpRequest) -> HttpResponse:
    """Django's answer to a fault of our own, which is in the log by now."""
    fault = _("Something broke in the portal and was written down. Try again, or tell the administrator.")
    return error_response(request, portal_error(sys.exc_info()[1]) or PortalError(fault))
