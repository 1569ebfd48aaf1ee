"""An application that says which process answers."""

import os
from typing import Any

from geoportal.launch.readiness import tell_ready


async def application(scope: Any, receive: Any, send: Any) -> None:
    body = str(os.getpid()).encode()
    await send({"type": "http.response.start", "status": 200, "headers": [(b"connection", b"close")]})
    await send({"type": "http.response.body", "body": body})


tell_ready()
