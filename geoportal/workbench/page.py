"""The page of the desk: the form of a question beside its answer."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from geoportal.accounts.models import Role, User
from geoportal.http import FORM, viewer_of
from layers.errors import NotFound, PortalError, SignInRequired
from layers.query.functions import function_texts
from layers.query.models import Sharing
from layers.query.nodes import Node
from layers.query.scope import Scope, queryables
from layers.query.text_form import from_text
from layers.registry.access.layer_query import LayerQuery
from layers.registry.audience import Viewer
from layers.registry.declaration.layer import Layer
from layers.registry.registration import layers_for

from .answer import answer_parts
from .rows import KINDS, Row, rows_of
from .sketches.records import sketches

Json = dict[str, Any]
LONGEST = 4000
"""Characters of a condition in an address; a longer one is kept under a number."""


def form_parts(reading: LayerQuery | None, joined: str, rows: list[Row], layers: list[Layer]) -> Json:
    """The form itself, which needs no answer."""
    return {
        "layers": [{"name": layer.name, "title": str(layer.title)} for layer in layers],
        "placed_layers": [
            {"name": layer.name, "title": str(layer.title)} for layer in layers if layer.has_geometry
        ],
        "joined": joined,
        "rows": [{"index": index, "row": row} for index, row in enumerate(rows)],
        "kinds": [
            kind
            for kind in KINDS
            if reading and (reading.layer.has_geometry or kind in {"attribute", "text"})
        ],
        "properties": [
            {
                "name": attribute.name,
                "label": str(reading.layer.label(attribute)),
                "values": [(str(code), str(word)) for code, word in reading.layer.choices(attribute).items()],
            }
            for attribute in queryables(reading)
        ]
        if reading
        else [],
        "functions": function_texts(),
    }


def layers_of(viewer: Viewer) -> list[Layer]:
    return sorted(layers_for(viewer), key=lambda layer: str(layer.title))


def content_of(reading: LayerQuery, text: str, given: dict[str, str]) -> tuple[str, list[Row], Json, int]:
    """How the rows are joined, the rows, the answer and its status; where there is none, a sentence of what is wrong."""
    joined, rows = "and", [Row("text", text=text)] if text.strip() else []
    given = {name: value for name, value in given.items() if name != FORM}
    shown: Json = {"text": text, "given": given}
    try:
        node = typed(text)
        joined, rows = rows_of(node, Scope(reading))
        return joined, rows, {**shown, **answer_parts(reading, node, text, given)}, 200
    except PortalError as problem:
        return joined, rows, {**shown, "problem": str(problem)}, problem.status


def typed(text: str) -> Node | None:
    return from_text(text) if text.strip() else None


def planner_of(request: HttpRequest) -> User:
    """For others the desk is not there."""
    who = request.user
    if not isinstance(who, User):
        raise SignInRequired(_("Sign in as a planner to use the desk."))
    if who.role not in {Role.PLANNER, Role.ADMINISTRATOR}:
        raise NotFound(_("There is nothing at this address."))
    return who


def page(
    request: HttpRequest,
    reading: LayerQuery | None,
    joined: str,
    rows: list[Row],
    more: Json,
    status: int = 200,
) -> HttpResponse:
    """``more`` are the parts that the answer, a kept question or what was typed add."""
    viewer = viewer_of(request)
    kept = more.get("kept")
    content = {
        "layer": reading.layer.name if reading else "",
        "layer_title": str(reading.layer.title) if reading else "",
        **form_parts(reading, joined, rows, layers_of(viewer)),
        "sharings": Sharing.choices,
        "sketches": sketches(request.user.pk or 0) if reading and reading.layer.has_geometry else [],
        "is_own": kept is not None and kept.owner_id == request.user.pk,
        **more,
    }
    return render(request, "workbench/workbench.html", content, status=status)
