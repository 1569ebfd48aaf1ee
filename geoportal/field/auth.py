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
from layers.casework.access.actor import Actor
from layers.casework.access.permissions import may_read_case
from layers.casework.log.case_lock import StaleRevision
from layers.errors import Conflict, Forbidden, NotFound, PortalError, SignInRequired
from layers.registry.audience import Viewer

from .serializers import case_json, event_json


@dataclass(frozen=True)
class FieldUser:
    """An officer at their phone."""

    user: User
    officer: Officer
    viewer: Viewer

    @property
    def actor(self) -> Actor:
        return Actor(self.officer.name, self.officer)


def field_user(request: HttpRequest) -> FieldUser:
    if not request.user.is_authenticated:
        raise SignInRequired(
            _("You are signed out; sign in again. What is on this device stays there."),
            sign_in=reverse("sign-in"),
        )
    user = request.user
    officer = Officer.objects.select_related("department").filter(user=user, is_active=True).first()
    if officer is None:
        raise Forbidden(_("These pages are for officers in service; your account belongs to none."))
    return FieldUser(user, officer, viewer_of(request))


P = ParamSpec("P")
FieldView = Callable[Concatenate[HttpRequest, FieldUser, P], HttpResponseBase]


def api(*methods: str) -> Callable[[FieldView[P]], Callable[Concatenate[HttpRequest, P], HttpResponseBase]]:
    """A JSON door for officers; every refusal has a sentence under ``error``."""

    def decorate(view: FieldView[P]) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
        @wraps(view)
        def answer(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            if request.method not in methods:
                raise method_not_allowed(methods)
            visitor = field_user(request)
            try:
                response = view(request, visitor, *args, **kwargs)
            except StaleRevision as overtaken:
                raise _conflict(overtaken, visitor) from overtaken
            if not response.has_header("Cache-Control"):
                response["Cache-Control"] = "private, no-store"
            patch_vary_headers(response, ["Cookie", "Accept-Language"])
            return response

        answer.error_form = PortalError.as_json  # type: ignore[attr-defined]
        return answer

    return decorate


def _conflict(overtaken: StaleRevision, visitor: FieldUser) -> PortalError:
    """With what happened meanwhile, if the case is still the visitor's to know."""
    if not may_read_case(overtaken.case, visitor.viewer):
        return NotFound(_("There is no such case, or it is not your department's."))
    since = [event_json(event) for event in overtaken.events]
    sentence = overtaken.sentence_for(visitor.officer)
    return Conflict(str(sentence), case=case_json(overtaken.case), since=since)
