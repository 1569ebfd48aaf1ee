"""A collection for every layer that the viewer may see, and for every question that a planner keeps."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext as _

from geoportal.features.filters.reference_systems import CRS84, STORE, SYSTEMS
from geoportal.features.layer_sizes import Size
from layers.registry.declaration.layer import Geometry

from .links import GEOJSON, HTML, JSON, QUERYABLES, SCHEMA, SCHEMAS, Link, link, root
from .sources import Source

Json = dict[str, Any]
WORLD = (-180.0, -90.0, 180.0, 90.0)
DIMENSIONS = {Geometry.POINT: 0, Geometry.LINE: 1, Geometry.POLYGON: 2}


def collection(request: HttpRequest, source: Source, size: Size) -> Json:
    """``size`` is that of the layer."""
    layer = source.layer
    described: Json = {
        "id": source.name,
        "title": source.title,
        "description": source.summary,
        "itemType": "feature",
        "links": _links(request, source),
    }
    if layer.has_geometry:
        box = [list(size.extent or WORLD)]
        described |= {
            "extent": {"spatial": {"bbox": box, "crs": CRS84.uri}},
            "crs": list(SYSTEMS),
            "storageCrs": STORE.uri,
            "geometryDimension": DIMENSIONS[layer.geometry],
        }
    return described


def _links(request: HttpRequest, source: Source) -> list[Link]:
    here = f"{root(request)}/collections/{source.name}"
    found = [
        link("self", f"{here}?f=json", JSON, source.title),
        link("alternate", f"{here}?f=html", HTML, source.title),
        link("items", f"{here}/items?f=json", GEOJSON, _("Features as GeoJSON")),
        link("items", f"{here}/items?f=html", HTML, _("Features as a table")),
        link(QUERYABLES, f"{here}/queryables?f=json", SCHEMA, _("What may be asked for")),
        link(QUERYABLES, f"{here}/queryables?f=html", HTML, _("What may be asked for")),
        link(SCHEMAS, f"{here}/schema?f=json", SCHEMA, _("Properties of the features")),
    ]
    licence = settings.LICENCE
    if licence.startswith("https://"):
        found.append(link("license", licence, HTML, licence))
    return found
