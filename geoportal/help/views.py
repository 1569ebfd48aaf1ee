"""The handbooks' pages, and the pictures that were made for them."""

from dataclasses import asdict

from django.http import FileResponse, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from geoportal.http import answer, door
from layers.errors import NotFound

from .handbooks import LANGUAGES, NAMES, Handbook, handbook, reading_language
from .markdown import page, pictures_of


@door
def index(request: HttpRequest) -> HttpResponse:
    pages = [(name, page(Handbook(name), reading_language())) for name in NAMES]
    handbooks = [
        {"name": name, "title": each.title, "summary": each.lead, "url": reverse("handbook", args=[name])}
        for name, each in pages
    ]
    return answer(request, "help/index.html", {"handbooks": handbooks})


@door
def one(request: HttpRequest, name: str) -> HttpResponse:
    return answer(
        request, "help/handbook.html", asdict(page(handbook(name), reading_language())) | {"name": name}
    )


@door
def picture(request: HttpRequest, language: str, file: str) -> FileResponse:
    if language in LANGUAGES:
        for name in NAMES:
            for each in pictures_of(Handbook(name), language):
                if each.file == file and each.path(language).is_file():
                    return FileResponse(each.path(language).open("rb"))
    raise NotFound(_("There is nothing at this address."))
