"""What goes wrong at a door: a status, a sentence for whoever asked, and what they can do next.

Raise these, or a subclass beside the code that raises it; :mod:`geoportal.errors` alone makes answers of them.
A sentence may be a text in both languages; it is worded when it is shown.
"""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from layers.sentences.sentence import told


class PortalError(Exception):
    """``members`` go into the JSON answer beside the sentence."""

    status: ClassVar[int] = 500
    headers: Mapping[str, str] = {}

    def __init__(self, sentence: object = "", *, advice: object = "", **members: Any) -> None:
        super().__init__(sentence)
        self.sentence, self.advice, self.members = sentence, advice, members

    def __str__(self) -> str:
        return told(self.sentence)

    def as_json(self) -> dict[str, Any]:
        """``error`` is the sentence, ``advice`` what to do next where that is not said by it."""
        advice = {"advice": str(self.advice)} if self.advice else {}
        return {"error": str(self), **advice, **self.members}


class InvalidInput(PortalError, ValueError):
    """What was asked or sent makes no sense."""

    status = 400


class SignInRequired(PortalError):
    """Nobody is signed in, or not any more."""

    status = 401


class Forbidden(PortalError):
    """Who is signed in may know of it, but not do it."""

    status = 403


class NotFound(PortalError, LookupError):
    """It is not there, or not for this viewer."""

    status = 404


class MethodNotAllowed(PortalError):
    """The address answers ``methods`` only."""

    status = 405

    def __init__(self, sentence: object, methods: Sequence[str]) -> None:
        super().__init__(sentence)
        self.headers = {"Allow": ", ".join(methods)}


class Conflict(PortalError):
    """Something else happened meanwhile."""

    status = 409


class Unprocessable(PortalError):
    """It is understood, but the rules or the data stand against it."""

    status = 422


class TooCostly(Unprocessable, InvalidInput):
    """It would take, or took, more time or memory than there is for one."""


class TooManyRequests(PortalError):
    """It was tried too often; ``seconds`` says how long to wait."""

    status = 429

    def __init__(self, sentence: object, seconds: int) -> None:
        super().__init__(sentence, seconds=seconds)
        self.headers = {"Retry-After": str(seconds)}


class BadGateway(PortalError):
    """A server behind the portal failed."""

    status = 502
    headers = {"Retry-After": "5"}


class Unavailable(PortalError):
    """It cannot be had now, but soon."""

    status = 503
    headers = {"Retry-After": "5"}
