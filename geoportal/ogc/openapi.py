"""The door described as OpenAPI: what is there, and nothing else; refers to nothing outside itself."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from geoportal.features.filters.expression import JSON as JSON_TEXT
from geoportal.features.filters.expression import TEXT
from geoportal.features.filters.reference_systems import SYSTEMS
from layers.query.scope import queryables

from .language import LANGUAGES
from .links import GEOJSON, HTML, JSON, OPENAPI, SCHEMA, root
from .query import DEFAULT_LIMIT, GENERAL, MOST, PARAMETERS
from .schemas import property_schema
from .sources import Source

Json = dict[str, Any]


def openapi(request: HttpRequest, sources: Sequence[Source], title: str, summary: str) -> Json:
    paths = {
        "/": _get(_("This door"), "landing", [JSON, HTML]),
        "/conformance": _get(_("What it conforms to"), "conformance", [JSON, HTML]),
        "/openapi": _get(_("This description"), "openapi", [OPENAPI]),
        "/collections": _get(_("Collections"), "collections", [JSON, HTML]),
    }
    for source in sources:
        paths |= _collection_paths(source)
    return {
        "openapi": "3.0.3",
        "info": {"title": title, "description": summary, "version": "1.0.0"},
        "servers": [{"url": root(request)}],
        "tags": [{"name": source.name, "description": source.title} for source in sources],
        "paths": paths,
        "components": {"parameters": _parameters(), "responses": _responses(), "schemas": _schemas()},
    }


def _collection_paths(source: Source) -> dict[str, Json]:
    layer = source.layer
    name, title, here = source.name, source.title, f"/collections/{source.name}"
    own = [
        {
            "name": attribute.name,
            "in": "query",
            "required": False,
            "description": str(layer.label(attribute)),
            "schema": _value_schema(property_schema(layer, attribute)),
            "style": "form",
            "explode": False,
        }
        for attribute in queryables(source.reading)
    ]
    shared = [_ref("parameters", each) for each in PARAMETERS if each not in GENERAL]
    one = [_ref("parameters", "featureId"), _ref("parameters", "crs")]
    return {
        here: _get(title, f"describe.{name}", [JSON, HTML], tag=name),
        f"{here}/queryables": _get(title, f"queryables.{name}", [SCHEMA, HTML], tag=name),
        f"{here}/schema": _get(title, f"schema.{name}", [SCHEMA, HTML], tag=name),
        f"{here}/items": _get(title, f"features.{name}", [GEOJSON, HTML], [*shared, *own], name, "Features"),
        f"{here}/items/{{featureId}}": _get(title, f"feature.{name}", [GEOJSON, HTML], one, name, "Feature"),
    }


def _value_schema(found: Json) -> Json:
    return {key: found[key] for key in ("type", "format", "enum") if key in found}


def _get(
    summary: str,
    name: str,
    kinds: Sequence[str],
    parameters: Sequence[Json] = (),
    tag: str = "",
    schema: str = "Object",
) -> Json:
    forms = [_ref("parameters", "f"), _ref("parameters", "lang")]
    content = {
        kind: {"schema": {"type": "string"} if kind == HTML else _ref("schemas", schema)} for kind in kinds
    }
    errors = {status: _ref("responses", "Error") for status in ("400", "404", "500", "503")}
    return {
        "get": {
            "summary": summary,
            "operationId": name,
            **({"tags": [tag]} if tag else {}),
            "parameters": [*forms, *parameters],
            "responses": {"200": {"description": summary, "content": content}, **errors},
        }
    }


def _ref(section: str, name: str) -> Json:
    return {"$ref": f"#/components/{section}/{name}"}


def _parameters() -> dict[str, Json]:
    numbers = {"type": "array", "minItems": 4, "maxItems": 6, "items": {"type": "number"}}
    names = {"type": "array", "items": {"type": "string"}}
    whole = {"type": "integer", "minimum": 0, "default": 0}
    limit = {"type": "integer", "minimum": 1, "maximum": MOST, "default": DEFAULT_LIMIT}
    system = {"type": "string", "format": "uri", "enum": list(SYSTEMS), "default": next(iter(SYSTEMS))}
    found = {
        "f": {"type": "string", "enum": ["json", "html"], "default": "json"},
        "lang": {"type": "string", "enum": list(LANGUAGES)},
        "limit": limit,
        "offset": whole,
        "bbox": numbers,
        "bbox-crs": system,
        "crs": system,
        "datetime": {"type": "string"},
        "sortby": names,
        "properties": names,
        "skipGeometry": {"type": "boolean", "default": False},
        "filter": {"type": "string"},
        "filter-lang": {"type": "string", "enum": [TEXT, JSON_TEXT], "default": TEXT},
        "filter-crs": system,
        "resulttype": {"type": "string", "enum": ["results", "hits"], "default": "results"},
    }
    shared = {
        name: {
            "name": name,
            "in": "query",
            "required": False,
            "schema": schema,
            "style": "form",
            "explode": False,
        }
        for name, schema in found.items()
    }
    key = {"name": "featureId", "in": "path", "required": True, "schema": {"type": "integer"}}
    return {**shared, "featureId": key}


def _responses() -> dict[str, Json]:
    error = {
        "description": _("What went wrong, in a sentence"),
        "content": {JSON: {"schema": _ref("schemas", "Error")}},
    }
    return {"Error": error}


def _schemas() -> dict[str, Json]:
    geometry = {"type": "object", "nullable": True, "properties": {"type": {"type": "string"}}}
    feature = {
        "type": "object",
        "required": ["type", "geometry", "properties"],
        "properties": {
            "type": {"type": "string", "enum": ["Feature"]},
            "id": {"type": "integer"},
            "geometry": geometry,
            "properties": {"type": "object"},
        },
    }
    features = {
        "type": "object",
        "required": ["type", "features"],
        "properties": {
            "type": {"type": "string", "enum": ["FeatureCollection"]},
            "features": {"type": "array", "items": _ref("schemas", "Feature")},
            "links": {"type": "array", "items": {"type": "object"}},
            "timeStamp": {"type": "string", "format": "date-time"},
            "numberMatched": {"type": "integer", "minimum": 0},
            "numberReturned": {"type": "integer", "minimum": 0},
        },
    }
    error = {
        "type": "object",
        "required": ["code"],
        "properties": {name: {"type": "string"} for name in ("code", "description", "error", "advice")},
    }
    return {"Object": {"type": "object"}, "Feature": feature, "Features": features, "Error": error}
