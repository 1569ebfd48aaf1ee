"""Pages of other origins may read the public's doors: without credentials, so that they see what everybody sees."""

from collections.abc import MutableMapping
from typing import Any

from tiles.asgi import AsgiApp, Receive, Scope, Send

DOORS = ("/tiles/", "/styles/", "/ogc/", "/mapproxy/", "/tms/", "/layers/", "/static/")
METHODS = b"GET, HEAD, OPTIONS"
OPEN = (b"access-control-allow-origin", b"*")
LEGIBLE = (b"access-control-expose-headers", b"Content-Crs, Content-Language, ETag")
"""Told to who says where it comes from; others read all headers."""
PREFLIGHT = [
    (b"access-control-allow-methods", METHODS),
    (
        b"access-control-allow-headers",
        b"Accept-Language, Content-Type, If-None-Match, Range, X-Requested-With",
    ),
    (b"access-control-max-age", b"86400"),
    (b"allow", METHODS),
]


class OtherOriginsMiddleware:
    """In front of an ASGI application. Browsers give nobody an answer to a request with cookies under ``*``."""

    def __init__(self, app: AsgiApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not f"{scope['path']}/".startswith(DOORS):
            await self.app(scope, receive, send)
        elif scope["method"] == "OPTIONS":
            await send({"type": "http.response.start", "status": 204, "headers": [OPEN, LEGIBLE, *PREFLIGHT]})
            await send({"type": "http.response.body", "body": b""})
        else:
            is_other = any(name == b"origin" for name, _value in scope["headers"])
            await self.app(scope, receive, _sending(send, [OPEN, LEGIBLE] if is_other else [OPEN]))


def _sending(send: Send, headers: list[tuple[bytes, bytes]]) -> Send:
    """Sends with more headers than the application said."""

    async def send_with_headers(message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = [*message.get("headers", ()), *headers]
        await send(message)

    return send_with_headers
