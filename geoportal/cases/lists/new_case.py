"""A case that is opened at the desk: for a lead, a letter, an inspection, or out of another case."""

import json
from typing import Any
from uuid import UUID, uuid4, uuid5

from django.contrib import messages
from django.contrib.gis.geos import Point
from django.db import transaction
from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _

from geoportal.cases.case.form_data import MOST_NORTH, text_field
from geoportal.cases.permissions import (
    actor_of,
    department_required,
    find_case,
    officer_of,
    record_case_reading,
)
from geoportal.features.extent import district_extent
from geoportal.features.feature_text import display_name
from geoportal.http import answer, desk, viewer_of
from layers.agencies.models import Department, Officer
from layers.casework.access.actor import NotAllowed
from layers.casework.access.permissions import handles_case, was_opened_by
from layers.casework.cases import routing
from layers.casework.cases.creation import CaseIntake, open_case
from layers.casework.cases.relations import relate
from layers.casework.models import Case, CaseRelation, LeadSource, PartyKind, RelationKind
from layers.casework.principal import PRINCIPAL, longest
from layers.casework.procedures import Procedure
from layers.casework.procedures.versions import procedures_in_force, version_in_force
from layers.coordinates import STORE_SRID
from layers.errors import InvalidInput

from .opening_fields import given_area, given_parties, given_subjects, opening_fields

NAMES = (
    "matter",
    "lead",
    "title",
    "address",
    "lon",
    "lat",
    "note",
    "subjects",
    "corners",
    "of",
    "key",
    "anyway",
)
NOT_ENTERED = {"key", "anyway", "csrfmiddlewaretoken"}
PARTY = tuple(PRINCIPAL)
REACH = 0.1
"""Degrees around the district in which cases are opened."""
Shown = dict[str, Any]


@desk
@department_required
def new_case_page(request: HttpRequest) -> HttpResponseBase:
    """``of`` is the number of a case that it comes from; what is open at the place is shown before it is opened."""
    officer = officer_of(request)
    problems: list[str] = []
    near: list[Shown] = []
    typed = {name: request.POST.get(name, "") for name in (*NAMES, *PARTY)}
    if request.method == "POST":
        try:
            if officer is None:
                raise InvalidInput(_("No officer belongs to your account, so you can look but not act."))
            matter = _matter(request, officer)
            intake = _intake(request, officer, matter)
            near = [] if typed["anyway"] else _similar(request, matter, intake)
            if not near:
                return _opened(request, intake)
        except NotAllowed as refused:
            problems = [str(each) for each in refused.refusals]
        except InvalidInput as problem:
            problems = [str(problem)]
    else:
        typed |= {"key": str(uuid4()), **_from_case(request)}
    content = {
        "typed": typed,
        "problems": problems,
        "near": near,
        "matters": _matters(officer),
        "leads": [{"value": value, "title": str(title)} for value, title in LeadSource.choices],
        "kinds": [{"value": value, "title": str(title)} for value, title in PartyKind.choices],
        "asked": opening_fields(request, _procedures(officer)),
        "has_officer": officer is not None,
        "map": {"extent": district_extent(viewer_of(request))},
    }
    response = answer(request, "cases/new.html", content)
    response.status_code = 422 if problems else 200
    return response


def _matters(officer: Officer | None) -> list[Shown]:
    """By procedure, each with what the form sends for it."""
    if officer is None:
        return []
    known = procedures_in_force()
    groups: dict[str, Shown] = {}
    for matter in routing.matters_at_desk(known, officer.department.code):
        group = groups.setdefault(
            matter.procedure, {"title": str(known[matter.procedure].title), "options": []}
        )
        value = f"{matter.procedure}:{matter.category.code}"
        group["options"].append({"value": value, "title": str(matter.category.title)})
    return list(groups.values())


def _procedures(officer: Officer | None) -> list[Procedure]:
    """By which what is opened here may run, at whichever department the place or the matter leads it to."""
    if officer is None:
        return []
    known, own = procedures_in_force(), officer.department.code
    found = dict.fromkeys(
        routing.procedure_code(matter.procedure, department, known)
        for matter in routing.matters_at_desk(known, own)
        for department in routing.departments_of(matter, known, own)
    )
    return [known[code] for code in found]


def _from_case(request: HttpRequest) -> Shown:
    """What is known already of the case that the new one comes from."""
    case = _origin(request, request.GET.get("of", ""))
    if case is None:
        return {}
    record_case_reading(request, case)
    known = {
        "of": case.pk,
        "title": case.title,
        "address": case.address,
        "note": case.description,
        "lead": LeadSource.TRANSFER.value,
        "party_kind": case.party_kind,
        "party_name": case.party_name,
    }
    return known | ({"lon": f"{case.geom.x:.6f}", "lat": f"{case.geom.y:.6f}"} if case.geom else {})


def _origin(request: HttpRequest, number: str) -> Case | None:
    """The case that the new one comes from, by the number of its page."""
    is_number = number.isascii() and number.isdigit() and len(number) < 18
    return find_case(request, int(number)) if is_number else None


def _matter(request: HttpRequest, officer: Officer) -> routing.Matter:
    wanted = text_field(request, "matter", 80)
    for each in routing.matters_at_desk(procedures_in_force(), officer.department.code):
        if wanted == f"{each.procedure}:{each.category.code}":
            return each
    raise InvalidInput(_("Choose what the case is about."))


def _intake(request: HttpRequest, officer: Officer, matter: routing.Matter) -> CaseIntake:
    known, own, area = procedures_in_force(), officer.department.code, given_area(request)
    place = _position(request) or (area.point_on_surface if area else None)
    if place:
        _check_near(request, place)
    suggestion = routing.suggest_department_at(matter, place, known, own)
    department = Department.objects.get(code=suggestion.department)
    lead = text_field(request, "lead", 20)
    if lead not in LeadSource.values:
        raise InvalidInput(_("Choose how the case was found."))
    kind = text_field(request, "party_kind", 20) or PartyKind.NONE.value
    named = any(text_field(request, name, 120) for name in PARTY[1:])
    if kind not in PartyKind.values or (named and kind == PartyKind.NONE):
        raise InvalidInput(_("Choose the kind of party from the list."))
    code = routing.procedure_code(matter.procedure, department.code, known)
    return CaseIntake(
        title=text_field(request, "title", 160) or matter.category.title.zh,
        department=department,
        version=version_in_force(code),
        category=matter.category.code,
        category_title=matter.category.title.zh,
        position=place,
        area=area,
        address=text_field(request, "address", 200),
        description=text_field(request, "note", title=_("Facts")),
        lead_source=lead,
        party={"party_kind": kind, **{name: text_field(request, name, longest(name)) for name in PARTY[1:]}},
        parties=list(given_parties(request, _procedures(officer))),
        subjects=given_subjects(request),
        key=_key(request),
        routing={
            "rule": suggestion.rule,
            "suggested": department.code,
            "chosen": department.code,
            "sentence": suggestion.sentence.zh,
        },
    )


def _key(request: HttpRequest) -> UUID:
    """Of the page and of what was entered: a form that is sent twice opens one case, one that was changed after going
    back to it another."""
    try:
        page = UUID(text_field(request, "key", 40))
    except ValueError:
        return uuid4()
    entered = {name: request.POST.getlist(name) for name in request.POST if name not in NOT_ENTERED}
    return uuid5(page, json.dumps(entered, sort_keys=True))


def _position(request: HttpRequest) -> Point | None:
    texts = text_field(request, "lon", 20), text_field(request, "lat", 20)
    if not any(texts):
        return None
    try:
        lon, lat = (float(text) for text in texts)
    except ValueError:
        lon = lat = float("nan")
    if not (-180 <= lon <= 180 and -MOST_NORTH <= lat <= MOST_NORTH):
        raise InvalidInput(_("Click the place on the map, or write longitude and latitude in degrees."))
    return Point(lon, lat, srid=STORE_SRID)


def _check_near(request: HttpRequest, place: Point) -> None:
    """Within the district's box and about ten kilometres around it."""
    west, south, east, north = district_extent(viewer_of(request)) or (-180, -90, 180, 90)
    if not (west - REACH <= place.x <= east + REACH and south - REACH <= place.y <= north + REACH):
        raise InvalidInput(
            _("The place lies far outside the district; look at longitude and latitude again.")
        )


def _similar(request: HttpRequest, matter: routing.Matter, intake: CaseIntake) -> list[Shown]:
    """Open cases of the same matter at the place, which this may be."""
    if intake.position is None:
        return []
    found = routing.similar_open_cases(viewer_of(request), matter.category, intake.position)
    return [
        {
            "url": reverse("case", args=[each.case.pk]),
            "title": each.case.title,
            "number": each.case.number,
            "metres": round(each.metres),
        }
        for each in found
        if each.case.key != intake.key
    ]


def _opened(request: HttpRequest, intake: CaseIntake) -> HttpResponseBase:
    """The case's page; one that went to another department's desk is told by its number."""
    actor, origin = actor_of(request), _origin(request, request.POST.get("of", ""))
    with transaction.atomic():
        case = open_case(intake, actor)
        if not was_opened_by(case, actor.officer):
            raise InvalidInput(_("This key belongs to another case."))
        is_known = origin is None or CaseRelation.objects.filter(case=case, other=origin).exists()
        if origin and not is_known and actor.officer and handles_case(case, actor.officer):
            relate(case.pk, origin, RelationKind.CARRIED_OVER, actor)
    if find_case(request, case.pk):
        messages.success(request, _("The case %(number)s is open.") % {"number": case.number})
        return HttpResponseRedirect(reverse("case", args=[case.pk]))
    said = _("The case %(number)s is open at %(department)s.")
    messages.success(request, said % {"number": case.number, "department": display_name(case.department)})
    return HttpResponseRedirect(reverse("case-inbox"))
