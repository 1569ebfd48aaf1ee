from typing import Any

from django import template
from django.urls import get_script_prefix

from layers.registry.audience import PUBLIC_VIEWER, Audience, Viewer
from layers.registry.registration import list_pages

register = template.Library()


@register.simple_tag(takes_context=True)
def navigation(context: dict[str, Any]) -> list[dict[str, str]]:
    """Title and address of the list pages in the main navigation; the public's on a page that no request asked for."""
    viewer: Viewer = getattr(context.get("request"), "viewer", PUBLIC_VIEWER)
    found = []
    for layer, page in list_pages():
        entry = page.navigation
        if entry is None:
            continue
        audience = max(layer.audience, entry.audience)
        if audience == Audience.PUBLIC or audience <= viewer.audience:
            found.append((entry.order, {"title": str(entry.title), "url": get_script_prefix() + page.path}))
    return [link for _, link in sorted(found, key=lambda pair: pair[0])]
