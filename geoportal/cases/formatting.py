"""Cases in words: states by their procedure's titles, how limits stand, what is done with a piece of evidence."""

from datetime import datetime
from functools import lru_cache
from typing import Any

from django.utils import formats, timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from layers.casework.models import Case
from layers.casework.procedures import Procedure
from layers.casework.procedures.spans import Unit
from layers.casework.procedures.titles import state_titles

ACTS = {
    "received": gettext_lazy("received"),
    "received_again": gettext_lazy("sent the same file again"),
    "explained": gettext_lazy("explained"),
    "confirmed": gettext_lazy("confirmed as the second officer"),
    "viewed": gettext_lazy("viewed"),
    "downloaded": gettext_lazy("downloaded"),
    "lent": gettext_lazy("lent out"),
    "returned": gettext_lazy("returned"),
    "copied": gettext_lazy("copied"),
    "sealed": gettext_lazy("sealed"),
}
"""What is done with a piece of evidence."""
BY_HAND = ("lent", "returned", "copied", "sealed", "explained")

STANDINGS = {
    "running": (gettext_lazy("running"), "info"),
    "warning": (gettext_lazy("due soon"), "fair"),
    "overdue": (gettext_lazy("overdue"), "bad"),
    "stopped": (gettext_lazy("clock stopped"), ""),
    "met": (gettext_lazy("kept in time"), "good"),
    "missed": (gettext_lazy("missed"), "bad"),
    "lapsed": (gettext_lazy("run out"), ""),
    "dropped": (gettext_lazy("no longer applies"), ""),
}
"""Words and tone of how a limit stands."""


def category_title(case: Case, procedure: Procedure | None) -> str:
    known = procedure.categories.get(case.facts.get("category", "")) if procedure else None
    return str(known.title) if known else case.category


def state_title(procedure: Procedure | None, state: str) -> str:
    if procedure and state in procedure.states:
        return str(procedure.states[state].title)
    return str(state_titles().get(state, state))


def limit_status_label(code: str) -> dict[str, str]:
    words, tone = STANDINGS[code]
    return {"code": code, "title": str(words), "tone": tone}


def format_moment(value: datetime | None) -> str:
    if value is None:
        return ""
    return _moment_text(timezone.localtime(value).replace(second=0, microsecond=0), get_language())


@lru_cache(maxsize=4096)
def _moment_text(minute: datetime, language: str | None) -> str:
    """Lists show the same moments whenever they are asked for."""
    return formats.date_format(minute, "SHORT_DATETIME_FORMAT")


def format_span(length: int, unit: str) -> str:
    patterns = {
        Unit.HOUR: _("%(count)d hours"),
        Unit.WORKING_HOUR: _("%(count)d working hours"),
        Unit.CALENDAR_DAY: _("%(count)d days"),
        Unit.WORKING_DAY: _("%(count)d working days"),
        Unit.MONTH: _("%(count)d months"),
    }
    return patterns[Unit(unit)] % {"count": length}


def mask_number(value: Any) -> str:
    """A number of identity or telephone for those who may not read it: its last four signs."""
    text = str(value or "")
    return "•" * max(0, len(text) - 4) + text[-4:] if len(text) > 4 else "•" * len(text)
