"""What the collections are made of: layers, and for planners the questions that they keep."""

import re
from dataclasses import dataclass, replace

from django.http import HttpRequest
from django.utils.translation import gettext as _

from geoportal.accounts.models import Role, User
from geoportal.http import viewer_of
from layers.errors import NotFound, PortalError
from layers.query.compiler import compile_condition
from layers.query.json_form import from_json
from layers.query.models import StoredQueries, StoredQuery, with_parameters
from layers.registry.access.layer_query import Condition, LayerQuery
from layers.registry.audience import Viewer
from layers.registry.declaration.layer import Layer
from layers.registry.registration import get_layer, layers_for

from .query import FeatureQuery

QUESTION = re.compile(r"question-([1-9][0-9]{0,17})")


@dataclass(frozen=True)
class Source:
    """``conditions`` choose rows of the layer before anything in the address does."""

    name: str
    title: str
    summary: str
    reading: LayerQuery
    conditions: tuple[Condition, ...] = ()

    @property
    def layer(self) -> Layer:
        return self.reading.layer

    def narrowed(self, query: FeatureQuery) -> FeatureQuery:
        if not self.conditions:
            return query
        return replace(query, conditions=[*self.conditions, *query.conditions], has_filter=True)


def source(request: HttpRequest, name: str) -> Source:
    if found := QUESTION.fullmatch(name):
        question = _questions(request).filter(pk=int(found[1])).first()
        if question is None:
            raise NotFound(_("There is no such question, or it is not shared with you."))
        return _of_question(question, viewer_of(request))
    viewer = viewer_of(request)
    return _of_layer(LayerQuery(get_layer(name, viewer), viewer))


def sources(request: HttpRequest) -> list[Source]:
    """Without questions that ask for what the viewer does not have any more."""
    viewer = viewer_of(request)
    found = [_of_layer(LayerQuery(layer, viewer)) for layer in layers_for(viewer)]
    for question in _questions(request):
        try:
            found.append(_of_question(question, viewer))
        except PortalError:
            continue
    return found


def _questions(request: HttpRequest) -> StoredQueries:
    who = request.user
    if not isinstance(who, User) or who.role not in {Role.PLANNER, Role.ADMINISTRATOR}:
        return StoredQuery.objects.none()
    return StoredQuery.objects.usable_by(who.pk).filter(analysis__isnull=True)


def _of_layer(reading: LayerQuery) -> Source:
    layer = reading.layer
    return Source(layer.name, str(layer.title), str(layer.summary or layer.title), reading)


def _of_question(question: StoredQuery, viewer: Viewer) -> Source:
    reading = LayerQuery(get_layer(question.layer, viewer), viewer)
    node, values = question.node, question.parameters
    conditions: tuple[Condition, ...] = ()
    if node is not None:
        read = {name: from_json(value) for name, value in values.items()}
        conditions = (compile_condition(with_parameters(node, read), reading),)
    return Source(f"question-{question.pk}", question.title, str(reading.layer.title), reading, conditions)
