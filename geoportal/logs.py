"""What the log says: time and request in each line, nothing personal, and nothing of clients that just left."""

import logging
import re
import secrets
from collections.abc import Callable
from contextvars import ContextVar

from django.http import HttpRequest, HttpResponse

HEADER = "X-Request-Id"
DISCONNECT = "ASGI transport error: "
"""How the web server begins its line about a client that left while it was answered."""
VALUES = re.compile(
    r"(\b(?:DETAIL|CONTEXT|LINE \d+|invalid input [^:\n]*|out of range [^:\n]*):) .*(\n +\^)?"
)
"""Where PostgreSQL's messages repeat what somebody entered."""

request_id: ContextVar[str] = ContextVar("request_id", default="-")


class RequestIdMiddleware:
    """Gives each request a number, which its lines in the log bear and its answer tells."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request_id.set(secrets.token_hex(6))
        response = self.get_response(request)
        response[HEADER] = request_id.get()
        return response


class LineFormatter(logging.Formatter):
    def __init__(self) -> None:
        line = "%(asctime)s %(levelname)s %(request_id)s %(name)s: %(message)s"
        super().__init__(line, "%Y-%m-%dT%H:%M:%S%z")

    def format(self, record: logging.LogRecord) -> str:
        record.request_id = request_id.get()
        return VALUES.sub(r"\1 …", super().format(record))


class NoDisconnects(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        return not record.getMessage().startswith(DISCONNECT)
