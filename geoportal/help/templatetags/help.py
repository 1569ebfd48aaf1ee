from typing import Any

from django import template

from geoportal.help.chapters import address_of
from layers.registry.audience import PUBLIC_VIEWER, Audience, Viewer

register = template.Library()


@register.simple_tag(takes_context=True)
def help_address(context: dict[str, Any]) -> str:
    """The handbook and heading that explain the page one is on."""
    request = context.get("request")
    viewer: Viewer = getattr(request, "viewer", PUBLIC_VIEWER)
    return address_of(getattr(request, "resolver_match", None), Audience(viewer.audience))
