"""The portal below a path of its host, such as /geo: whether the proxy in front leaves the prefix there or takes it off."""

from tiles.asgi import AsgiApp, Receive, Scope, Send


class PrefixMiddleware:
    """In front of an ASGI application, which sees no prefix."""

    def __init__(self, app: AsgiApp, prefix: str) -> None:
        self.app, self.prefix = app, prefix

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope.get("path", "")
        if self.prefix and path == self.prefix and scope["type"] == "http":
            await self._redirect(scope, send)
            return
        if self.prefix and path.startswith(f"{self.prefix}/"):
            raw = scope.get("raw_path", b"").removeprefix(self.prefix.encode())
            scope = {**scope, "path": path.removeprefix(self.prefix), "raw_path": raw}
        await self.app(scope, receive, send)

    async def _redirect(self, scope: Scope, send: Send) -> None:
        """Addresses of a page are read below its own."""
        query = scope.get("query_string", b"")
        address = f"{self.prefix}/".encode() + (b"?" + query if query else b"")
        headers = [(b"location", address), (b"content-length", b"0")]
        await send({"type": "http.response.start", "status": 308, "headers": headers})
        await send({"type": "http.response.body", "body": b""})
