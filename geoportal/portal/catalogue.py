"""The layer catalogue: what there is for this viewer."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import get_script_prefix, reverse

from geoportal.features.layer_sizes import Size, sizes
from geoportal.http import FORM, answer, door, parameters, viewer_of, wants_json
from layers.registry.access.audience_views import columns
from layers.registry.audience import Audience, Viewer
from layers.registry.declaration.layer import Layer
from layers.registry.registration import layers_for
from layers.registry.text import one_language
from tiles.layer_state import State, states
from tiles.vector.styles import legend, symbology_json

SOURCES_SHOWN = 5
LARGE_FROM = 20_000
"""Rows from which the page offers a file made by a job to those who can have jobs."""


@door
def layers(request: HttpRequest) -> HttpResponse:
    parameters(request, (FORM,))
    content: dict[str, Any] = {"layers": catalogue(viewer_of(request)), "licence": settings.LICENCE}
    if not wants_json(request) and request.user.is_authenticated:
        content["large_from"] = LARGE_FROM
    return answer(request, "portal/layers.html", content)


def catalogue(viewer: Viewer) -> list[dict[str, Any]]:
    chosen = sorted(layers_for(viewer), key=lambda layer: (layer.group.order, layer.group.name))
    known = states(chosen, viewer)
    measured = sizes(chosen, viewer, known)
    return [_entry(layer, viewer, measured[layer.name], known[layer.name]) for layer in chosen]


def _entry(layer: Layer, viewer: Viewer, size: Size, state: State) -> dict[str, Any]:
    return {
        "name": layer.name,
        "title": str(layer.title),
        "summary": str(layer.summary or ""),
        "group": layer.group.name,
        "group_title": str(layer.group.title),
        "audience": Audience(layer.audience).name.lower(),
        "geometry": layer.geometry.value,
        "extent": size.extent,
        "count": size.count,
        "generated": size.generated,
        "sources": [one_language(source) for source in size.sources[:SOURCES_SHOWN]],
        "sources_more": max(0, len(size.sources) - SOURCES_SHOWN),
        "tiles": reverse("tilejson", args=[layer.name]) if layer.has_geometry else None,
        "heights": reverse("heights-tilejson", args=[layer.name]) if layer.heights else None,
        "items": reverse("ogc-items", args=[layer.name]),
        "list": get_script_prefix() + layer.list_page.path if layer.list_page else None,
        "export": reverse("export-geojson", args=[layer.name]),
        "changed": state.changed.isoformat() if state.changed else None,
        "version": state.version,
        "min_zoom": layer.min_zoom,
        "max_zoom": layer.max_zoom,
        "shown": layer.shown and bool(size.count or not layer.heights),
        "base_map": layer.base_map,
        "searchable": layer.searchable,
        "look": symbology_json(layer),
        "legend": legend(layer),
        "title_attribute": layer.title_attribute,
        "attributes": [
            {
                "name": a.name,
                "label": str(layer.label(a)),
                "kind": layer.kind(a).value,
                "unit": str(a.unit),
                "choices": {str(code): str(text) for code, text in layer.choices(a).items()},
            }
            for a in columns(layer, viewer.audience)
        ],
    }
