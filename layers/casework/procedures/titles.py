"""What the procedures in force call their states and themselves, for lists and layers of many cases."""

from typing import Any

from asgiref.local import Local
from django.db.models import F

from layers.casework.models import ProcedureVersion
from layers.registry.text import Text

from .model import Procedure
from .versions import read_version

_request = Local()
"""``roots``: what was found during this request."""


def begin_request(**kwargs: Any) -> None:
    _request.roots = None


def end_request(**kwargs: Any) -> None:
    if hasattr(_request, "roots"):
        del _request.roots


def root_procedures(family: str = "") -> dict[str, Procedure]:
    """The procedures in force that extend no other, by code; of all families unless one is named."""
    found: dict[str, Procedure] | None = getattr(_request, "roots", None)
    if found is None:
        roots = ProcedureVersion.objects.filter(is_current=True, code=F("root")).order_by("family", "code")
        found = {kept.code: read_version(kept.pk) for kept in roots.only("pk", "code")}
        if hasattr(_request, "roots"):
            _request.roots = found
    return {code: each for code, each in found.items() if family in {"", each.family}}


def procedure_titles(family: str = "") -> dict[str, Text]:
    """By the code that cases carry."""
    return {code: each.title for code, each in root_procedures(family).items()}


def state_titles(family: str = "") -> dict[str, Text]:
    """Where procedures call a state differently, the first one's word."""
    found: dict[str, Text] = {}
    for each in root_procedures(family).values():
        found = {code: state.title for code, state in each.states.items()} | found
    return found


def credential_titles() -> dict[str, Text]:
    """By kind, of all families."""
    return {kind: title for each in root_procedures().values() for kind, title in each.credentials.items()}
