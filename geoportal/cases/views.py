"""Pages of cases: what is published for everybody, and the working page for the departments that handle them."""

from django.http import HttpRequest, HttpResponse

from geoportal.features.feature_page import feature_page
from geoportal.features.list_page import Listing
from geoportal.http import answer, door, viewer_of
from layers.registry.audience import Audience

from .case.page import case_page
from .permissions import find_case

CASES = Listing(
    "enforcement-cases",
    ("title", "number", "department", "state", "filed", "due"),
    ("state", "procedure"),
    "filed DESC, id",
)


@door
def cases(request: HttpRequest) -> HttpResponse:
    listed = CASES.page(request)
    return answer(
        request,
        "cases/list.html",
        {**listed, "has_desk": viewer_of(request).audience >= Audience.DEPARTMENT},
    )


@door
def case(request: HttpRequest, pk: int) -> HttpResponse:
    """The working page for those who handle the case; what the layer's view shows for everybody else."""
    own = find_case(request, pk)
    if own:
        return case_page(request, own)
    return answer(
        request,
        "directory/feature.html",
        {**feature_page(request, "enforcement-cases", pk), "parent": "cases"},
    )
