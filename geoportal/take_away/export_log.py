"""The record of what was taken away: everybody's for administrators, one's own for others."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from geoportal.http import FORM, answer, door, is_administrator, number, page_links, parameters, viewer_of
from layers.errors import SignInRequired
from layers.registry.models import ExportLogEntry

ON_A_PAGE = 50


@door
def export_log(request: HttpRequest) -> HttpResponse:
    """``?who=`` and ``?layer=`` choose."""
    viewer = viewer_of(request)
    if not viewer.name:
        raise SignInRequired(_("Sign in to see this page."))
    given = parameters(request, (FORM, "who", "layer", "page"))
    everybody = is_administrator(request)
    chosen = {name: given[name] for name in ("who", "layer") if given.get(name)}
    if not everybody:
        chosen["who"] = viewer.name
    found = ExportLogEntry.objects.filter(**chosen).order_by("-at", "-pk")
    page = Paginator(found, ON_A_PAGE).get_page(number(request, "page", 1, 1, 10**6))
    entries = [
        {
            "at": each.at,
            "who": each.who,
            "layer": each.layer,
            "question": each.question,
            "file": each.file,
            "rows": each.rows,
        }
        for each in page.object_list
    ]
    content = {
        "entries": entries,
        "everybody": everybody,
        "who": given.get("who", ""),
        "layer": given.get("layer", ""),
        **page_links(request, page.number, page.paginator.num_pages),
    }
    return answer(request, "take_away/log.html", content)
