"""The answer of a question: its sentence, and its rows as table, chart, map and counts."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils import formats
from django.utils.translation import gettext as _

from geoportal.features.feature_text import text_of, title, value_text
from geoportal.take_away.views import offer
from layers.query.compiler import compile_condition
from layers.query.explanation import explain
from layers.query.figures import MOST_BARS, Bar, bars
from layers.query.fragments import Type
from layers.query.limits import check_cost, limits
from layers.query.nodes import Call, Node, Property, Scalar
from layers.query.scope import Scope, queryables, type_of
from layers.query.text_form import to_text
from layers.registry.access.layer_query import LayerQuery, Row
from layers.registry.declaration.layer import Attribute, Layer
from layers.registry.declaration.symbology import ByCategory, ByStep

from .rows import narrowed

Json = dict[str, Any]
PER_PAGE = 50
MOST_COLUMNS = 7


def answer_parts(reading: LayerQuery, node: Node | None, text: str, given: dict[str, str]) -> Json:
    """``given`` are ``sort``, ``page`` and ``chart`` of the address."""
    layer = reading.layer
    conditions = [compile_condition(node, reading)] if node is not None else []
    columns = [a for a in queryables(reading) if not a.name.endswith("_en")][:MOST_COLUMNS]
    charted = _charted(reading, given.get("chart", ""))
    with limits(reading.viewer):
        check_cost(reading, conditions)
        total = reading.count(*conditions)
        pages = max(1, -(-total // PER_PAGE))
        page = min(max(int(given.get("page") or 1), 1), pages)
        found = reading.rows(
            *conditions,
            order=_order(columns, given.get("sort", "")),
            limit=PER_PAGE,
            offset=(page - 1) * PER_PAGE,
            outline=False,
            attributes=layer.impersonal,
        )
        spread = bars(reading, charted, conditions) if charted and total else []
    return {
        "explanation": explain(layer, node, Scope(reading)),
        "total": total,
        "page": page,
        "pages": pages,
        "headings": [_heading(layer, column, given) for column in columns],
        "rows_found": [_row(layer, columns, row) for row in found],
        "chart": _chart(layer, charted, spread, node, given) if charted else None,
        "previous": _address(given, page=page - 1) if page > 1 else None,
        "next": _address(given, page=page + 1) if page < pages else None,
        "exports": [
            {"name": suffix, "url": f"{reverse(f'export-{suffix}', args=[layer.name])}?{_filter(text)}"}
            for suffix in ("csv", "geojson")
        ],
        "asked_text": text,
        **offer(layer.has_geometry),
        "map": _map(layer, text) if layer.has_geometry else None,
    }


def _row(layer: Layer, columns: Sequence[Attribute], row: Row) -> Json:
    return {
        "id": row["id"],
        "title": title(layer, row),
        "place": reverse("feature", args=[layer.name, row["id"]]),
        "cells": [(str(layer.label(column)), text_of(layer, column, row)) for column in columns],
    }


def _filter(text: str) -> str:
    return urlencode({"filter": text}) if text else ""


def _map(layer: Layer, text: str) -> Json:
    """The colours are those of the layer's symbology, by the value of one attribute."""
    chosen = layer.symbology.color if layer.symbology else "#6b6b6b"
    paint: Json = {"default": chosen if isinstance(chosen, str) else chosen.default}
    names = [layer.title_attribute]
    if isinstance(chosen, ByCategory):
        paint |= {"attribute": chosen.attribute, "values": {str(c.value): c.color for c in chosen.categories}}
        names.append(chosen.attribute)
    elif isinstance(chosen, ByStep):
        paint |= {"attribute": chosen.attribute, "steps": list(chosen.steps)}
        names.append(chosen.attribute)
    asked = {
        "limit": 2000,
        "properties": ",".join(dict.fromkeys(names)),
        **({"filter": text} if text else {}),
    }
    address = f"{reverse('ogc-items', args=[layer.name])}?{urlencode(asked)}"
    return {"items": address, "title": layer.title_attribute, "paint": paint}


def _order(columns: list[Attribute], sort: str) -> str:
    name = sort.lstrip("-")
    if name not in {column.name for column in columns}:
        return "id"
    return f'"{name}" {"DESC" if sort.startswith("-") else "ASC"} NULLS LAST, id'


def _heading(layer: Layer, column: Attribute, given: dict[str, str]) -> Json:
    sort = given.get("sort", "")
    other = f"-{column.name}" if sort == column.name else column.name
    order = {column.name: "ascending", f"-{column.name}": "descending"}.get(sort, "none")
    return {"label": str(layer.label(column)), "url": _address(given, sort=other, page=1), "order": order}


def _address(given: dict[str, str], **other: object) -> str:
    words = {**given, **{name: str(value) for name, value in other.items()}}
    return f"?{urlencode({name: value for name, value in words.items() if value})}"


def _charted(reading: LayerQuery, name: str) -> Attribute | None:
    """What is asked for, else the first attribute that has a code list, else none."""
    known = {attribute.name: attribute for attribute in queryables(reading)}
    if name in known:
        return known[name]
    coded = [a for a in known.values() if reading.layer.choices(a)]
    return coded[0] if coded else None


def _chart(
    layer: Layer, attribute: Attribute, spread: list[Bar], node: Node | None, given: dict[str, str]
) -> Json:
    """Each bar leads to the rows that it counts."""
    return {
        "name": attribute.name,
        "title": str(layer.label(attribute)),
        "most": max((bar.count for bar in spread), default=1),
        "is_cut": len(spread) == MOST_BARS and not any(bar.high for bar in spread),
        "bars": [
            {
                "label": _bar_label(layer, attribute, bar),
                "count": bar.count,
                "url": _narrowed(given, node, _bar_condition(layer, attribute, bar)),
            }
            for bar in spread
        ],
    }


def _bar_label(layer: Layer, attribute: Attribute, bar: Bar) -> str:
    if bar.low is None:
        return _("without a value")
    if bar.high is None:
        return value_text(layer, attribute, bar.low) or _("without a value")
    low, high = (formats.number_format(round(end, 6)) for end in (bar.low, bar.high))
    return f"{low} – {high}"


def _bar_condition(layer: Layer, attribute: Attribute, bar: Bar) -> Node | None:
    name = Property(attribute.name)
    if bar.low is None:
        return Call("isnull", (name,))
    if bar.high is not None:
        return Call("and", (Call(">=", (name, Scalar(bar.low))), Call("<", (name, Scalar(bar.high)))))
    if type_of(layer, attribute) in {Type.TEXT, Type.NUMBER, Type.BOOLEAN}:
        return Call("=", (name, Scalar(bar.low)))
    return None


def _narrowed(given: dict[str, str], node: Node | None, more: Node | None) -> str | None:
    """The question with one condition more."""
    if more is None or "filter" not in given:
        return None
    return _address(given, filter=to_text(narrowed(node, more)), page=1)
