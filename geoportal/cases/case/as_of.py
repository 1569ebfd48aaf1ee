"""The map as it stood when a step was taken, drawn from what was kept then and nothing else."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from geoportal.cases.permissions import get_case
from geoportal.features.feature_text import color
from geoportal.http import answer, door, viewer_of
from layers.casework.case_types import case_type
from layers.casework.log.map_snapshot import RADIUS, is_intact, visible_features
from layers.casework.models import Case, Event
from layers.errors import NotFound
from layers.registry.audience import Audience
from layers.registry.declaration.layer import Layer
from layers.registry.registration import all_layers

from .page import procedure_or_none
from .timeline import Timeline

GREY = "#6b6b6b"
Shown = dict[str, Any]


@door
def map_as_of(request: HttpRequest, pk: int, event: int) -> HttpResponse:
    case, viewer = get_case(request, pk), viewer_of(request)
    found = _event(case, event)
    kept = found.map_snapshot
    if kept is None:
        raise NotFound(_("No map was kept when this was done."))
    shown, left_out = visible_features(kept, case, viewer)
    layers = [_layer(name, collection) for name, collection in shown.items()]
    layers.sort(key=lambda each: each["order"])
    timeline = Timeline(case, procedure_or_none(case), viewer.audience == Audience.RESTRICTED)
    return answer(
        request,
        "cases/as_of.html",
        {
            "case": {"id": case.pk, "number": case.number, "title": case.title},
            "event": timeline.entry(found),
            "layers": layers,
            "left_out": left_out,
            "reach": round(RADIUS),
            "sha256": kept.sha256,
            "is_intact": is_intact(kept),
            "map": {"layers": layers, "here": _case_position(case, shown)},
        },
    )


def _event(case: Case, pk: int) -> Event:
    found = case.events.select_related("map_snapshot", "officer", "partner", "seal").filter(pk=pk).first()
    if found is None:
        raise NotFound(_("There is no such event in this case."))
    return found


def _layer(name: str, collection: Shown) -> Shown:
    layer = next((each for each in all_layers() if each.name == name), None)
    features = [
        {
            **feature,
            "color": color(layer, feature["properties"]) if layer else GREY,
            "name": _name(layer, feature),
        }
        for feature in collection["features"]
    ]
    symbology = layer.symbology if layer else None
    return {
        "name": name,
        "title": str(layer.title) if layer else name,
        "order": {"polygon": 0, "line": 1}.get(str(layer.geometry), 2) if layer else 2,
        "outline": symbology.outline if symbology else None,
        "opacity": symbology.opacity if symbology else 1,
        "color": features[0]["color"],
        "features": features,
    }


def _name(layer: Layer | None, feature: Shown) -> str:
    named = feature["properties"].get(layer.title_attribute) if layer else None
    return str(named or f"{layer.title if layer else ''} {feature['id']}".strip())


def _case_position(case: Case, shown: Shown) -> list[float] | None:
    """Where the case lay then: it is among the features that were kept."""
    for feature in shown.get(case_type(case.family).layer, {}).get("features", []):
        if feature["id"] == case.pk:
            found: list[float] = feature["geometry"]["coordinates"]
            return found
    return [case.geom.x, case.geom.y] if case.geom else None
