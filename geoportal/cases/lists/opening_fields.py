"""What procedures ask of a case at once, on the form by which one is opened at the desk."""

from collections.abc import Collection, Iterator
from typing import Any

from django.contrib.gis.geos import MultiPolygon
from django.http import HttpRequest
from django.utils.translation import gettext as _

from geoportal.cases.case.form_data import outline, text_field
from geoportal.features.feature_reference import feature_reference
from geoportal.features.feature_text import enumeration
from geoportal.http import viewer_of
from layers.casework.cases.creation import PartyGiven, SubjectGiven
from layers.casework.cases.relations import MOST, too_many_subjects
from layers.casework.models import PartyKind
from layers.casework.procedures import GeometryKind, Procedure
from layers.casework.procedures.model import PartyRole
from layers.casework.rules.steps.subject_rules import subject_title
from layers.errors import InvalidInput

COLUMNS = ("kind", "name", "identity", "phone")
LONGEST = 120
Shown = dict[str, Any]


def opening_fields(request: HttpRequest, procedures: Collection[Procedure]) -> Shown:
    """What the first state of any of these is not entered without, each with the procedures that ask for it."""
    roles: dict[str, PartyRole] = {}
    asking: dict[str, list[str]] = {"subjects": [], "area": []}
    titles: dict[str, str] = {}
    for procedure in procedures:
        found = {f"party-{role.code}": role for role in required_roles(procedure)}
        about = [layer for layer, rule in procedure.subjects.items() if rule.required == procedure.start]
        titles |= {layer: str(subject_title(layer)) for layer in about}
        names = [*found, *(["subjects"] if about else []), *(["area"] if _needs_area(procedure) else [])]
        for name in names:
            asking.setdefault(name, []).append(str(procedure.title))
        roles |= found
    return {
        "parties": [_role_row(request, name, role, asking[name]) for name, role in roles.items()],
        "subjects": {"titles": enumeration(titles.values()), "asking": enumeration(asking["subjects"])},
        "area": {"asking": enumeration(asking["area"])},
    }


def required_roles(procedure: Procedure) -> list[PartyRole]:
    """Besides the principal's, which every form asks for."""
    return [
        role for role in procedure.parties.values() if role.required == procedure.start and not role.principal
    ]


def _needs_area(procedure: Procedure) -> bool:
    return procedure.place.required == procedure.start and procedure.place.geometry is GeometryKind.POLYGON


def _role_row(request: HttpRequest, name: str, role: PartyRole, asking: list[str]) -> Shown:
    kinds = [(value, title) for value, title in PartyKind.choices if value in role.kinds]
    return {
        "name": name,
        "title": str(role.title),
        "asking": enumeration(asking),
        "kinds": [{"value": value, "title": str(title)} for value, title in kinds],
        "typed": {column: request.POST.get(f"{name}-{column}", "") for column in COLUMNS},
    }


def given_parties(request: HttpRequest, procedures: Collection[Procedure]) -> Iterator[PartyGiven]:
    """Whom the form that asks for these procedures was given, also in roles that the case's own may refuse."""
    for code in dict.fromkeys(role.code for each in procedures for role in required_roles(each)):
        given = {name: text_field(request, f"party-{code}-{name}", LONGEST) for name in COLUMNS}
        if given["name"]:
            yield code, given


def given_subjects(request: HttpRequest) -> list[SubjectGiven]:
    """A line each, as ``layer/number`` or the address of its place."""
    lines = [line for line in text_field(request, "subjects").splitlines() if line.strip()]
    if len(lines) > MOST:
        raise too_many_subjects(MOST)
    found = [feature_reference(line, viewer_of(request)) for line in lines]
    if not all(isinstance(each, dict) for each in found):
        raise InvalidInput(_("There is no such place on your map."))
    return found


def given_area(request: HttpRequest) -> MultiPolygon | None:
    if not text_field(request, "corners"):
        return None
    area = outline(request)
    if not area.valid:
        raise InvalidInput(_("An outline must not cross itself and must enclose an area."))
    return area
