"""What the portal's ASGI applications share: types, and who has the session that a request names."""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, Protocol

from django.conf import settings
from django.http.cookie import parse_cookie

from layers.registry.audience import Viewer

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
AsgiApp = Callable[[Scope, Receive, Send], Awaitable[None]]


class Viewers(Protocol):
    """The viewers of sessions by their keys."""

    def remembered(self, key: str) -> Viewer | None:
        """At once; None if it takes a question to the database."""

    def look_up(self, key: str) -> Viewer:
        """The public viewer for no session; raises DatabaseError or InterfaceError."""


def session_key(cookies: str) -> str:
    """The session named by a Cookie header, empty if none."""
    if settings.SESSION_COOKIE_NAME not in cookies:
        return ""
    return parse_cookie(cookies).get(settings.SESSION_COOKIE_NAME, "")
