"""Pages of cases: what is published for everybody, and the working page for the departments that handle them."""

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from geoportal.features.feature_page import feature_page
from geoportal.features.list_page import list_page
from geoportal.http import answer, door, viewer_of
from layers.casework.case_types import case_layers
from layers.errors import NotFound
from layers.registry.access.layer_query import LayerQuery
from layers.registry.audience import Audience

from .case.page import case_page
from .permissions import find_case


@door
def cases(request: HttpRequest, name: str) -> HttpResponse:
    has_desk = viewer_of(request).audience >= Audience.DEPARTMENT
    return answer(request, "cases/list.html", {**list_page(request, name), "has_desk": has_desk})


@door
def case(request: HttpRequest, pk: int) -> HttpResponse:
    """The working page for those who handle the case; what the layer's view shows for everybody else."""
    own = find_case(request, pk)
    if own:
        return case_page(request, own)
    viewer = viewer_of(request)
    found = (layer for layer in case_layers(viewer) if LayerQuery(layer, viewer).by_id(pk))
    layer = next(found, None)
    if layer is None:
        raise NotFound(_("There is no case with the number %(pk)s.") % {"pk": pk})
    return answer(request, "directory/feature.html", feature_page(request, layer.name, pk))
