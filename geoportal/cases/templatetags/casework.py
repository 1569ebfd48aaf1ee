from django import template

from layers.agencies.models import Officer
from layers.casework.access.permissions import has_capability
from layers.casework.models import PORTAL
from layers.casework.procedures import Capability

register = template.Library()
MOST_UNREAD = 99


@register.filter
def may(officer: Officer | None, capability: str) -> bool:
    """Whether an officer has a capability in some procedure in force."""
    return has_capability(officer or None, Capability(capability))


@register.filter
def unread(officer: Officer) -> str:
    """How many notices an officer has not read, "" for none."""
    found = officer.notices.filter(read_at=None, channel=PORTAL)[: MOST_UNREAD + 1].count()
    return f"{MOST_UNREAD}+" if found > MOST_UNREAD else str(found or "")
