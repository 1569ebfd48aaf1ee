"""A list of one layer's features as a page: filters by code lists, search, pages of twenty."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from geoportal.http import number, viewer_of
from layers.errors import InvalidInput
from layers.registry.layer import Layer
from layers.registry.layer_query import Condition, Reading, Row
from layers.registry.registration import get_layer
from layers.registry.search_terms import normalised

from .formatting import color, facts, subtitle, title, value_text

PER_PAGE = 20


@dataclass(frozen=True)
class Listing:
    """What a list page shows of a layer; ``columns`` and ``filters`` are attribute names."""

    layer: str
    columns: tuple[str, ...]
    filters: tuple[str, ...]
    order: str

    def page(self, request: HttpRequest) -> dict[str, Any]:
        viewer = viewer_of(request)
        layer = get_layer(self.layer, viewer)
        reading = Reading(layer, viewer)
        shown = {attribute.name for attribute in reading.attributes}
        conditions = [*self._chosen(request, layer), *self._found(request)]
        total = reading.count(*conditions)
        pages = max(1, -(-total // PER_PAGE))
        page = number(request, "page", 1, 1, pages)
        rows = reading.rows(
            *conditions,
            order=self.order,
            limit=PER_PAGE,
            offset=(page - 1) * PER_PAGE,
            outline=False,
            attributes=[*layer.impersonal, *self.columns],
        )
        columns = [layer.attribute(name) for name in self.columns if name in shown]
        return {
            "layer": layer.name,
            "layer_title": str(layer.title),
            "summary": str(layer.summary or ""),
            "total": total,
            "page": page,
            "pages": pages,
            "query": request.GET.get("q", ""),
            "filters": [self._filter(request, layer, name) for name in self.filters],
            "headings": [str(layer.label(column)) for column in columns],
            "items": [
                {
                    **summary(layer, row),
                    "cells": [value_text(layer, column, row[column.name]) for column in columns],
                }
                for row in rows
            ],
            "previous": self._link(request, page - 1) if page > 1 else None,
            "next": self._link(request, page + 1) if page < pages else None,
        }

    def _chosen(self, request: HttpRequest, layer: Layer) -> list[Condition]:
        found = []
        for name in self.filters:
            value = request.GET.get(name, "")
            if value and value not in layer.choices(layer.attribute(name)):
                raise InvalidInput(
                    _("“%(value)s” is no value of %(name)s.") % {"value": value[:40], "name": name}
                )
            if value:
                found.append(Condition(f'"{name}" = %s', (value,)))
        return found

    def _found(self, request: HttpRequest) -> list[Condition]:
        words = normalised(request.GET.get("q", "")).split()
        return [Condition("position(%s in search_text) > 0", (word,)) for word in words]

    def _filter(self, request: HttpRequest, layer: Layer, name: str) -> dict[str, Any]:
        attribute = layer.attribute(name)
        options = [{"value": str(v), "label": str(text)} for v, text in layer.choices(attribute).items()]
        return {
            "name": name,
            "label": str(layer.label(attribute)),
            "value": request.GET.get(name, ""),
            "options": options,
        }

    def _link(self, request: HttpRequest, page: int) -> str:
        words = request.GET.copy()
        words["page"] = str(page)
        return f"?{words.urlencode()}"


def summary(layer: Layer, row: Row) -> dict[str, Any]:
    return {
        "id": row["id"],
        "title": title(layer, row),
        "subtitle": subtitle(layer, row),
        "facts": facts(layer, row),
        "color": color(layer, row),
        "url": layer.page.format(id=row["id"]) if layer.page else f"/place/{layer.name}/{row['id']}/",
        "map": map_link(layer, row),
        "is_generated": row["is_generated"],
    }


def map_link(layer: Layer, row: Row) -> str | None:
    if row.get("lon") is None:
        return None
    return (
        f"/#map=17/{row['lat']:.5f}/{row['lon']:.5f}&view=2d&layers={layer.name}&sel={layer.name}/{row['id']}"
    )
