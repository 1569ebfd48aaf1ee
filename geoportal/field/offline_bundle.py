"""What the phone keeps so that a case can be logged without a network: matters, procedures, colleagues."""

from collections.abc import Iterable
from typing import Any

from django.contrib.gis.db.models import Extent

from layers.agencies.models import Officer, ResponsibleBody
from layers.base.models import Division
from layers.casework.access.actor import credentials_of
from layers.casework.case_types import case_type
from layers.casework.cases.routing import (
    Matter,
    Procedures,
    department_names,
    field_openings,
    matters_of_department,
    procedure_code,
    suggest_department,
)
from layers.casework.procedures import FieldOpening, Procedure
from layers.casework.procedures.versions import procedures_in_force, version_in_force
from layers.casework.rules.steps.officer_rules import may_assist
from layers.casework.rules.steps.subject_rules import subject_title
from layers.registry.text import Text

from .auth import FieldUser
from .case_lists import procedures_json
from .commands import FILE_MOST
from .serializers import bilingual, server_time

KEPT_DAYS = 7
"""How long cases stay readable on a phone that does not ask for them anew."""


def offline_bundle(visitor: FieldUser) -> dict[str, Any]:
    known, departments = procedures_in_force(), department_names()
    own = visitor.officer.department.code
    offered = matters_of_department(known, own)
    openings = field_openings(known)
    general = {case_type(known[code].family).general for code in openings}
    codes = {each.procedure for each in offered} | general & set(known)
    versions = {code: version_in_force(code).pk for code in codes}
    return {
        "at": server_time(),
        "account": str(visitor.user.pk),
        "officer": {
            "id": visitor.officer.pk,
            "name": visitor.officer.name,
            "department": own,
            "posts": visitor.officer.posts,
        },
        "colleagues": [
            {"id": each.pk, "name": each.name} for each in colleagues(visitor.officer, known.values())
        ],
        "officers": [
            {"code": each.code, "name": each.name}
            for each in Officer.objects.filter(department=visitor.officer.department, is_active=True)
        ],
        "departments": {code: bilingual(name) for code, name in departments.items()},
        "bodies": {
            each.code: bilingual(Text(each.name, each.name_en or each.name))
            for each in ResponsibleBody.objects.filter(is_active=True, department=visitor.officer.department)
        },
        "kinds": [_kind(known[code], each) for code, each in openings.items()],
        "matters": [_matter_json(each, known, departments, own) for each in offered],
        "versions": versions,
        "procedures": procedures_json(set(versions.values())),
        "extent": Division.objects.filter(level="district").aggregate(box=Extent("geom"))["box"],
        "kept_days": KEPT_DAYS,
        "file_most": FILE_MOST,
    }


def _kind(procedure: Procedure, opening: FieldOpening) -> dict[str, Any]:
    """What is asked when a case of it is opened."""
    return {
        "code": procedure.code,
        "title": bilingual(opening.title),
        "parties": _party_roles(procedure) if opening.party else [],
        "subjects": _subject_rules(procedure),
    }


def _party_roles(procedure: Procedure) -> list[dict[str, Any]]:
    """The principal's first; ``required`` who must be known when the case is opened."""
    roles = sorted(procedure.parties.values(), key=lambda role: not role.principal)
    return [
        {
            "code": role.code,
            "title": bilingual(role.title),
            "kinds": list(role.kinds),
            "principal": role.principal,
            "required": role.required == procedure.start,
        }
        for role in roles
    ]


def _subject_rules(procedure: Procedure) -> list[dict[str, Any]]:
    """``required`` what a case must be about when it is opened."""
    return [
        {
            "layer": layer,
            "title": bilingual(subject_title(layer)),
            "most": rule.most,
            "required": rule.required == procedure.start,
        }
        for layer, rule in procedure.subjects.items()
    ]


def colleagues(officer: Officer, procedures: Iterable[Procedure]) -> list[Officer]:
    """Who may be the second officer at some step of one of the procedures."""
    serving = Officer.objects.filter(department=officer.department, is_active=True).exclude(pk=officer.pk)
    known = [(each, credentials_of(each)) for each in serving.prefetch_related("credentials")]
    procedures = list(procedures)
    return [each for each, held in known if any(may_assist(one, held) for one in procedures)]


def _matter_json(matter: Matter, known: Procedures, departments: dict[str, Text], own: str) -> dict[str, Any]:
    """With the department by the rules that need no place; ``routed`` says that the place may name another."""
    category = matter.category
    plain = suggest_department(matter, known, {}, departments, own)
    return {
        "code": category.code,
        "procedure": matter.procedure,
        "title": bilingual(category.title),
        "group": bilingual(category.group or known[matter.procedure].title),
        "filing": bilingual(category.filing) if category.filing else None,
        "join_radius": category.join_radius,
        "routed": bool(category.routes),
        "department": plain.department,
        "rule": plain.rule,
        "sentence": bilingual(plain.sentence),
        "follows": procedure_code(matter.procedure, plain.department, known),
    }
