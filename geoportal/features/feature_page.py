"""The page of one feature: everything about it that its viewer may read, and what belongs to it."""

from typing import Any

from django.http import HttpRequest
from django.urls import get_script_prefix
from django.utils.translation import gettext as _

from geoportal.http import viewer_of
from layers.errors import NotFound
from layers.registry.access.layer_query import LayerQuery
from layers.registry.registration import get_layer
from layers.registry.text import one_language

from .feature_text import is_translation, text_of, title
from .list_page import map_link
from .place_card import card


def feature_page(request: HttpRequest, name: str, pk: int) -> dict[str, Any]:
    viewer = viewer_of(request)
    layer = get_layer(name, viewer)
    page, reading = layer.list_page, LayerQuery(layer, viewer)
    row = reading.by_id(pk)
    if row is None:
        raise NotFound(
            _("“%(layer)s” has nothing with the number %(pk)s.") % {"layer": layer.title, "pk": pk}
        )
    described = [
        {"name": a.name, "label": str(layer.label(a)), "value": text_of(layer, a, row)}
        for a in reading.attributes
        if not is_translation(layer, a)
    ]
    related = [section for section in card(layer, row, viewer)["sections"] if section["kind"] == "related"]
    return {
        "layer": layer.name,
        "layer_title": str(layer.title),
        "list": get_script_prefix() + page.path if page else None,
        "note": str(page.note or "") if page else "",
        "id": row["id"],
        "title": title(layer, row),
        "facts": [fact for fact in described if fact["value"]],
        "related": related,
        "map": map_link(layer, row),
        "protected": layer.protected,
        "is_generated": row["is_generated"],
        "source": one_language(row["source"]),
    }
