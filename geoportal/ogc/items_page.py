"""Features and columns of a collection as tables for people."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.http import HttpRequest

from geoportal.features.feature_text import text_of, title, value_text
from layers.query.functions import function_texts
from layers.query.scope import queryables

from .features import rows
from .links import page_query
from .query import FeatureQuery
from .sources import Source

PER_PAGE = 50
Json = dict[str, Any]


def features_page(
    request: HttpRequest, source: Source, query: FeatureQuery, matched: int, given: Mapping[str, str]
) -> Json:
    """Pages of fifty unless the address says otherwise; without columns whose readings are recorded."""
    reading, layer = source.reading, source.layer
    wanted = query.properties or [attribute.name for attribute in reading.attributes]
    chosen = [a for a in reading.attributes if a.name in wanted and a.name in layer.impersonal]
    if "limit" not in given:
        query = replace(query, limit=PER_PAGE)
    shown = replace(query, without_geometry=True)
    found = rows(reading, shown, {*(a.name for a in chosen), layer.title_attribute})
    return {
        "layer": layer.name,
        "collection": source.name,
        "title": source.title,
        "matched": matched,
        "headings": [str(layer.label(attribute)) for attribute in chosen],
        "items": [
            {"pk": row["id"], "title": title(layer, row), "cells": [text_of(layer, a, row) for a in chosen]}
            for row in found
        ],
        "first": query.offset + 1,
        "last": query.offset + len(found),
        "previous": page_query(request, query.offset - query.limit) if query.offset else None,
        "next": page_query(request, query.offset + query.limit)
        if query.offset + len(found) < matched
        else None,
    }


def columns_page(source: Source) -> Json:
    reading, layer = source.reading, source.layer
    return {
        "collection": source.name,
        "title": source.title,
        "columns": [
            {
                "name": attribute.name,
                "label": str(layer.label(attribute)),
                "kind": layer.kind(attribute),
                "unit": str(attribute.unit),
                "values": [
                    (str(code), value_text(layer, attribute, code)) for code in layer.choices(attribute)
                ],
            }
            for attribute in queryables(reading)
        ],
        "functions": function_texts(),
    }
