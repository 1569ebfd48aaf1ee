"""Who may ask for cases as a department does, and which they ask for."""

from collections.abc import Iterable

from django.http import HttpRequest
from django.utils.translation import gettext as _

from geoportal.negotiation import BadInput, Missing, viewer_of
from layers.agencies.models import Department
from layers.casework.filters import BadFilter, CaseFilter, parse
from layers.registry.audience import Audience, Viewer

SEARCH = "/cases/search/"


def asked(request: HttpRequest) -> CaseFilter:
    """What the address says of cases; BadInput with a sentence where it makes no sense."""
    try:
        return parse(request.GET)
    except BadFilter as problem:
        raise BadInput(str(problem.sentence)) from problem


def search_link(cases: CaseFilter, **changes: object) -> str:
    """The address of the list of the cases behind a figure."""
    return f"{SEARCH}?{cases.query(**changes)}"


def staff(request: HttpRequest) -> Viewer:
    """Somebody whose department has cases, or who administers all; for others there is nothing here."""
    viewer = viewer_of(request)
    if not has_own(viewer):
        raise Missing(_("There is nothing at this address."))
    return viewer


def has_own(viewer: Viewer) -> bool:
    is_member = viewer.audience == Audience.DEPARTMENT and bool(viewer.departments)
    return is_member or viewer.audience == Audience.RESTRICTED


def departments_of(viewer: Viewer) -> list[Department]:
    """Those a viewer may choose among."""
    everything = Department.objects.order_by("code")
    if viewer.audience == Audience.RESTRICTED:
        return list(everything.filter(staff__isnull=False).distinct())
    return list(everything.filter(code__in=viewer.departments))


def options(choices: Iterable[tuple[str, object]], chosen: str) -> list[dict[str, object]]:
    """Of a select."""
    return [
        {"value": value, "label": str(label), "chosen": value == chosen} for value, label in choices if value
    ]
