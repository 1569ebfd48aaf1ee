"""The inbox: an officer's own cases, the department's, and those that wait for the officer's post."""

from collections.abc import Callable, Container, Mapping
from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from geoportal.cases.formatting import category_title, format_moment, limit_status_label, state_title
from geoportal.cases.permissions import department_required, officer_of, posts_of
from geoportal.features.feature_text import display_name
from geoportal.http import FORM, answer, door, number, page_links, parameters, viewer_of
from layers.agencies.models import Department
from layers.errors import InvalidInput
from layers.registry.audience import Audience, Viewer
from layers.registry.search.search_terms import normalize

from . import inbox_queries
from .bulk import bulk_choices
from .consultations import asked_of

TITLES = {
    "mine": gettext_lazy("Mine"),
    "unassigned": gettext_lazy("Unassigned"),
    "post": gettext_lazy("Waiting for my post"),
    "joint": gettext_lazy("Joint"),
    "all": gettext_lazy("All open"),
}
DUES = {
    "overdue": gettext_lazy("Overdue"),
    "soon": gettext_lazy("Due within three days"),
}
WORDS = ("box", "state", "department", "due", "q")
SOON = timedelta(days=3)
LONGEST = 100
Shown = dict[str, Any]


@door
@department_required
def inbox_page(request: HttpRequest) -> HttpResponse:
    parameters(request, (FORM, "page", *WORDS))
    viewer, officer = viewer_of(request), officer_of(request)
    asked = _inbox_filter(request, "mine" if officer else "all")
    found = inbox_queries.filter_cases(inbox_queries.box_cases(viewer, officer, asked.box), asked)
    counted = inbox_queries.box_counts(viewer, officer)
    total = inbox_queries.count_up_to(found) if asked.is_set else counted[asked.box]
    pages = max(1, -(-total // inbox_queries.ON_A_PAGE))
    page = number(request, "page", 1, 1, pages)
    return answer(
        request,
        "cases/inbox.html",
        {
            "box": asked.box,
            "boxes": [
                {
                    "name": name,
                    "title": str(TITLES[name]),
                    "count": counted[name],
                    "most": counted[name] >= inbox_queries.MOST_COUNTED,
                }
                for name in inbox_queries.BOXES
                if officer or name not in {"mine", "post"}
            ],
            "total": total,
            "most": total >= inbox_queries.MOST_COUNTED,
            "items": [_item(row) for row in inbox_queries.page_rows(found, page, posts_of(request))],
            "filters": _filters(request, asked),
            **page_links(request, page, pages),
            "has_officer": officer is not None,
            "bulk": bulk_choices(request),
            "asked": asked_of(officer),
        },
    )


def _inbox_filter(request: HttpRequest, usual: str) -> inbox_queries.InboxFilter:
    box = request.GET.get("box") or usual
    due = request.GET.get("due", "")
    text = request.GET.get("q", "")
    if box not in inbox_queries.BOXES:
        raise InvalidInput(_("There is no such part of the inbox."))
    state, department = request.GET.get("state", ""), request.GET.get("department", "")
    known: Mapping[str, Callable[[], Container[str]]] = {
        "due": lambda: DUES,
        "state": lambda: {code for code, _procedure in inbox_queries.states_known()},
        "department": lambda: set(Department.objects.values_list("code", flat=True)),
    }
    for name, value in (("due", due), ("state", state), ("department", department)):
        if value and value not in known[name]():
            raise InvalidInput(
                _("“%(value)s” is no value of %(name)s.") % {"value": value[:40], "name": name}
            )
    if len(text) > LONGEST:
        raise InvalidInput(_("A search can have at most %(count)d characters.") % {"count": LONGEST})
    return inbox_queries.InboxFilter(
        box=box,
        state=state,
        department=department,
        words=tuple(normalize(text).split()),
        due=due,
        until=timezone.now() + SOON,
    )


def _filters(request: HttpRequest, asked: inbox_queries.InboxFilter) -> Shown:
    departments = _departments(viewer_of(request))
    return {
        "q": request.GET.get("q", ""),
        "state": asked.state,
        "due": asked.due,
        "department": asked.department,
        "states": [
            {"value": code, "title": state_title(procedure, code)}
            for code, procedure in inbox_queries.states_known()
        ],
        "dues": [{"value": code, "title": str(title)} for code, title in DUES.items()],
        "departments": [{"value": each.code, "title": display_name(each)} for each in departments],
    }


def _departments(viewer: Viewer) -> list[Department]:
    known = Department.objects.all()
    everything = viewer.audience == Audience.RESTRICTED
    return list(known if everything else known.filter(code__in=viewer.departments))


def _item(row: inbox_queries.InboxRow) -> Shown:
    case, procedure = row.case, row.procedure
    limit = procedure.deadlines.get(row.limit) if procedure else None
    return {
        "id": case.pk,
        "url": reverse("case", args=[case.pk]),
        "number": case.number,
        "title": case.title,
        "category": category_title(case, procedure),
        "state": state_title(procedure, case.state),
        "department": display_name(case.department),
        "is_joint": bool(case.joint),
        "handler": case.handler.name if case.handler else "",
        "place": case.address or (case.division.name if case.division else ""),
        "due": format_moment(case.due),
        "limit": str(limit.title) if limit else "",
        "standing": limit_status_label(row.standing) if row.standing else None,
        "last_action": format_moment(case.last_action),
        "steps": row.steps,
    }
