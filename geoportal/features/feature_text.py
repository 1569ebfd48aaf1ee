"""Values of features in words: code labels, units, dates in the viewer's language."""

import datetime
from collections.abc import Iterable, Mapping
from decimal import Decimal
from itertools import islice
from typing import Any

from django.utils import formats, timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from layers.agencies.models import Department, ResponsibleBody
from layers.base.models import Division
from layers.registry.access.layer_query import Row
from layers.registry.access.unreadable import Unreadable
from layers.registry.declaration.layer import Attribute, Kind, Layer
from layers.registry.declaration.symbology import ByCategory, ByStep
from layers.registry.text import Text

LARGEST = 10**15
KINDS: Mapping[Kind, Text] = {
    Kind.TEXT: Text("文本", "text"),
    Kind.INTEGER: Text("整数", "whole number"),
    Kind.NUMBER: Text("数值", "number"),
    Kind.BOOLEAN: Text("是/否", "yes or no"),
    Kind.DATE: Text("日期", "date"),
    Kind.TIME: Text("时间", "date and time"),
    Kind.CODE: Text("代码", "code"),
}


def title(layer: Layer, row: Row) -> str:
    """A feature's name in the viewer's language, else what kind of thing it is."""
    name = text_of(layer, layer.attribute(layer.title_attribute), row)
    return name or subtitle(layer, row) or str(layer.title)


def subtitle(layer: Layer, row: Row) -> str:
    """The first two facts of the card, as one line."""
    shown = [name for name in layer.card if not isinstance(row.get(name), Unreadable)]
    names = [name for name in shown if name in row and name != layer.title_attribute]
    texts = (text for name in names if (text := text_of(layer, layer.attribute(name), row)))
    return " · ".join(islice(texts, 2))


def facts(layer: Layer, row: Row) -> list[dict[str, str]]:
    """Label and value of the card's attributes that this row has for this viewer."""
    shown = [layer.attribute(name) for name in layer.card if name in row]
    return [
        {"label": str(layer.label(attribute)), "value": text}
        for attribute in shown
        if (text := text_of(layer, attribute, row))
    ]


def text_of(layer: Layer, attribute: Attribute, row: Row) -> str:
    """A row's value in the viewer's language, where it has one in English too."""
    return value_text(layer, attribute, _worded(attribute.name, row))


def _worded(name: str, row: Row) -> Any:
    english = "" if (get_language() or "").startswith("zh") else row.get(f"{name}_en")
    return english or row.get(name)


def is_translation(layer: Layer, attribute: Attribute) -> bool:
    """Whether it only says in English what another attribute says."""
    base = attribute.name.removesuffix("_en")
    return base != attribute.name and any(other.name == base for other in layer.attributes)


def display_name(what: Department | Division | ResponsibleBody) -> str:
    """The name of a department or a place in the language of the page."""
    return what.name_en if what.name_en and not (get_language() or "").startswith("zh") else what.name


def enumeration(texts: Iterable[object]) -> str:
    """Several texts as the viewer's language lists them."""
    return _(", ").join(str(text) for text in texts)


def value_text(layer: Layer, attribute: Attribute, value: Any) -> str:
    if value is None or value == "":
        return ""
    if isinstance(value, Unreadable):
        return _("a value that cannot be shown")
    choices = layer.choices(attribute)
    if value in choices:
        return str(choices[value])
    if attribute.zero is not None and value == 0:
        return str(attribute.zero)
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, datetime.datetime):
        return formats.date_format(timezone.localtime(value), "SHORT_DATETIME_FORMAT")
    if isinstance(value, datetime.date):
        return formats.date_format(value, "SHORT_DATE_FORMAT")
    if isinstance(value, float | Decimal) or (isinstance(value, int) and attribute.unit):
        value = _number(value, bool(attribute.unit))
    return f"{value} {attribute.unit}".strip()


def _number(value: float | Decimal, is_amount: bool) -> str:
    """With two decimals at most, amounts in thousands; numbers beyond what anybody counts as powers of ten."""
    if not -LARGEST < value < LARGEST:
        return f"{value:g}"
    shown = Decimal(str(value)).quantize(Decimal("0.01")).normalize()
    return formats.number_format(shown, force_grouping=is_amount)


def color(layer: Layer, row: Row) -> str:
    """The colour in which the map draws a row."""
    chosen = layer.symbology.color if layer.symbology else "#6b6b6b"
    if isinstance(chosen, ByCategory):
        value = row.get(chosen.attribute)
        return next((c.color for c in chosen.categories if c.value == value), chosen.default)
    if isinstance(chosen, ByStep):
        held = row.get(chosen.attribute)
        value = 0 if held is None or isinstance(held, Unreadable) else held
        return [chosen.default, *(code for limit, code in chosen.steps if value >= limit)][-1]
    return chosen
