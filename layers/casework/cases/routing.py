"""Taking in a matter: for which department it is and by which rule, what it runs by, what is open there already.

The first rule that matches counts: a route of the category for the place, the category's own department, the only
department of the procedure, the department of who reports.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from math import cos, radians

from django.contrib.gis.db.models.functions import Distance
from django.contrib.gis.geos import Point
from django.db.models import Prefetch, Q

from layers.agencies.models import Department
from layers.casework.access.permissions import department_cases
from layers.casework.case_types import case_type
from layers.casework.evidence.custody import distance_m
from layers.casework.models import OPEN, Case, Evidence
from layers.casework.procedures import Category, FieldOpening, OfferedMatters, Procedure, Route
from layers.coordinates import WEB_SRID, lonlat_to_web
from layers.registry.access.layer_query import LayerQuery, intersects_position
from layers.registry.audience import PUBLIC_VIEWER, Viewer
from layers.registry.registration import UnknownLayer, get_layer
from layers.registry.text import Text

Procedures = Mapping[str, Procedure]
Values = Mapping[tuple[str, str], Collection[str]]
"""What the features that cover a place hold, by layer and attribute."""

MAX_NEARBY = 20
"""Cases of the same matter that are shown."""


@dataclass(frozen=True)
class Matter:
    """A category as it is offered, with the code of the procedure that a case of it would follow."""

    category: Category
    procedure: str


@dataclass(frozen=True)
class Suggestion:
    """``rule`` is route, category, procedure or own; ``sentence`` names what matched."""

    department: str
    rule: str
    sentence: Text


@dataclass(frozen=True)
class NearbyCase:
    """``pictures`` are pieces of evidence that can be shown."""

    case: Case
    metres: float
    pictures: Sequence[Evidence]


def field_openings(procedures: Procedures) -> dict[str, FieldOpening]:
    """By code of the procedures of which cases may be opened in the field, those that offer all matters first."""
    found = [
        (code, each.field_opening)
        for code, each in procedures.items()
        if each.field_opening and code == each.root
    ]
    return dict(sorted(found, key=lambda each: each[1].matters != OfferedMatters.ALL))


def matters_of_department(procedures: Procedures, department: str) -> list[Matter]:
    """What an officer of a department may log in the field."""
    openings = field_openings(procedures)
    return [
        Matter(category, code)
        for code, opening in openings.items()
        for category in (
            procedures[code].categories.values()
            if opening.matters is OfferedMatters.ALL
            else _own_categories(procedures, procedures[code].family, department).values()
        )
    ]


def matters_at_desk(procedures: Procedures, department: str) -> list[Matter]:
    """What an officer of a department may open at the desk: what its own procedures deal with, and what anybody may
    log in the field."""
    own = [
        Matter(category, code)
        for code, each in procedures.items()
        if department in each.departments
        for category in each.categories.values()
        if category.department in {"", department}
    ]
    logged = [each for each in matters_of_department(procedures, department) if each not in own]
    return own + logged


def _own_categories(procedures: Procedures, family: str, department: str) -> dict[str, Category]:
    """A department's categories in the procedures of a family that do not offer all of theirs."""
    return {
        code: category
        for procedure in procedures.values()
        if procedure.family == family and not _offers_all(procedure)
        for code, category in procedure.categories.items()
        if category.department == department
    }


def _offers_all(procedure: Procedure) -> bool:
    opening = procedure.field_opening
    return opening is not None and opening.matters is OfferedMatters.ALL


def suggest_department(
    matter: Matter, procedures: Procedures, values: Values, departments: Mapping[str, Text], own: str
) -> Suggestion:
    """``departments`` are those there are, by code; ``own`` is the reporter's. Pure."""
    category, only = matter.category, procedures[matter.procedure].departments
    title = category.title
    for route in category.routes:
        found = sorted(set(values.get((route.layer, route.attribute), ())) & set(route.values))
        if found and route.department in departments:
            return Suggestion(route.department, "route", _route_sentence(route, title, found[0]))
    if category.department in departments:
        zh, en = f"“{title.zh}”归该部门（{category.basis.zh}）", f"{title.en} is this department's"
        return Suggestion(category.department, "category", Text(zh, f"{en} ({category.basis.en})"))
    if len(only) == 1 and only[0] in departments:
        called = procedures[matter.procedure].title
        sentence = Text(f"“{called.zh}”只由该部门办理", f"Only this department runs {called.en}")
        return Suggestion(only[0], "procedure", sentence)
    return Suggestion(own, "own", Text("没有规则，归您的部门", "No rule names another: your own department"))


def departments_of(matter: Matter, procedures: Procedures, own: str) -> list[str]:
    """Those that it may be for, wherever it is."""
    category, only = matter.category, procedures[matter.procedure].departments
    routes = [route.department for route in category.routes]
    return [*routes, category.department or (only[0] if len(only) == 1 else own)]


def _route_sentence(route: Route, title: Text, value: str) -> Text:
    layer, shown = _route_titles(route, value)
    zh = f"“{title.zh}”位于{layer.zh}“{shown.zh}”内，归该部门（{route.basis.zh}）"
    en = f"{title.en} within {layer.en} “{shown.en}” is this department's ({route.basis.en})"
    return Text(zh, en)


def _route_titles(route: Route, value: str) -> tuple[Text, Text]:
    """How the layer and its value are called."""
    try:
        layer = get_layer(route.layer, PUBLIC_VIEWER)
    except UnknownLayer:
        return Text(route.layer, route.layer), Text(value, value)
    choices = dict(getattr(layer.model._meta.get_field(route.attribute), "choices", None) or ())
    label = choices.get(value, value)
    return layer.title, label if isinstance(label, Text) else Text(str(label), str(label))


def procedure_code(wanted: str, department: str, procedures: Procedures) -> str:
    """The code of the procedure a case follows at a department: the wanted one, its own, or the family's general one."""
    asked = procedures[wanted]
    if not asked.departments or department in asked.departments:
        return wanted
    own = (
        code
        for code, each in procedures.items()
        if each.family == asked.family and department in each.departments
    )
    return next(own, case_type(asked.family).general or wanted)


def attribute_values(position: Point, routes: Sequence[Route]) -> Values:
    """What the routes ask of the place; layers are read as the public sees them."""
    found: dict[tuple[str, str], set[str]] = {}
    for layer, attribute in {(route.layer, route.attribute) for route in routes}:
        try:
            reading = LayerQuery(get_layer(layer, PUBLIC_VIEWER), PUBLIC_VIEWER)
        except UnknownLayer:
            continue
        rows = reading.rows(
            intersects_position(position.x, position.y), geometry=False, attributes=[attribute]
        )
        found[layer, attribute] = {str(row.get(attribute)) for row in rows}
    return found


def suggest_department_at(
    matter: Matter, position: Point | None, procedures: Procedures, own: str
) -> Suggestion:
    values = attribute_values(position, matter.category.routes) if position else {}
    return suggest_department(matter, procedures, values, department_names(), own)


def department_names() -> dict[str, Text]:
    return {
        code: Text(name, english or name)
        for code, name, english in Department.objects.values_list("code", "name", "name_en")
    }


def similar_open_cases(viewer: Viewer, category: Category, position: Point) -> list[NearbyCase]:
    """The viewer's own open cases of the category within its radius, the nearest first."""
    if not category.join_radius:
        return []
    same = Q(facts__category=category.code) | Q(category=category.title.zh)
    web = Point(*lonlat_to_web(position.x, position.y), srid=WEB_SRID)
    reach = category.join_radius / cos(radians(position.y)) * 1.01
    cases = (
        department_cases(viewer)
        .filter(OPEN & same, joined_to=None, geom_3857__dwithin=(web, reach))
        .select_related("department", "version")
        .prefetch_related(Prefetch("evidence", PICTURES, to_attr="pictures"))
        .order_by(Distance("geom_3857", web), "pk")[: 2 * MAX_NEARBY]
    )
    near = [NearbyCase(case, distance_m(case.geom, position), case.pictures) for case in cases if case.geom]
    within = [each for each in near if each.metres <= category.join_radius]
    return sorted(within, key=lambda each: each.metres)[:MAX_NEARBY]


PICTURES = Evidence.objects.pieces().filter(derivatives__isnull=False).distinct().order_by("pk")
"""Pieces of evidence of which there is a picture for screens."""
