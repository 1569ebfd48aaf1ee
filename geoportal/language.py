"""The language that a visitor chooses."""

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import get_script_prefix
from django.views.i18n import set_language


def choose_language(request: HttpRequest) -> HttpResponseBase:
    """Back to the page one came from, else to the portal's first, which is not always the host's."""
    response = set_language(request)
    if response.headers.get("Location") == "/":
        response.headers["Location"] = get_script_prefix()
    return response
