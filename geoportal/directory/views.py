"""Read pages of the service directory and of food safety."""

from django.http import HttpRequest, HttpResponse

from geoportal.features.feature_page import feature_page
from geoportal.features.list_page import Listing
from geoportal.http import answer, door

SERVICES = Listing(
    "service-items", ("name", "department", "theme", "promised_limit"), ("audience", "theme"), "id"
)
FOOD = Listing(
    "food-premises", ("name", "sector", "grade", "address", "last_inspection"), ("sector", "grade"), "id"
)


@door
def services(request: HttpRequest) -> HttpResponse:
    return answer(request, "directory/list.html", SERVICES.page(request))


@door
def service(request: HttpRequest, pk: int) -> HttpResponse:
    return answer(
        request,
        "directory/feature.html",
        {**feature_page(request, "service-items", pk), "parent": "services"},
    )


@door
def food(request: HttpRequest) -> HttpResponse:
    return answer(request, "directory/list.html", FOOD.page(request))


@door
def premises(request: HttpRequest, pk: int) -> HttpResponse:
    return answer(
        request, "directory/feature.html", {**feature_page(request, "food-premises", pk), "parent": "food"}
    )
