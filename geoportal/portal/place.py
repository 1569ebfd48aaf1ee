"""The place card's doors: a position, and one feature."""

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from geoportal.features.elevation import elevation
from geoportal.features.place_card import Json, Spot, around, card
from geoportal.http import FORM, answer, decimals, door, parameters, viewer_of
from layers.errors import InvalidInput, NotFound
from layers.registry.access.layer_query import LayerQuery
from layers.registry.registration import get_layer


@door
def at_position(request: HttpRequest) -> HttpResponse:
    parameters(request, (FORM, "lon", "lat"))
    lon = decimals(request.GET.get("lon", ""), "lon", 1)[0]
    lat = decimals(request.GET.get("lat", ""), "lat", 1)[0]
    if not (-180 <= lon <= 180 and -90 <= lat <= 90):
        raise InvalidInput(_("Longitude lies between -180 and 180, latitude between -90 and 90."))
    sections = list(around(Spot(lon, lat), viewer_of(request)))
    head = _head(lon, lat, sections) | {"rows": elevation(lon, lat, viewer_of(request))}
    return answer(request, "portal/place.html", {**head, "sections": sections})


@door
def of_feature(request: HttpRequest, name: str, pk: str) -> HttpResponse:
    parameters(request, (FORM,))
    viewer = viewer_of(request)
    layer = get_layer(name, viewer)
    shown = [*layer.impersonal, *layer.card]
    is_key = pk.isascii() and pk.isdigit() and len(pk) < 19
    row = LayerQuery(layer, viewer).by_id(int(pk), shown) if is_key else None
    if row is None:
        raise NotFound(
            _("“%(layer)s” has nothing with the number %(pk)s.") % {"layer": layer.title, "pk": pk[:20]}
        )
    return answer(request, "portal/place.html", card(layer, row, viewer))


def _head(lon: float, lat: float, sections: list[Json]) -> Json:
    """What a bare position is called: the building or address there, else the smallest division."""
    named = {section["layer"]: section["items"][-1]["title"] for section in sections if section["items"]}
    found = next(
        (named[name] for name in ("buildings", "addresses", "villages", "divisions") if name in named), None
    )
    return {
        "title": found or _("Place on the map"),
        "subtitle": f"{lat:.5f}, {lon:.5f}",
        "layer": None,
        "id": None,
        "lon": lon,
        "lat": lat,
        "bbox": None,
        "geometry": None,
        "rows": [],
        "source": "",
        "is_generated": False,
        "url": None,
        "exports": {},
    }
