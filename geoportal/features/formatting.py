"""Values of features in words: code labels, units, dates in the viewer's language."""

import datetime
from decimal import Decimal
from typing import Any

from django.utils import formats, timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from layers.registry.layer import Attribute, Layer
from layers.registry.layer_query import Row
from layers.registry.symbology import ByCategory, ByStep


def title(layer: Layer, row: Row) -> str:
    """A feature's name in the viewer's language, else what kind of thing it is."""
    english = row.get(f"{layer.title_attribute}_en")
    if english and not (get_language() or "").startswith("zh"):
        return str(english)
    value = row.get(layer.title_attribute)
    if value:
        return str(value)
    return subtitle(layer, row) or str(layer.title)


def subtitle(layer: Layer, row: Row) -> str:
    """The first two facts of the card, as one line."""
    names = [name for name in layer.card if name in row and name != layer.title_attribute]
    texts = [text for name in names if (text := value_text(layer, layer.attribute(name), row[name]))]
    return " · ".join(texts[:2])


def facts(layer: Layer, row: Row) -> list[dict[str, str]]:
    """Label and value of the card's attributes that this row has for this viewer."""
    shown = [layer.attribute(name) for name in layer.card if name in row]
    return [
        {"label": str(layer.label(attribute)), "value": text}
        for attribute in shown
        if (text := value_text(layer, attribute, row[attribute.name]))
    ]


def value_text(layer: Layer, attribute: Attribute, value: Any) -> str:
    if value is None or value == "":
        return ""
    choices = layer.choices(attribute)
    if value in choices:
        return str(choices[value])
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, datetime.datetime):
        return formats.date_format(timezone.localtime(value), "SHORT_DATETIME_FORMAT")
    if isinstance(value, datetime.date):
        return formats.date_format(value, "SHORT_DATE_FORMAT")
    if isinstance(value, float | Decimal):
        value = formats.number_format(Decimal(str(value)).quantize(Decimal("0.01")).normalize())
    return f"{value} {attribute.unit}".strip()


def color(layer: Layer, row: Row) -> str:
    """The colour in which the map draws a row."""
    chosen = layer.symbology.color if layer.symbology else "#6b6b6b"
    if isinstance(chosen, ByCategory):
        value = row.get(chosen.attribute)
        return next((c.color for c in chosen.categories if c.value == value), chosen.default)
    if isinstance(chosen, ByStep):
        value = row.get(chosen.attribute) or 0
        return [chosen.default, *(code for limit, code in chosen.steps if value >= limit)][-1]
    return chosen
