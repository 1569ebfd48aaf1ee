"""The place card: what there is at a position, or about a feature, for this viewer."""

import json
import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import cos, hypot, radians
from typing import Any

from django.db import DataError
from django.urls import reverse
from django.utils.translation import gettext as _

from layers.coordinates import STORE_SRID
from layers.registry.access.audience_views import link_name
from layers.registry.access.layer_query import (
    Condition,
    Expression,
    LayerQuery,
    Row,
    intersects_position,
    one_transaction,
)
from layers.registry.audience import Viewer
from layers.registry.declaration.layer import Layer, Place, Related
from layers.registry.registration import UnknownLayer, get_layer, layers_for
from layers.registry.text import one_language

from .case_ledger import cases_about
from .elevation import elevation
from .feature_text import color, facts, subtitle, title

log = logging.getLogger(__name__)

Json = dict[str, Any]
MOST_RELATED = 50
MOST_REACH = 250  # metres
UNREADABLE = (DataError, ArithmeticError, ValueError)
"""What a value raises that the database holds and nobody can show."""
METRES_PER_DEGREE = 110_000  # of latitude; a little less than true, so that boxes are large enough


def card(layer: Layer, row: Row, viewer: Viewer) -> Json:
    sections = [s for related in layer.related if (s := _related(layer, related, row["id"], viewer))]
    sections += [_ledger(*found) for found in cases_about(layer, row["id"], viewer)]
    spot = Spot.of(row)
    if spot:
        sections += [s for s in around(spot, viewer) if not _is_itself(s, layer, row)]
    return {
        "title": title(layer, row),
        "subtitle": str(layer.title),
        "layer": layer.name,
        "id": row["id"],
        "lon": row.get("lon"),
        "lat": row.get("lat"),
        "bbox": spot.box if spot else None,
        "geometry": json.loads(row["geometry"]) if row.get("geometry") else None,
        "height": row.get("height"),
        "rows": [*facts(layer, row), *_ground(spot, viewer)],
        "source": one_language(row["source"]),
        "is_generated": row["is_generated"],
        "url": layer.feature_url(row["id"]),
        "exports": {"geojson": f"{reverse('export-geojson', args=[layer.name])}?id={row['id']}"},
        "sections": sections,
    }


@dataclass(frozen=True)
class Spot:
    """A position in degrees, and the box (west, south, east, north) of the feature that it stands for."""

    lon: float
    lat: float
    box: tuple[float, float, float, float] | None = None

    @classmethod
    def of(cls, row: Row) -> "Spot | None":
        if row.get("lon") is None:
            return None
        return cls(row["lon"], row["lat"], (row["west"], row["south"], row["east"], row["north"]))

    @property
    def reach(self) -> float:
        """Metres from the middle of the box to its corner."""
        if self.box is None:
            return 0.0
        west, south, east, north = self.box
        return hypot((east - west) * cos(radians(self.lat)), north - south) / 2 * METRES_PER_DEGREE


def _ground(spot: Spot | None, viewer: Viewer) -> list[dict[str, str]]:
    """The height of the ground; the middle of something large has one, but it says nothing about it."""
    return elevation(spot.lon, spot.lat, viewer) if spot and spot.reach <= MOST_REACH else []


def around(spot: Spot, viewer: Viewer) -> Iterator[Json]:
    """Sections of every layer that has a place on the card, in the card's order; one that cannot be read says so."""
    with_place = [(layer.place, layer) for layer in layers_for(viewer) if layer.place]
    ordered = sorted(with_place, key=lambda pair: pair[0].order)
    for (place, layer), rows in zip(ordered, _rows_around(ordered, spot, viewer), strict=True):
        section = _section(layer, place.role, rows or ())
        if rows is None:
            section["problem"] = _("This layer holds a value that cannot be shown.")
        if section["items"] or "problem" in section:
            yield section


def _rows_around(
    places: Sequence[tuple[Place, Layer]], spot: Spot, viewer: Viewer
) -> Iterator[list[Row] | None]:
    """Of each layer, None where they cannot be read; all in one transaction unless one of them ends it."""
    try:
        with one_transaction(viewer):
            found = [_rows_of(place, layer, spot, viewer) for place, layer in places]
    except UNREADABLE:
        for place, layer in places:
            try:
                yield _rows_of(place, layer, spot, viewer)
            except UNREADABLE:
                log.exception("The layer %s is left out of a place card.", layer.name)
                yield None
    else:
        yield from found


def _rows_of(place: Place, layer: Layer, spot: Spot, viewer: Viewer) -> list[Row]:
    covers = place.role == "contains"
    return _covering(layer, spot, viewer) if covers else _near(layer, place, spot, viewer)


def features_at(layer: Layer, spot: Spot, viewer: Viewer) -> list[Json]:
    """What a layer has at a position or around it, as the card would say it."""
    if layer.place is None:
        return []
    return [_item(layer, row) for row in _rows_of(layer.place, layer, spot, viewer)]


def _covering(layer: Layer, spot: Spot, viewer: Viewer) -> list[Row]:
    """Features that cover the position; what is smaller than the feature at the spot does not contain it."""
    conditions = [intersects_position(spot.lon, spot.lat)]
    if spot.box:
        west, south, east, north = spot.box
        area = (east - west) * (north - south)
        conditions.append(Condition("ST_Area(ST_Envelope(geom)) >= %s", (area,)))
    order = "ST_Area(geom) DESC, id"
    return LayerQuery(layer, viewer).rows(
        *conditions,
        order=order,
        limit=5,
        outline=False,
        attributes=layer.impersonal,
        is_prepared=True,
    )


def _near(layer: Layer, place: Place, spot: Spot, viewer: Viewer) -> list[Row]:
    """Features within the radius, nearest first; the box in degrees lets the index find candidates."""
    if spot.reach > place.radius:
        return []  # near the middle of something large says nothing about it
    here, at = f"ST_SetSRID(ST_MakePoint(%s, %s), {STORE_SRID})", (spot.lon, spot.lat)
    reach_lat = place.radius / METRES_PER_DEGREE
    reach_lon = reach_lat / max(0.05, cos(radians(spot.lat)))
    metres = f"ST_DistanceSpheroid(geom, {here})"
    inside = Condition(
        f"geom && ST_Expand({here}, %s, %s) AND {metres} <= %s",
        (*at, reach_lon, reach_lat, *at, place.radius),
    )
    return LayerQuery(layer, viewer).rows(
        inside,
        order=Expression(f"{metres}, id", at),
        limit=place.limit,
        outline=False,
        extra=Expression(f"{metres} AS distance", at),
        attributes=layer.impersonal,
        is_prepared=True,
    )


def _related(layer: Layer, related: Related, pk: int, viewer: Viewer) -> Json | None:
    try:
        other = get_layer(related.layer, viewer)
    except UnknownLayer:
        return None
    name = f"{viewer.audience.schema}.{link_name(layer, related)}"
    linked = Condition(f"id IN (SELECT related_id FROM {name} WHERE id = %s)", (pk,))
    rows = LayerQuery(other, viewer).rows(
        linked, limit=MOST_RELATED, outline=False, attributes=other.impersonal
    )
    return _section(other, "related", rows) if rows else None


def _ledger(layer: Layer, rows: Sequence[Row]) -> Json:
    title = _("%(layer)s that concern it") % {"layer": layer.title}
    return {**_section(layer, "related", rows), "title": title}


def _section(layer: Layer, kind: str, rows: Sequence[Row]) -> Json:
    return {
        "layer": layer.name,
        "title": str(layer.title),
        "kind": kind,
        "items": [_item(layer, row) for row in rows],
    }


def _item(layer: Layer, row: Row) -> Json:
    distance = row.get("distance")
    return {
        "layer": layer.name,
        "id": row["id"],
        "title": title(layer, row),
        "subtitle": subtitle(layer, row),
        "lon": row.get("lon"),
        "lat": row.get("lat"),
        "distance": None if distance is None else round(distance),
        "color": color(layer, row),
        "place": reverse("feature", args=[layer.name, row["id"]]),
        "url": layer.feature_url(row["id"]),
    }


def _is_itself(section: Json, layer: Layer, row: Row) -> bool:
    """Drops the feature from what surrounds it, and tells whether nothing is left."""
    if section["layer"] == layer.name:
        section["items"] = [item for item in section["items"] if item["id"] != row["id"]]
    return not section["items"] and "problem" not in section
