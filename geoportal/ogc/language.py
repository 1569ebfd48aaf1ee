"""The language of the door's titles."""

from django.http import HttpRequest
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from layers.errors import InvalidInput

LANGUAGES = {"zh": "zh-hans", "en": "en"}


def requested_language(request: HttpRequest) -> str:
    """One of the portal's: that of ``lang``, which may name a region (``en-GB``), else of the visitor."""
    wanted = request.GET.get("lang")
    if wanted is None:
        return "en" if (get_language() or "").startswith("en") else "zh-hans"
    language = LANGUAGES.get(wanted.lower().partition("-")[0])
    if language is None:
        raise InvalidInput(
            _("“%(name)s” is one of: %(allowed)s.") % {"name": "lang", "allowed": ", ".join(LANGUAGES)}
        )
    return language
