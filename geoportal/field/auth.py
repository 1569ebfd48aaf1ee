"""Who may come in at the officer's phone, and mistakes as JSON with a status the phone can act on."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Concatenate, ParamSpec

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _

from geoportal.accounts.models import User
from geoportal.http import method_not_allowed, viewer_of
from layers.agencies.models import Officer
from layers.casework.cases.access import is_own
from layers.casework.cases.actor import Acting, Overtaken
from layers.errors import Conflict, Forbidden, NotFound, PortalError, SignInRequired
from layers.registry.audience import Viewer

from .serializers import event_as_told, told


@dataclass(frozen=True)
class Visitor:
    """An officer at their phone."""

    user: User
    officer: Officer
    viewer: Viewer

    @property
    def acting(self) -> Acting:
        return Acting(self.officer.name, self.officer)


def visitor_of(request: HttpRequest) -> Visitor:
    if not request.user.is_authenticated:
        raise SignInRequired(
            _("You are signed out; sign in again. What is on this device stays there."),
            sign_in=reverse("sign-in"),
        )
    user = request.user
    officer = Officer.objects.select_related("department").filter(user=user, is_active=True).first()
    if officer is None:
        raise Forbidden(_("These pages are for officers in service; your account belongs to none."))
    return Visitor(user, officer, viewer_of(request))


P = ParamSpec("P")
Asked = Callable[Concatenate[HttpRequest, Visitor, P], HttpResponseBase]


def api(*methods: str) -> Callable[[Asked[P]], Callable[Concatenate[HttpRequest, P], HttpResponseBase]]:
    """A JSON door for officers; every refusal has a sentence under ``error``."""

    def decorate(view: Asked[P]) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
        @wraps(view)
        def answer(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            if request.method not in methods:
                raise method_not_allowed(methods)
            visitor = visitor_of(request)
            try:
                response = view(request, visitor, *args, **kwargs)
            except Overtaken as overtaken:
                raise _conflict(overtaken, visitor) from overtaken
            if not response.has_header("Cache-Control"):
                response["Cache-Control"] = "private, no-store"
            patch_vary_headers(response, ["Cookie", "Accept-Language"])
            return response

        answer.error_form = PortalError.as_json  # type: ignore[attr-defined]
        return answer

    return decorate


def _conflict(overtaken: Overtaken, visitor: Visitor) -> PortalError:
    """With what happened meanwhile, if the case is still the visitor's to know."""
    if not is_own(overtaken.case, visitor.viewer):
        return NotFound(_("There is no such case, or it is not your department's."))
    since = [event_as_told(event) for event in overtaken.events]
    return Conflict(str(overtaken), case=told(overtaken.case), since=since)
