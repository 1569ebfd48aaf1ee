"""What a case is about and which cases it has to do with, on its page."""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from geoportal.cases.formatting import state_title
from geoportal.features import feature_text
from geoportal.features.feature_reference import LINK, linked_feature
from geoportal.features.place_card import Spot, around
from geoportal.http import viewer_of
from layers.casework.access.permissions import department_cases
from layers.casework.case_types import case_types
from layers.casework.cases.relations import subject_rules
from layers.casework.models import STATED_RELATIONS, Case, CaseRelation, RelationKind
from layers.casework.procedures import Procedure
from layers.casework.rules.steps.subject_rules import subject_title
from layers.errors import InvalidInput
from layers.registry.access.layer_query import LayerQuery
from layers.registry.audience import Viewer
from layers.registry.declaration.layer import Layer
from layers.registry.registration import UnknownLayer, get_layer

from .form_data import other_number

REVERSED = {
    RelationKind.FOLLOWS: gettext_lazy("Followed by"),
    RelationKind.PART: gettext_lazy("Has as a part"),
    RelationKind.CARRIED_OVER: gettext_lazy("Carried over to"),
    RelationKind.RELATED: gettext_lazy("Related to"),
}
"""How a relation reads from the other case."""
Shown = dict[str, Any]


def subject_rows(case: Case, viewer: Viewer) -> list[Shown]:
    """What the viewer may not see of the features is left out."""
    found, gone = list(case.subjects.all()), _("no longer on the map")
    layers = _readable_layers({each.layer for each in found}, viewer)
    rows = {
        (name, row["id"]): row
        for name, layer in layers.items()
        for row in LayerQuery(layer, viewer).by_ids([each.feature for each in found if each.layer == name])
    }
    return [
        {
            "id": each.pk,
            "layer": str(layers[each.layer].title),
            "title": feature_text.title(layers[each.layer], row) if row else gone,
            "url": reverse("feature", args=[each.layer, each.feature]) if row else None,
        }
        for each in found
        if each.layer in layers
        for row in [rows.get((each.layer, each.feature))]
    ]


def _readable_layers(names: Iterable[str], viewer: Viewer) -> dict[str, Layer]:
    found = {}
    for name in names:
        with suppress(UnknownLayer):
            found[name] = get_layer(name, viewer)
    return found


def subject_rule_rows(case: Case, procedure: Procedure | None) -> list[Shown]:
    """What its procedure says a case is about, and from which state on it must be known."""
    about = list(case.subjects.values_list("layer", flat=True))
    return [
        {
            "title": str(subject_title(layer)),
            "most": rule.most,
            "required": state_title(procedure, rule.required) if rule.required else "",
            "is_missing": bool(rule.required) and layer not in about,
        }
        for layer, rule in subject_rules(case).items()
    ]


def offered_subjects(case: Case, viewer: Viewer) -> list[Shown]:
    """Features around the case that it may be about."""
    if case.geom is None:
        return []
    cases, rules = {each.layer for each in case_types()}, subject_rules(case)
    return [
        {
            "layer": section["layer"],
            "value": f"{item['layer']}/{item['id']}",
            "title": f"{section['title']} · {item['title']}",
        }
        for section in around(Spot(case.geom.x, case.geom.y), viewer)
        if section["layer"] not in cases and (not rules or section["layer"] in rules)
        for item in section["items"]
    ]


def chosen_subject(request: HttpRequest) -> tuple[Layer, int, str]:
    """Of the list, or of the address of a place; raises InvalidInput for what is none or not to be seen."""
    text = request.POST.get("link", "").strip() or request.POST.get("feature", "").strip()
    if not LINK.search(text[:2000]):
        raise InvalidInput(_("Choose what the case is about, or give the address of its place on the map."))
    found = linked_feature(text, viewer_of(request))
    if found is None or found[0].name in {each.layer for each in case_types()}:
        raise InvalidInput(_("There is no such place on your map."))
    return found


def relation_rows(case: Case, viewer: Viewer) -> list[Shown]:
    """Both ways, of cases that the viewer may read."""
    readable = department_cases(viewer)
    stated = Q(kind__in=STATED_RELATIONS)
    return list(
        _relations(case.relations.filter(stated, other__in=readable).select_related("other"), case)
    ) + list(_relations(case.related_from.filter(stated, case__in=readable).select_related("case"), case))


def _relations(found: "QuerySet[CaseRelation]", case: Case) -> Iterator[Shown]:
    for relation in found:
        is_from = relation.case_id == case.pk
        other = relation.other if is_from else relation.case
        kind = RelationKind(relation.kind)
        yield {
            "id": relation.pk,
            "kind": str(kind.label) if is_from else str(REVERSED[kind]),
            "case": {"id": other.pk, "number": other.number, "title": other.title},
        }


def related_case(request: HttpRequest) -> tuple[Case, RelationKind]:
    kind = request.POST.get("kind", "")
    if kind not in STATED_RELATIONS:
        raise InvalidInput(_("Say how the cases are related."))
    other = department_cases(viewer_of(request)).filter(number=other_number(request)).first()
    if other is None:
        raise InvalidInput(_("There is no case with this number among those of your department."))
    return other, RelationKind(kind)
