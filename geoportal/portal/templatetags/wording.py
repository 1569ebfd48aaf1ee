from collections.abc import Iterable

from django import template
from django.utils import formats

from geoportal.features.feature_text import display_name, enumeration
from layers.agencies.models import Department

register = template.Library()


@register.filter
def listed(texts: Iterable[object]) -> str:
    """Several texts as the viewer's language lists them."""
    return enumeration(texts)


@register.filter
def named(departments: Iterable[Department]) -> list[str]:
    return [display_name(department) for department in departments]


@register.filter
def counted(number: int) -> str:
    """A number of things, its thousands set apart."""
    return formats.number_format(number, force_grouping=True)
