"""The language of the door's titles."""

from django.http import HttpRequest
from django.utils.translation import get_language


def requested_language(request: HttpRequest) -> str:
    """One of the portal's: that of ``lang``, else of the visitor."""
    wanted = request.GET.get("lang", "") or get_language() or ""
    return "en" if wanted.lower().startswith("en") else "zh-hans"
