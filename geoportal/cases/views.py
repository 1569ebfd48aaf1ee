"""Pages of cases: what is published for everybody, and the working page for the departments that handle them."""

from django.http import HttpRequest, HttpResponse

from geoportal.features.feature_page import feature_page
from geoportal.features.list_page import list_page
from geoportal.http import answer, door, viewer_of
from layers.registry.audience import Audience

from .case.page import case_page
from .permissions import LAYER, find_case


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
    return answer(request, "directory/feature.html", feature_page(request, LAYER, pk))
