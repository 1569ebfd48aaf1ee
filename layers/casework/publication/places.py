"""Names of places in what is published of a case that is shown at a cell: they would leave a part of it."""

from collections.abc import Iterator

from django.db.models import F, Q, Value
from django.db.models.functions import Length

from layers.base.models import Address, Building, Division, DivisionLevel, PointOfInterest, Road
from layers.casework.models import Case, PartyKind

from .masking import has_generalised_place

NAMES: tuple[tuple[type[Road | Address | Building | PointOfInterest | Division], str, int], ...] = (
    (Road, "name", 2),
    (Address, "road", 2),
    (Division, "name", 2),
    (Building, "name", 3),
    (PointOfInterest, "name", 3),
)
"""Of the base layers, and how many signs they have at least; a cell lies in one subdistrict alone, so that may be told."""
INSTEAD = "〔地点〕"


def mask_places(text: str, case: Case) -> str:
    """Without the case's address and the names of streets, villages, communities, buildings and shops."""
    if case.party_kind != PartyKind.PERSON and not has_generalised_place(case):
        return text
    for name in sorted(_names(text, case), key=len, reverse=True):
        text = text.replace(name, INSTEAD)
    return text


def _names(text: str, case: Case) -> Iterator[str]:
    if case.address.strip():
        yield case.address.strip()
    for model, field, shortest in NAMES:
        found = model._default_manager.annotate(text=Value(text), signs=Length(field)).filter(
            text__contains=F(field), signs__gte=shortest
        )
        if model is Division:
            found = found.exclude(Q(level=DivisionLevel.DISTRICT) | Q(level=DivisionLevel.SUBDISTRICT))
        yield from found.order_by().values_list(field, flat=True).distinct()
