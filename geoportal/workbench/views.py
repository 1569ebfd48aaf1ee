"""The planner's desk: a question is made, explained and answered."""

from dataclasses import replace
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from geoportal.http import FORM, desk, number, page_links, parameters, viewer_of
from layers.errors import InvalidInput, NotFound
from layers.query.json_form import to_json
from layers.query.models import StoredQuery, remember
from layers.query.nodes import Node
from layers.query.scope import Scope
from layers.query.text_form import to_text
from layers.registry.access.layer_query import LayerQuery
from layers.registry.registration import get_layer

from . import query_store
from .beginnings import examples, recent
from .page import LONGEST, Json, content_of, page, planner_of, typed
from .rows import KINDS, Row, given_rows, narrowed, node_of
from .sketches.records import metres_of, sketch, text_of
from .sketches.views import drawn_condition

PARAMETERS = (FORM, "layer", "filter", "sort", "page", "chart", "kept")
FIRST_METRES = {"shape": "0"}


@desk
def workbench(request: HttpRequest) -> HttpResponse:
    planner_of(request)
    if request.method == "POST":
        return _edit(request)
    given = parameters(request, PARAMETERS)
    number(request, "page", 1, 1, 10**6)
    if not given.get("layer"):
        return _first_page(request)
    reading = LayerQuery(get_layer(given["layer"], viewer_of(request)), viewer_of(request))
    text = given.get("filter", "")
    joined, rows, more, status = content_of(reading, text, {"filter": text, **given})
    return page(request, reading, joined, rows, {**more, **_changed(request, given.get("kept", ""))}, status)


def _first_page(request: HttpRequest) -> HttpResponse:
    who, viewer = planner_of(request), viewer_of(request)
    number_of_page = number(request, "page", 1, 1, 10**6)
    own, shared, pages = query_store.lists(who.pk, number_of_page)
    more: Json = {
        "list_pages": page_links(request, number_of_page, pages),
        "examples": examples(viewer),
        "recent": recent(who.pk, viewer),
        "own": own,
        "shared": shared,
    }
    return page(request, None, "and", [], {**more, "is_first": True})


def _changed(request: HttpRequest, pk: str) -> Json:
    """The kept question whose changes are looked at, where it is one's own."""
    if not (pk.isdecimal() and len(pk) < 19):
        return {}
    found = StoredQuery.objects.filter(pk=int(pk), owner_id=planner_of(request).pk).first()
    return {"kept": found, "kept_values": query_store.spelled(found)} if found else {}


def _edit(request: HttpRequest) -> HttpResponse:
    """A row more or less gives the form again; anything else leads to the address of the question."""
    given = request.POST
    viewer = viewer_of(request)
    reading = LayerQuery(get_layer(given.get("layer", ""), viewer), viewer)
    rows, joined, action = given_rows(given.dict()), given.get("joined", "and"), given.get("action", "show")
    name, _colon, value = action.partition(":")
    shown = {"text": given.get("text", ""), "typed": given, **_changed(request, given.get("kept", ""))}
    if name == "add" and value in KINDS:
        return page(
            request, reading, joined, [*rows, Row(value, metres=FIRST_METRES.get(value, "200"))], shown
        )
    if name == "remove" and value.isdecimal() and len(value) < 3:
        rows = [row for index, row in enumerate(rows) if index != int(value)]
    by_text = name in {"text", "save", "change", "drawn"}
    try:
        rows = [_with_sketch(request, row) for row in rows]
        node = typed(given.get("text", "")) if by_text else node_of(joined, rows, Scope(reading))
        if name == "drawn":
            node = narrowed(node, drawn_condition(given.dict()))
        if name == "save":
            return _opened(query_store.keep(planner_of(request), reading, node, given))
        if name == "change":
            return _opened(query_store.change(planner_of(request), reading, node, given))
        if by_text:
            node = query_store.filled(node, given.get("parameters", ""))
    except (InvalidInput, NotFound) as problem:
        if by_text and not rows:
            rows = [Row("text", text=given["text"])] if given.get("text", "").strip() else []
        return page(request, reading, joined, rows, {**shown, "problem": str(problem)}, problem.status)
    return _address(request, reading, node)


def _with_sketch(request: HttpRequest, row: Row) -> Row:
    """What is kept stands in the row as if it were typed."""
    if not row.sketch:
        return row
    kept = sketch(planner_of(request).pk, row.sketch)
    return replace(row, text=text_of(kept), metres=metres_of(kept), sketch="")


def _address(request: HttpRequest, reading: LayerQuery, node: Node | None) -> HttpResponse:
    owner, layer = planner_of(request).pk, reading.layer
    text = to_text(node) if node is not None else ""
    if len(text) > LONGEST:
        condition = None if node is None else to_json(node)
        query_store.bound(owner)
        return _opened(
            StoredQuery.objects.create(
                owner_id=owner,
                owner=request.user.get_username(),
                title=str(layer.title),
                layer=layer.name,
                condition=condition,
            )
        )
    remember(owner, layer.name, text)
    words = {"layer": layer.name, "filter": text, "kept": request.POST.get("kept", "")}
    said = urlencode({name: value for name, value in words.items() if value or name == "filter"})
    return HttpResponseRedirect(f"{reverse('workbench')}?{said}")


def _opened(question: StoredQuery) -> HttpResponse:
    return HttpResponseRedirect(reverse("stored-query", args=[question.pk]))
