from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils.functional import SimpleLazyObject

from layers.registry.audience import Viewer


class ViewerMiddleware:
    """Gives each request its ``viewer``, read from the database anew so that a revocation acts at once."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.viewer = SimpleLazyObject(lambda: Viewer.of(request.user))  # type: ignore[attr-defined]
        return self.get_response(request)
