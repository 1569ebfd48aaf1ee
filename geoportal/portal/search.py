"""The search door: every searchable layer, in Chinese, pinyin, initials and English."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from geoportal.features.feature_text import color, subtitle, title
from geoportal.http import FORM, answer, decimals, door, number, parameters, viewer_of
from layers.errors import InvalidInput
from layers.registry.access.layer_query import Row
from layers.registry.declaration.layer import Layer
from layers.registry.registration import get_layers, layers_for
from layers.registry.search.search_terms import LONGEST, normalize

from .search_query import Search, find

MOST_RESULTS = 100


@door
def search(request: HttpRequest) -> HttpResponse:
    viewer = viewer_of(request)
    parameters(request, (FORM, "q", "layers", "limit", "bbox"))
    query = _query(request)
    limit = number(request, "limit", 20, 1, MOST_RESULTS)
    names = [name for name in request.GET.get("layers", "").split(",") if name]
    layers = get_layers(dict.fromkeys(names), viewer) if names else layers_for(viewer)
    asked = Search(query, layers, viewer, limit, _middle(request.GET.get("bbox", "")))
    results = [_result(layer, row) for layer, row in find(asked)] if query else []
    return answer(
        request,
        "portal/search.html",
        {"query": request.GET.get("q", ""), "total": len(results), "results": results},
    )


def _query(request: HttpRequest) -> str:
    text = normalize(request.GET.get("q", ""))
    if len(text) > LONGEST:
        raise InvalidInput(_("A search can have at most %(count)d characters.") % {"count": LONGEST})
    return text


def _middle(box: str) -> tuple[float, float] | None:
    """Longitude and latitude of the middle of ``west,south,east,north``."""
    if not box:
        return None
    west, south, east, north = decimals(box, "bbox", 4)
    if not (-180 <= west <= 180 and -180 <= east <= 180 and -90 <= south <= north <= 90):
        raise InvalidInput(_("“bbox” is west, south, east and north in degrees."))
    # A view that crosses the antimeridian names an east that lies west of its west.
    middle = (west + east) / 2 if west <= east else ((west + east + 360) / 2 + 180) % 360 - 180
    return middle, (south + north) / 2


def _result(layer: Layer, row: Row) -> dict[str, Any]:
    box = [row[side] for side in ("west", "south", "east", "north")] if row.get("west") is not None else None
    return {
        "layer": layer.name,
        "layer_title": str(layer.title),
        "id": row["id"],
        "title": title(layer, row),
        "subtitle": subtitle(layer, row),
        "lon": row.get("lon"),
        "lat": row.get("lat"),
        "bbox": box,
        "color": color(layer, row),
        "url": layer.feature_url(row["id"]),
        "place": reverse("feature", args=[layer.name, row["id"]]),
    }
