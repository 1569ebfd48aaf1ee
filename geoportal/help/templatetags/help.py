from typing import Any

from django import template

from geoportal.help.chapters import address_of

register = template.Library()


@register.simple_tag(takes_context=True)
def help_address(context: dict[str, Any]) -> str:
    """The handbook and heading that explain the page one is on."""
    return address_of(getattr(context.get("request"), "resolver_match", None))
