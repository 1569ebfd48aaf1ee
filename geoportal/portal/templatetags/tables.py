from collections.abc import Iterable

from django import template

register = template.Library()


@register.filter
def with_headings(cells: Iterable[str], headings: Iterable[str]) -> list[tuple[str, str]]:
    """Each cell of a row with the heading above it, for tables that are cards on a phone."""
    return list(zip(headings, cells, strict=True))
