"""Cases in words: states by their procedure's titles, how limits stand, what is odd about a piece of evidence."""

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

FINDINGS = {
    "device_time_in_the_future": gettext_lazy("The device's time lies in the future."),
    "file_time_in_the_future": gettext_lazy("The time in the file lies in the future."),
    "device_time_long_before_the_case": gettext_lazy(
        "The device's time lies days before the case was found."
    ),
    "file_time_long_before_the_case": gettext_lazy(
        "The time in the file lies days before the case was found."
    ),
    "times_differ": gettext_lazy(
        "The device's time and the time in the file differ by more than five minutes."
    ),
    "device_far_from_the_case": gettext_lazy("The device was more than 200 m from the case."),
    "file_far_from_the_case": gettext_lazy("The position in the file is more than 200 m from the case."),
    "file_without_time": gettext_lazy("The picture says no time."),
    "file_not_read": gettext_lazy("What the file itself says of its time and place was not read."),
}

ACTS = {
    "received": gettext_lazy("received"),
    "viewed": gettext_lazy("viewed"),
    "downloaded": gettext_lazy("downloaded"),
    "lent": gettext_lazy("lent out"),
    "returned": gettext_lazy("returned"),
    "copied": gettext_lazy("copied"),
    "sealed": gettext_lazy("sealed"),
}
"""What is done with a piece of evidence."""
BY_HAND = ("lent", "returned", "copied", "sealed")

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
