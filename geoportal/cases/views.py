"""Read pages of cases: what is published, and an officer's own department's."""

from django.http import HttpRequest, HttpResponse

from geoportal.directory.features import feature_page
from geoportal.directory.listing import Listing
from geoportal.negotiation import answer, door

CASES = Listing(
    "enforcement-cases",
    ("title", "number", "department", "state", "filed", "due"),
    ("state", "procedure"),
    "filed DESC, id",
)


@door
def cases(request: HttpRequest) -> HttpResponse:
    return answer(request, "directory/list.html", CASES.page(request))


@door
def case(request: HttpRequest, pk: int) -> HttpResponse:
    return answer(
        request,
        "directory/feature.html",
        {**feature_page(request, "enforcement-cases", pk), "parent": "cases"},
    )
