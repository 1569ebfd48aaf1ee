from collections.abc import Callable

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.utils.functional import SimpleLazyObject

from layers.registry.audience import Viewer
from tiles.cache.combinations import asker

from .client_address import client_address, host_of
from .models import User
from .second_factor.sign_in import lacks_factor


class SecondFactorMiddleware:
    """Nobody is signed in by a session that lacks the second factor its person must have."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        signed_in = request.user
        request.user = SimpleLazyObject(lambda: _proved(request, signed_in))  # type: ignore[assignment]
        return self.get_response(request)


def _proved(request: HttpRequest, user: "User | AnonymousUser") -> "User | AnonymousUser":
    if user.is_authenticated and lacks_factor(request.session, user):
        return AnonymousUser()
    return user


class ViewerMiddleware:
    """Gives each request its ``viewer``, read from the database anew so that a revocation acts at once, and tells the
    cache of tiles who asks."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        asker.set(host_of(client_address(request)))
        request.viewer = SimpleLazyObject(lambda: Viewer.of(request.user))  # type: ignore[attr-defined]
        return self.get_response(request)
