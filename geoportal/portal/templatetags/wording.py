from collections.abc import Iterable
from datetime import datetime

from django import template
from django.utils import formats, timezone

from geoportal.features.feature_text import KINDS, display_name, enumeration
from layers.agencies.models import Department
from layers.registry.declaration.layer import Kind
from layers.registry.text import Text

register = template.Library()


@register.filter
def listed(texts: Iterable[object]) -> str:
    """Several texts as the viewer's language lists them."""
    return enumeration(texts)


@register.filter
def named(departments: Iterable[Department]) -> list[str]:
    return [display_name(department) for department in departments]


@register.filter
def kind_title(kind: str) -> Text:
    """Of a column, by the code that the catalogue gives."""
    return KINDS[Kind(kind)]


@register.filter
def day(moment: str) -> str:
    """Of a time written as ISO 8601."""
    return formats.date_format(timezone.localtime(datetime.fromisoformat(moment)), "SHORT_DATE_FORMAT")


@register.filter
def counted(number: int) -> str:
    """A number of things, its thousands set apart."""
    return formats.number_format(number, force_grouping=True)
