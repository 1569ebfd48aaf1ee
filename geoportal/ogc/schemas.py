"""The properties of a collection's features as JSON Schema: what they hold, and what may be asked for."""

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest

from layers.query.scope import queryables as queryable_attributes
from layers.registry.access.layer_query import LayerQuery
from layers.registry.declaration.layer import Attribute, Geometry, Kind, Layer

Json = dict[str, Any]
DIALECT = "https://json-schema.org/draft/2020-12/schema"
TYPES = {Kind.INTEGER: "integer", Kind.NUMBER: "number", Kind.BOOLEAN: "boolean"}
FORMATS = {Kind.DATE: "date", Kind.TIME: "date-time"}
SHAPES = {
    Geometry.POINT: "geometry-point",
    Geometry.LINE: "geometry-multilinestring",
    Geometry.POLYGON: "geometry-multipolygon",
}


def schema(request: HttpRequest, reading: LayerQuery) -> Json:
    found = _described(request, reading, reading.attributes)
    key = {"id": {"type": "integer", "title": "id", "x-ogc-role": "id", "readOnly": True}}
    origin = {"source": {"type": "string"}, "is_generated": {"type": "boolean"}}
    found["properties"] = {**key, **found["properties"], **origin}
    return found


def queryables(request: HttpRequest, reading: LayerQuery) -> Json:
    return _described(request, reading, queryable_attributes(reading))


def _described(request: HttpRequest, reading: LayerQuery, attributes: Iterable[Attribute]) -> Json:
    layer = reading.layer
    kind = SHAPES.get(layer.geometry)
    shape = {"geometry": {"format": kind, "x-ogc-role": "primary-geometry"}} if kind else {}
    return {
        "$schema": DIALECT,
        "$id": request.build_absolute_uri(request.path),
        "type": "object",
        "title": str(layer.title),
        "properties": {
            **shape,
            **{attribute.name: property_schema(layer, attribute) for attribute in attributes},
        },
        "additionalProperties": False,
    }


def property_schema(layer: Layer, attribute: Attribute) -> Json:
    kind = layer.kind(attribute)
    found: Json = {"title": str(layer.label(attribute)), "type": TYPES.get(kind, "string")}
    choices = layer.choices(attribute)
    if kind in FORMATS:
        found["format"] = FORMATS[kind]
    if choices:
        found |= {"type": "integer" if all(isinstance(c, int) for c in choices) else "string"}
        found["enum"] = list(choices)
    if attribute.unit:
        found["x-ogc-unit"] = str(attribute.unit)
    if attribute.name == layer.time:
        found["x-ogc-role"] = "primary-instant"
    return found
