"""Who works at the desk: the officer behind a signed-in person, and whose case it is."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from geoportal.http import View, not_for, viewer_of
from layers.agencies.models import Officer
from layers.casework.access.actor import Actor
from layers.casework.access.permissions import may_read_case
from layers.casework.case_types import case_type
from layers.casework.models import Case
from layers.casework.parties import parties_of
from layers.errors import NotFound
from layers.registry.access.access_log import record_reading
from layers.registry.audience import Audience
from layers.registry.registration import get_layer

WITH_CASE = ("department", "handler__department", "partner", "version", "division", "grid_cell", "joined_to")


def officer_of(request: HttpRequest) -> Officer | None:
    officer: Officer | None = getattr(request.user, "officer", None)
    return officer if officer and officer.is_active else None


def actor_of(request: HttpRequest) -> Actor:
    officer = officer_of(request)
    return Actor(officer.name, officer) if officer else Actor(request.user.get_username())


def posts_of(request: HttpRequest) -> frozenset[str]:
    officer = officer_of(request)
    return frozenset(officer.posts) if officer else frozenset()


def find_case(request: HttpRequest, pk: int) -> Case | None:
    """The case if its log, evidence and documents are this viewer's to read."""
    found = Case.objects.select_related(*WITH_CASE).filter(pk=pk).first()
    return found if found and may_read_case(found, viewer_of(request)) else None


def get_case(request: HttpRequest, pk: int) -> Case:
    found = find_case(request, pk)
    if found is None:
        raise NotFound(_("There is no case with this number among those of your department."))
    return found


def department_required(view: Callable[..., HttpResponseBase]) -> View:
    """A room of the desk: whoever is not signed in is asked to, others find nothing."""

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if viewer_of(request).audience < Audience.DEPARTMENT:
            raise not_for(request)
        return view(request, *args, **kwargs)

    return answer


def record_case_reading(request: HttpRequest, case: Case) -> None:
    """The record of personal data that was read: documents name the party."""
    viewer = viewer_of(request)
    layer = get_layer(case_type(case.family).layer, viewer)
    names = "、".join(each.name or each.identity or each.phone for each in parties_of(case))
    record_reading(layer, viewer, layer.attributes, [{"id": case.pk, "party_name": names}])
