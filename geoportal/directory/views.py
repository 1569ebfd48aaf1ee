"""Pages of the layers that declare a list page: the list, and each feature's own."""

from django.http import HttpRequest, HttpResponse

from geoportal.features.feature_page import feature_page
from geoportal.features.list_page import list_page
from geoportal.http import answer, door


@door
def features(request: HttpRequest, name: str) -> HttpResponse:
    return answer(request, "directory/list.html", list_page(request, name))


@door
def feature(request: HttpRequest, name: str, pk: int) -> HttpResponse:
    return answer(request, "directory/feature.html", feature_page(request, name, pk))
