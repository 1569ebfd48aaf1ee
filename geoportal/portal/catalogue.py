"""The layer catalogue: what there is for this viewer."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse

from geoportal.negotiation import answer, door, viewer_of
from layers.registry.audience import Audience, Viewer
from layers.registry.layer import Group, Layer
from layers.registry.publication import columns
from layers.registry.reading import reading_as, relation
from layers.registry.registration import layers_for
from tiles.changes.state import State, states
from tiles.styles import legend, look

Extent = tuple[float, float, float, float]


@dataclass(frozen=True)
class Size:
    """How much of a layer there is for a viewer, where, and where it comes from."""

    count: int
    extent: Extent | None
    generated: bool
    sources: list[str]


@door
def layers(request: HttpRequest) -> HttpResponse:
    return answer(request, "portal/layers.html", {"layers": catalogue(viewer_of(request))})


def catalogue(viewer: Viewer) -> list[dict[str, Any]]:
    chosen = layers_for(viewer)
    order = [group.value for group in Group]
    chosen = tuple(sorted(chosen, key=lambda layer: order.index(layer.group)))
    sizes, known = _sizes(chosen, viewer), states(chosen)
    return [_entry(layer, viewer, sizes[layer.name], known[layer.name]) for layer in chosen]


def _entry(layer: Layer, viewer: Viewer, size: Size, state: State) -> dict[str, Any]:
    return {
        "name": layer.name,
        "title": str(layer.title),
        "summary": str(layer.summary or ""),
        "group": str(layer.group.value),
        "group_title": str(layer.group.label),
        "audience": Audience(layer.audience).name.lower(),
        "geometry": layer.geometry.value,
        "extent": size.extent,
        "count": size.count,
        "generated": size.generated,
        "sources": size.sources,
        "tiles": f"/tiles/{layer.name}.json" if layer.has_geometry else None,
        "items": f"/ogc/collections/{layer.name}/items" if layer.audience == Audience.PUBLIC else None,
        "export": f"/layers/{layer.name}/export.geojson",
        "changed": state.changed.isoformat() if state.changed else None,
        "version": state.version,
        "min_zoom": layer.min_zoom,
        "max_zoom": layer.max_zoom,
        "shown": layer.shown,
        "base_map": layer.base_map,
        "searchable": layer.searchable,
        "look": look(layer),
        "legend": legend(layer),
        "title_attribute": layer.title_attribute,
        "attributes": [
            {
                "name": a.name,
                "label": str(layer.label(a)),
                "kind": layer.kind(a).value,
                "unit": a.unit,
                "choices": {str(code): str(text) for code, text in layer.choices(a).items()},
            }
            for a in columns(layer, viewer.audience)
        ],
    }


def _sizes(chosen: tuple[Layer, ...], viewer: Viewer) -> dict[str, Size]:
    """Count, extent and origin of every layer in one round trip."""
    parts = []
    for number, layer in enumerate(chosen):
        box = "ST_Extent(geom)" if layer.has_geometry else "NULL::box2d"
        parts.append(
            f"SELECT {number} AS n, count(*) AS c, {box} AS b, bool_or(is_generated) AS g, "
            f"array_agg(DISTINCT source) FILTER (WHERE source <> '') AS s FROM {relation(layer, viewer)}"
        )
    with reading_as(viewer) as cursor:
        cursor.execute(
            "SELECT n, c, ST_XMin(b), ST_YMin(b), ST_XMax(b), ST_YMax(b), g, s "
            f"FROM ({' UNION ALL '.join(parts)}) AS sizes"
        )
        return {
            chosen[n].name: Size(
                count,
                None if west is None else (west, south, east, north),
                bool(generated),
                (sources or [])[:5],
            )
            for n, count, west, south, east, north, generated, sources in cursor.fetchall()
        }
