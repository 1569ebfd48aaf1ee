"""A list of one layer's features as a page: filters by code lists, search, pages of twenty."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from geoportal.http import FORM, number, page_links, parameters, viewer_of
from layers.errors import InvalidInput
from layers.registry.access.layer_query import Condition, LayerQuery, Row
from layers.registry.declaration.layer import Attribute, Layer
from layers.registry.declaration.list_page import ListPage
from layers.registry.registration import UnknownLayer, get_layer
from layers.registry.search.search_terms import normalize
from layers.registry.search.trigram import contains_word

from .feature_text import color, facts, subtitle, text_of, title

PER_PAGE = 20


def list_page(request: HttpRequest, name: str) -> dict[str, Any]:
    """What the list page of a layer shows; columns and filters that this viewer may not read are not there."""
    viewer = viewer_of(request)
    layer = get_layer(name, viewer)
    page, reading = layer.list_page, LayerQuery(layer, viewer)
    if page is None:
        raise UnknownLayer(name)
    filters = _readable(reading, page.filters)
    conditions = _conditions(request, layer, filters)
    total = reading.count(*conditions)
    pages = max(1, -(-total // PER_PAGE))
    current = number(request, "page", 1, 1, pages)
    rows = reading.rows(
        *conditions,
        order=_order(reading, page),
        limit=PER_PAGE,
        offset=(current - 1) * PER_PAGE,
        outline=False,
        attributes=[*layer.impersonal, *page.columns],
    )
    columns = _readable(reading, page.columns)
    items = [
        summary(layer, row) | {"cells": [text_of(layer, column, row) for column in columns]} for row in rows
    ]
    return {
        "layer": layer.name,
        "layer_title": str(page.title or layer.title),
        "summary": str(layer.summary or ""),
        "total": total,
        "query": request.GET.get("q", ""),
        "searchable": layer.searchable,
        "filters": [_filter(request, layer, attribute) for attribute in filters],
        "headings": [str(layer.label(column)) for column in columns],
        "items": items,
        "on_map": any(item["map"] for item in items),
        **page_links(request, current, pages),
    }


def _conditions(request: HttpRequest, layer: Layer, filters: list[Attribute]) -> list[Condition]:
    """Of the address, which may name nothing else."""
    words = ["q"] if layer.searchable else []
    parameters(request, [FORM, "page", *words, *(each.name for each in filters)])
    return [*_filter_conditions(request, layer, filters), *_search_conditions(request, layer)]


def _readable(reading: LayerQuery, names: tuple[str, ...]) -> list[Attribute]:
    known = {attribute.name: attribute for attribute in reading.attributes}
    return [known[name] for name in names if name in known]


def _filter_conditions(request: HttpRequest, layer: Layer, filters: list[Attribute]) -> list[Condition]:
    found = []
    for attribute in filters:
        value = request.GET.get(attribute.name, "")
        stored = {str(code): code for code in layer.choices(attribute)}
        if value and value not in stored:
            raise InvalidInput(
                _("“%(value)s” is no value of “%(name)s”; it is one of: %(allowed)s.")
                % {"value": value[:40], "name": attribute.name, "allowed": ", ".join(stored)}
            )
        if value:
            found.append(Condition(f'"{attribute.name}" = %s', (stored[value],)))
    return found


def _search_conditions(request: HttpRequest, layer: Layer) -> list[Condition]:
    words = normalize(request.GET.get("q", "")).split() if layer.searchable else []
    return [contains_word("search_text", word) for word in words]


def _order(reading: LayerQuery, page: ListPage) -> str:
    """SQL over the columns that the viewer has."""
    known = {attribute.name for attribute in reading.attributes}
    chosen = [name for name in page.order if name.lstrip("-") in known]
    parts = [f'"{name.lstrip("-")}" {"DESC" if name.startswith("-") else "ASC"}' for name in chosen]
    return ", ".join([*parts, "id"])


def _filter(request: HttpRequest, layer: Layer, attribute: Attribute) -> dict[str, Any]:
    options = [{"value": str(v), "label": str(text)} for v, text in layer.choices(attribute).items()]
    return {
        "name": attribute.name,
        "label": str(layer.label(attribute)),
        "value": request.GET.get(attribute.name, ""),
        "options": options,
    }


def summary(layer: Layer, row: Row) -> dict[str, Any]:
    return {
        "id": row["id"],
        "title": title(layer, row),
        "subtitle": subtitle(layer, row),
        "facts": facts(layer, row),
        "color": color(layer, row),
        "url": layer.feature_url(row["id"]),
        "map": map_link(layer, row),
        "is_generated": row["is_generated"],
    }


def map_link(layer: Layer, row: Row) -> str | None:
    if row.get("lon") is None:
        return None
    return f"{reverse('home')}#map=17/{row['lat']:.5f}/{row['lon']:.5f}&view=2d&layers={layer.name}&sel={layer.name}/{row['id']}"
