"""The address of a kept question."""

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from geoportal.http import FORM, desk, number, parameters, viewer_of
from layers.errors import InvalidInput
from layers.query.models import StoredQuery, parameter_names, with_parameters
from layers.query.text_form import from_text, to_text
from layers.registry.access.layer_query import LayerQuery
from layers.registry.registration import UnknownLayer, get_layer

from . import query_store
from .page import content_of, page, planner_of


@desk
def stored(request: HttpRequest, pk: int) -> HttpResponse:
    """The kept question as whoever looks may have it answered; the address may give parameters other values."""
    who, viewer = planner_of(request), viewer_of(request)
    if request.method == "POST":
        return _delete(request, pk)
    question = query_store.usable(who.pk, pk)
    if question.analysis is not None:
        return HttpResponseRedirect(f"{reverse('analysis')}?{urlencode({**question.analysis, 'kept': pk})}")
    node = question.node
    names = parameter_names(node) if node else []
    given = parameters(request, [FORM, "sort", "page", "chart", *names])
    number(request, "page", 1, 1, 10**6)
    spelled = query_store.parameter_values(question)
    spelled |= {name: given[name] for name in names if given.get(name)}
    shown = [{"name": name, "value": spelled.get(name, "")} for name in names]
    more = {
        "kept": question,
        "kept_values": query_store.spelled(question),
        "values": shown,
        "text": to_text(node) if node else "",
    }
    reading = None
    try:
        reading = LayerQuery(get_layer(question.layer, viewer), viewer)
        values = {name: from_text(value) for name, value in spelled.items()}
        text = to_text(with_parameters(node, values)) if node is not None else ""
    except (InvalidInput, UnknownLayer) as problem:
        return page(request, reading, "and", [], {**more, "problem": str(problem)}, problem.status)
    joined, rows, content, status = content_of(reading, text, given)
    return page(request, reading, joined, rows, {**content, **more}, status)


def _delete(request: HttpRequest, pk: int) -> HttpResponse:
    found: StoredQuery = query_store.own(planner_of(request), str(pk))
    if request.POST.get("action") != "delete":
        raise InvalidInput(_("There is no such action."))
    found.delete()
    return HttpResponseRedirect(reverse("workbench"))
