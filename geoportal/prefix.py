"""The portal below a path of its host, such as /geo: whether the proxy in front leaves the prefix there or takes it off."""

from tiles.asgi import AsgiApp, Receive, Scope, Send


class PrefixMiddleware:
    """In front of an ASGI application, which sees no prefix."""

    def __init__(self, app: AsgiApp, prefix: str) -> None:
        self.app, self.prefix = app, prefix

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope.get("path", "")
        if self.prefix and (path == self.prefix or path.startswith(f"{self.prefix}/")):
            inner = path.removeprefix(self.prefix) or "/"
            raw = scope.get("raw_path", b"").removeprefix(self.prefix.encode()) or b"/"
            scope = {**scope, "path": inner, "raw_path": raw}
        await self.app(scope, receive, send)
