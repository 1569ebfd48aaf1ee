from django import template

from layers.agencies.models import Officer
from layers.casework.access.permissions import has_capability
from layers.casework.procedures import Capability

register = template.Library()


@register.filter
def may(officer: Officer | None, capability: str) -> bool:
    """Whether an officer has a capability in some procedure in force."""
    return has_capability(officer or None, Capability(capability))
