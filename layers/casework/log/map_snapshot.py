"""The layers around a case, as its department sees them, kept at the moment of an act."""

import hashlib
import json
from collections.abc import Collection, Mapping
from typing import Any

from django.contrib.gis.geos import Point
from django.db.models import Q

from layers.casework.case_types import case_type
from layers.casework.models import Case, MapSnapshot
from layers.casework.procedures.versions import read_version
from layers.coordinates import STORE_SRID, WEB_SRID
from layers.registry.access.layer_query import Condition, Expression, LayerQuery
from layers.registry.audience import Audience, Viewer
from layers.registry.declaration.layer import Layer
from layers.registry.registration import all_layers

RADIUS = 150.0
"""Metres around the case."""
MAX_FEATURES = 150
"""Features kept of one layer, the nearest."""

_HERE = f"ST_Transform(ST_SetSRID(ST_MakePoint(%s, %s), {STORE_SRID}), {WEB_SRID})"
NEAR = f"ST_DWithin(geom_3857, {_HERE}, %s / cos(radians(%s)))"
NEAREST = f"geom_3857 <-> {_HERE}"


Surroundings = Mapping[tuple[Any, ...], dict[str, Any]]
"""What lies around cases, read before anybody holds them, by where they lie, who handles them and their procedure."""
UNREAD: Surroundings = {}


def read_surroundings(case: Case) -> Surroundings:
    return {_place_key(case): map_content(case, overlays_of(case))}


def surroundings_with(case: Case, before: Surroundings) -> Surroundings:
    """Of a case that was not there yet when they were read."""
    place = _place_key(case)
    if place not in before:
        return before
    own = map_content(case, (), Condition("id = %s", (case.pk,)))
    for name, each in own.items():
        others = before[place].get(name, {}).get("features", [])
        each["features"] = [*each["features"], *others][:MAX_FEATURES]
    return {place: before[place] | own}


def overlays_of(case: Case) -> tuple[str, ...]:
    """Names of the layers that its procedure has kept."""
    return read_version(case.version_id).place.overlays if case.version_id else ()


def _place_key(case: Case) -> tuple[Any, ...]:
    return (case.geom and case.geom.ewkt, case.department_id, tuple(case.joint), case.version_id)


def save_map_snapshot(case: Case, before: Surroundings = UNREAD) -> MapSnapshot:
    """``before`` is used if the case still lies where it was read for."""
    content = before.get(_place_key(case))
    if content is None:
        content = map_content(case, overlays_of(case))
    text = json.dumps(content, ensure_ascii=False, sort_keys=True)
    sha256 = hashlib.sha256(text.encode()).hexdigest()
    found = MapSnapshot.objects.filter(pk=sha256).first()
    return found or MapSnapshot.objects.create(sha256=sha256, content=content)


def map_content(case: Case, overlays: Collection[str], *which: Condition) -> dict[str, Any]:
    """Feature collections of its own layer and of ``overlays``, by name, without personal attributes; the case
    itself is among them."""
    if case.geom is None:
        return {}
    viewer = Viewer(Audience.DEPARTMENT, (case.department.code, *case.joint), "portal")
    wanted = {case_type(case.family).layer, *overlays}
    layers = [layer for layer in all_layers() if layer.has_geometry and layer.name in wanted]
    found = {layer.name: _features(layer, viewer, case.geom, *which) for layer in layers}
    return {name: {"type": "FeatureCollection", "features": each} for name, each in found.items() if each}


def _features(layer: Layer, viewer: Viewer, here: Point, *which: Condition) -> list[dict[str, Any]]:
    lon, lat = here.x, here.y
    shown = [a.name for a in layer.attributes if not a.personal and (a.in_tiles or a.name in layer.card)]
    rows = LayerQuery(layer, viewer).rows(
        Condition(NEAR, (lon, lat, RADIUS, lat)),
        *which,
        order=Expression(NEAREST, (lon, lat)),
        limit=MAX_FEATURES,
        attributes=[*shown, layer.title_attribute],
    )
    return [_feature(row) for row in rows]


def _feature(row: dict[str, Any]) -> dict[str, Any]:
    hidden = {"id", "geometry", "lon", "lat", "source", "is_generated"}
    properties = {k: _json_value(v) for k, v in row.items() if k not in hidden and v not in (None, "")}
    return {
        "type": "Feature",
        "id": row["id"],
        "geometry": json.loads(row["geometry"]),
        "properties": properties,
    }


def _json_value(value: Any) -> Any:
    return value if isinstance(value, str | int | float | bool) else str(value)


def visible_features(kept: MapSnapshot, case: Case, viewer: Viewer) -> tuple[dict[str, Any], int]:
    """What a viewer may see of what was kept, and how many features that leaves out.

    It was kept as the case's departments saw it then. Rows of a department that the case has passed through stay
    that department's; of all others it was kept what everybody saw, which is shown unless it was withdrawn since.
    """
    passed = _department_history(case)
    shown: dict[str, Any] = {}
    left_out = 0
    for name, collection in kept.content.items():
        foreign = _hidden_rows(name, [each["id"] for each in collection["features"]], viewer, passed)
        features = [each for each in collection["features"] if each["id"] not in foreign]
        left_out += len(foreign)
        if features:
            shown[name] = {**collection, "features": features}
    return shown, left_out


def _department_history(case: Case) -> set[str]:
    """Codes of every department that has handled the case."""
    found = {case.department.code, *case.joint}
    for data in case.events.filter(kind__in=["handed_over", "shared"]).values_list("data", flat=True):
        found |= {data.get("from", ""), data.get("to", ""), *data.get("joint", [])}
    return found


def _hidden_rows(name: str, pks: list[int], viewer: Viewer, passed: set[str]) -> set[int]:
    """Those rows of a layer with hidden rows that are not this viewer's to see."""
    layer = next((layer for layer in all_layers() if layer.name == name), None)
    if layer is None or not (layer.department and layer.row_audience):
        return set()
    if viewer.audience == Audience.RESTRICTED:
        return set()
    own = Q(**{f"{layer.department}__in": viewer.departments})
    if layer.joint:
        own |= Q(**{f"{layer.joint}__overlap": list(viewer.departments)})
    public = Q(**{f"{layer.row_audience}__lte": Audience.SIGNED_IN})
    public &= ~Q(**{f"{layer.department}__in": passed})
    shown = layer.model._default_manager.filter(own | public, pk__in=pks)
    return set(pks) - set(shown.values_list("pk", flat=True))


def is_intact(kept: MapSnapshot) -> bool:
    """Whether the content is what its hash was made of."""
    text = json.dumps(kept.content, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest() == kept.sha256
