"""The planner's desk: a question is made, explained and answered; what is kept has an address of its own."""

from typing import Any
from urllib.parse import urlencode

from django.db.models import Q
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from geoportal.accounts.models import Role, User
from geoportal.http import FORM, desk, door, number, parameters, viewer_of
from layers.errors import InvalidInput, NotFound, PortalError, SignInRequired
from layers.query.errors import InvalidQuery
from layers.query.json_form import from_json, to_json
from layers.query.models import Sharing, StoredQuery, parameter_names, with_parameters
from layers.query.nodes import Node
from layers.query.scope import Scope
from layers.query.text_form import from_text, to_text
from layers.registry.access.layer_query import LayerQuery
from layers.registry.registration import get_layer

from .page import answer_parts, form_parts, layers_of
from .rows import KINDS, Row, given_rows, node_of, rows_of

PARAMETERS = (FORM, "layer", "filter", "sort", "page", "chart")
LONGEST = 4000
"""Characters of a condition in an address; a longer one is kept under a number."""
MOST_KEPT = 500
Json = dict[str, Any]


def _planner(request: HttpRequest) -> User:
    """For others the desk is not there."""
    who = request.user
    if not isinstance(who, User):
        raise SignInRequired(_("Sign in as a planner to use the desk."))
    if who.role not in {Role.PLANNER, Role.ADMINISTRATOR}:
        raise NotFound(_("There is nothing at this address."))
    return who


@desk
def workbench(request: HttpRequest) -> HttpResponse:
    _planner(request)
    if request.method == "POST":
        return _edit(request)
    given = parameters(request, PARAMETERS)
    number(request, "page", 1, 1, 10**6)
    if not given.get("layer"):
        return _page(request, None, "and", [], {})
    reading = LayerQuery(get_layer(given["layer"], viewer_of(request)), viewer_of(request))
    text = given.get("filter", "")
    joined, rows, more, status = _content(reading, text, {"filter": text, **given})
    return _page(request, reading, joined, rows, more, status)


def _content(reading: LayerQuery, text: str, given: dict[str, str]) -> tuple[str, list[Row], Json, int]:
    """How the rows are joined, the rows, the answer and its status; where there is none, a sentence of what is wrong."""
    joined, rows = "and", [Row("text", text=text)] if text.strip() else []
    given = {name: value for name, value in given.items() if name != FORM}
    shown: Json = {"text": text, "given": given}
    try:
        node = _typed(text)
        joined, rows = rows_of(node, Scope(reading))
        return joined, rows, {**shown, **answer_parts(reading, node, text, given)}, 200
    except PortalError as problem:
        return joined, rows, {**shown, "problem": str(problem)}, problem.status


def _page(
    request: HttpRequest,
    reading: LayerQuery | None,
    joined: str,
    rows: list[Row],
    more: Json,
    status: int = 200,
) -> HttpResponse:
    content = {
        "layer": reading.layer.name if reading else "",
        "layer_title": str(reading.layer.title) if reading else "",
        **form_parts(reading, joined, rows, layers_of(viewer_of(request))),
        "stored": _shared(request)[:20],
        "sharings": Sharing.choices,
        **more,
    }
    return render(request, "workbench/workbench.html", content, status=status)


def _edit(request: HttpRequest) -> HttpResponse:
    """A row more or less gives the form again; anything else leads to the address of the question."""
    given = request.POST
    viewer = viewer_of(request)
    reading = LayerQuery(get_layer(given.get("layer", ""), viewer), viewer)
    rows, joined, action = given_rows(given.dict()), given.get("joined", "and"), given.get("action", "show")
    name, _colon, value = action.partition(":")
    if name == "add" and value in KINDS:
        return _page(request, reading, joined, [*rows, Row(value)], {})
    if name == "remove" and value.isdecimal() and len(value) < 3:
        rows = [row for index, row in enumerate(rows) if index != int(value)]
    try:
        by_text = name in {"text", "save"}
        node = _typed(given.get("text", "")) if by_text else node_of(joined, rows, Scope(reading))
        if name == "save":
            return _keep(request, reading, node, given.get("title", "").strip())
    except InvalidInput as problem:
        more = {"problem": str(problem), "text": given.get("text", ""), "typed": given}
        return _page(request, reading, joined, rows, more, 400)
    text = to_text(node) if node is not None else ""
    if len(text) > LONGEST:
        return _keep(request, reading, node, str(reading.layer.title))
    return HttpResponseRedirect(
        f"{reverse('workbench')}?{urlencode({'layer': reading.layer.name, 'filter': text})}"
    )


def _typed(text: str) -> Node | None:
    return from_text(text) if text.strip() else None


def _keep(request: HttpRequest, reading: LayerQuery, node: Node | None, title: str) -> HttpResponse:
    if not title.isprintable() or not 0 < len(title) <= 120:
        raise InvalidQuery(_("Give the question a title of at most 120 characters."))
    owner = _planner(request)
    if StoredQuery.objects.filter(owner_id=owner.pk).count() >= MOST_KEPT:
        raise InvalidQuery(_("You keep %(most)d questions already.") % {"most": MOST_KEPT})
    sharing = request.POST.get("sharing", "")
    kept = StoredQuery.objects.create(
        owner_id=owner.pk,
        owner=owner.username,
        title=title,
        layer=reading.layer.name,
        condition=None if node is None else to_json(node),
        parameters=_values(node, request.POST.get("parameters", "")),
        sharing=sharing if sharing in Sharing.values else Sharing.OWNER,
    )
    return HttpResponseRedirect(reverse("stored-query", args=[kept.pk]))


def _values(node: Node | None, text: str) -> Json:
    """A value for each parameter of the condition, one a line: ``distance = 200``."""
    names = parameter_names(node) if node else []
    found: Json = {}
    for part in filter(str.strip, text.splitlines()):
        name, _sign, value = part.partition("=")
        if name.strip() not in names:
            raise InvalidQuery(_("The condition has no parameter “%(name)s”.") % {"name": name.strip()[:60]})
        found[name.strip()] = to_json(from_text(value.strip()))
    missing = [name for name in names if name not in found]
    if missing:
        raise InvalidQuery(_("Give a value to: %(names)s.") % {"names": ", ".join(missing)})
    return found


def _shared(request: HttpRequest) -> Any:
    return StoredQuery.objects.filter(Q(owner_id=request.user.pk) | Q(sharing=Sharing.PLANNERS))


@door
def stored(request: HttpRequest, pk: int) -> HttpResponse:
    """The kept question as whoever looks may have it answered; the address may give parameters other values."""
    _planner(request)
    kept = _shared(request).filter(pk=pk).first()
    if kept is None:
        raise NotFound(_("There is no such question, or it is not shared with you."))
    node = None if kept.condition is None else from_json(kept.condition)
    names = parameter_names(node) if node else []
    given = parameters(request, [FORM, "sort", "page", "chart", *names])
    number(request, "page", 1, 1, 10**6)
    values = dict(kept.parameters)
    values |= {name: to_json(from_text(given[name])) for name in names if given.get(name)}
    if node is not None:
        node = with_parameters(node, values)
    viewer = viewer_of(request)
    reading = LayerQuery(get_layer(kept.layer, viewer), viewer)
    shown = [{"name": name, "value": to_text(from_json(values[name]))} for name in names]
    text = to_text(node) if node is not None else ""
    joined, rows, more, status = _content(reading, text, given)
    return _page(request, reading, joined, rows, {**more, "kept": kept, "values": shown}, status)
