"""Who may come in at the officer's phone, and mistakes as JSON with a status the phone can act on."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.db import DataError, OperationalError
from django.http import HttpRequest, JsonResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _

from geoportal.accounts.models import User
from geoportal.http import BadInput, Missing, viewer_of
from importers.pipeline.disk_space import FULL
from layers.agencies.models import Officer
from layers.casework.cases.access import is_own
from layers.casework.cases.actor import Acting, NotAllowed, Overtaken
from layers.registry.audience import Viewer

from .serializers import both, event_as_told, told


class SignedOut(Exception):
    """Nobody is signed in, or not any more."""


class NoOfficer(Exception):
    """Who is signed in is no officer in service."""


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
        raise SignedOut(_("You are signed out; sign in again. What is on this device stays there."))
    user = request.user
    officer = Officer.objects.select_related("department").filter(user=user, is_active=True).first()
    if officer is None:
        raise NoOfficer(_("These pages are for officers in service; your account belongs to none."))
    return Visitor(user, officer, viewer_of(request))


P = ParamSpec("P")
Asked = Callable[Concatenate[HttpRequest, Visitor, P], HttpResponseBase]


def api(*methods: str) -> Callable[[Asked[P]], Callable[Concatenate[HttpRequest, P], HttpResponseBase]]:
    """A JSON door for officers; every refusal has a sentence under ``error``."""

    def decorate(view: Asked[P]) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
        @wraps(view)
        def answer(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            if request.method not in methods:
                said = _("This address answers %(methods)s only.") % {"methods": ", ".join(methods)}
                response: HttpResponseBase = problem(said, 405)
                response["Allow"] = ", ".join(methods)
            else:
                response = _answered(request, lambda: view(request, visitor_of(request), *args, **kwargs))
            if not response.has_header("Cache-Control"):
                response["Cache-Control"] = "private, no-store"
            patch_vary_headers(response, ["Cookie", "Accept-Language"])
            return response

        return answer

    return decorate


def _answered(request: HttpRequest, view: Callable[[], HttpResponseBase]) -> HttpResponseBase:
    try:
        return view()
    except SignedOut as out:
        return problem(str(out), 401, sign_in=reverse("sign-in"))
    except NoOfficer as nobody:
        return problem(str(nobody), 403)
    except BadInput as mistake:
        return problem(str(mistake), 400)
    except Missing as nothing:
        return problem(str(nothing), 404)
    except NotAllowed as refused:
        return problem(str(refused), 422, refusals=[both(each) for each in refused.refusals])
    except Overtaken as overtaken:
        if not is_own(overtaken.case, viewer_of(request)):
            return problem(_("There is no such case, or it is not your department's."), 404)
        since = [event_as_told(event) for event in overtaken.events]
        return problem(str(overtaken), 409, case=told(overtaken.case), since=since)
    except DataError:
        return problem(_("A value is too long or too large to be kept; shorten it."), 400)
    except OSError as full:
        if full.errno not in FULL:
            raise
        return problem(_("The portal has no room for the file; what is on this device stays there."), 503)
    except OperationalError:
        return problem(_("The database did not answer in time; try again."), 503)


def problem(said: str, status: int, **more: Any) -> JsonResponse:
    return JsonResponse({"error": said, **more}, status=status)
