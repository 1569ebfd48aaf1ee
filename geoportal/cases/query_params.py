"""Who may ask for cases as a department does, and which they ask for."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from geoportal.http import FORM, parameters, viewer_of
from layers.agencies.models import Department
from layers.casework.access.permissions import department_cases
from layers.casework.analytics.filters import NAMES, STANDINGS, CaseFilter, FilterError, parse_filter
from layers.casework.analytics.indicators import measures
from layers.casework.models import Case, LeadSource
from layers.casework.procedures.titles import procedure_titles
from layers.errors import InvalidInput, NotFound
from layers.registry.audience import Audience, Viewer

from . import labels


def case_filter(request: HttpRequest, *more: str) -> CaseFilter:
    """What the address says of cases; InvalidInput with a sentence where it makes no sense.

    ``more`` names the parameters that the page has besides.
    """
    parameters(request, {FORM, *NAMES.values(), *more})
    try:
        return parse_filter(request.GET)
    except FilterError as problem:
        raise InvalidInput(str(problem.sentence)) from problem


def search_link(cases: CaseFilter, **changes: object) -> str:
    """The address of the list of the cases behind a figure."""
    return f"{reverse('case-search')}?{cases.query(**changes)}"


def department_viewer(request: HttpRequest) -> Viewer:
    """Somebody whose department has cases, or who administers all; for others there is nothing here."""
    viewer = viewer_of(request)
    if not has_department(viewer):
        raise NotFound(_("There is nothing at this address."))
    return viewer


def has_department(viewer: Viewer) -> bool:
    is_member = viewer.audience == Audience.DEPARTMENT and bool(viewer.departments)
    return is_member or viewer.audience == Audience.RESTRICTED


def selectable_departments(viewer: Viewer) -> list[Department]:
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


def figure_cases(request: HttpRequest, viewer: Viewer, *more: str) -> "QuerySet[Case] | None":
    """The viewer's own cases behind a figure; None where no figure was asked for."""
    wanted = case_filter(request, *more)
    return department_cases(viewer).filter(wanted.q(timezone.now())) if _figure(wanted) else None


def figure_context(request: HttpRequest, *more: str) -> dict[str, Any]:
    """What the link of a figure asked for: in words, and as words that the search keeps."""
    figure = _figure(case_filter(request, *more))
    kept = [(NAMES[name], value) for name in NAMES if (value := getattr(figure, name))]
    return {
        "figure": [_value_text(name, getattr(figure, name)) for name in NAMES if getattr(figure, name)]
    } | {"kept": [(name, str(value)) for name, value in kept]}


def _figure(wanted: CaseFilter) -> CaseFilter:
    """Without the words that the search has fields for; the others only come with the link of a figure."""
    return replace(wanted, state="", category="", department="")


def _value_text(name: str, value: Any) -> str:
    if name == "standing":
        return str(STANDINGS[value])
    if name == "measure":
        found = measures()[value]
        return f"{found.title} ({found.meaning})"
    if name == "procedure":
        return str(procedure_titles()[value])
    if name == "lead":
        return str(LeadSource(value).label)
    days = {
        "since": _("reported from %(day)s"),
        "until": _("reported to %(day)s"),
        "closed_since": _("closed from %(day)s"),
        "closed_until": _("closed to %(day)s"),
    }
    if name in days:
        return days[name] % {"day": value}
    return labels.group_titles(name, [value])[value]
