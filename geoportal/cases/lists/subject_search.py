"""Cases by what they are about: by the name or address of a place, or the address of its card, as the viewer may see it."""

from django.db.models import QuerySet

from geoportal.features.feature_reference import linked_feature
from layers.casework.access.permissions import department_cases
from layers.casework.models import Subject
from layers.registry.access.layer_query import Condition, LayerQuery
from layers.registry.audience import Viewer
from layers.registry.registration import UnknownLayer, get_layer
from layers.registry.search.search_terms import normalize
from layers.registry.search.trigram import contains_word


def cases_about(text: str, viewer: Viewer) -> list[int]:
    """Keys of the viewer's own cases, of which alone their places are told."""
    own = Subject.objects.filter(case__in=department_cases(viewer).order_by().values("pk"))
    if linked := linked_feature(text, viewer):
        layer, feature, _ = linked
        return _cases(own.filter(layer=layer.name, feature=feature))
    found: set[int] = set()
    for name in own.order_by().values_list("layer", flat=True).distinct():
        there = own.filter(layer=name)
        found.update(_cases(there.filter(feature__in=_features(name, there, text, viewer))))
    return sorted(found)


def _cases(subjects: "QuerySet[Subject]") -> list[int]:
    return list(subjects.order_by("case_id").values_list("case", flat=True).distinct())


def _features(name: str, subjects: "QuerySet[Subject]", text: str, viewer: Viewer) -> list[int]:
    """Of the subjects' features those whose name or address has all the words."""
    words = [contains_word("search_text", word) for word in normalize(text).split()]
    try:
        layer = get_layer(name, viewer)
    except UnknownLayer:
        return []
    if not words or not layer.searchable:
        return []
    keys = list(subjects.order_by().values_list("feature", flat=True).distinct())
    about = Condition("id = ANY(%s)", (keys,))
    reading = LayerQuery(layer, viewer)
    rows = reading.rows(about, *words, limit=len(keys), geometry=False, outline=False, attributes=())
    return [int(row["id"]) for row in rows]
