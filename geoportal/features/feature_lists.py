"""Features of layers without a place that a form offers: what lies around the case cannot tell which."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.utils import timezone

from geoportal.features.feature_text import subtitle, title
from layers.casework.models import Case
from layers.casework.procedures import Field
from layers.registry.access.layer_query import Condition, LayerQuery
from layers.registry.audience import Viewer
from layers.registry.declaration.layer import Geometry, Layer
from layers.registry.registration import UnknownLayer, get_layer

MOST = 500


def listed_features(case: Case, field: Field, viewer: Viewer) -> dict[str, str]:
    """Titles by the value that the form sends: those of the case's department where the layer names one, in force
    today where it says from when to when, and such as ``matches`` asks."""
    layer = _layer(field, viewer)
    if layer is None or layer.geometry is not Geometry.NONE:
        return {}
    query = LayerQuery(layer, viewer)
    known = {attribute.name for attribute in query.attributes}
    conditions = [
        *_of_department(case, known),
        *_in_force(known, timezone.localdate()),
        *_matching(case, field, known),
    ]
    rows = query.rows(*conditions, limit=MOST, geometry=False)
    shown = [(f"{layer.name}/{row['id']}", title(layer, row), subtitle(layer, row)) for row in rows]
    return {value: f"{name}（{more}）" if more else name for value, name, more in shown}


def has_place(field: Field, viewer: Viewer) -> bool:
    """Whether what the field names lies somewhere, so that the map gives its address."""
    layer = _layer(field, viewer)
    return layer is not None and layer.geometry is not Geometry.NONE


def _layer(field: Field, viewer: Viewer) -> Layer | None:
    try:
        return get_layer(field.layer, viewer)
    except UnknownLayer:
        return None


def _of_department(case: Case, known: set[str]) -> Iterator[Condition]:
    if "department" in known:
        yield Condition("department = %s", (case.department.name,))


def _in_force(known: set[str], today: date) -> Iterator[Condition]:
    if "valid_from" in known:
        yield Condition("(valid_from IS NULL OR valid_from <= %s)", (today,))
    if "valid_until" in known:
        yield Condition("(valid_until IS NULL OR valid_until >= %s)", (today,))


def _matching(case: Case, field: Field, known: set[str]) -> Iterator[Condition]:
    for attribute, named in field.matches.items():
        whole, _, part = named.partition(".")
        held: Any = case.fields.get(whole)
        if attribute in known and isinstance(held, dict) and part in held:
            yield Condition(f"{attribute}::text = %s", (held[part],))
