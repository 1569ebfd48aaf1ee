"""An officer's limits for a calendar of their own: by a secret address that is made anew whenever they want."""

import hashlib
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone

from layers.agencies.models import Officer
from layers.casework.access.permissions import department_cases
from layers.casework.log.case_snapshots import local_day
from layers.casework.models import CalendarFeed, Case, Limit, LimitStatus
from layers.casework.procedures.spans import Unit
from layers.casework.procedures.versions import procedure_of
from layers.casework.rules.forms.form_input import parse_date
from layers.registry.audience import Audience, Viewer
from layers.registry.text import Text

BYTES = 20
"""Of a secret: 160 bits, so that a plain hash of it is as good as a slow one."""


@dataclass(frozen=True)
class CalendarEntry:
    """A day, or a moment where the limit is one of hours; of the case it says nothing but its number."""

    key: str
    case: Case
    title: Text
    at: date | datetime


def renew_feed(officer: Officer) -> str:
    """The secret, this once; an address that was given out before leads nowhere any more."""
    secret = secrets.token_urlsafe(BYTES)
    CalendarFeed.objects.update_or_create(
        officer=officer, defaults={"secret": _digest(secret), "made_at": timezone.now()}
    )
    return secret


def end_feed(officer: Officer) -> None:
    CalendarFeed.objects.filter(officer=officer).delete()


def feed_officer(secret: str) -> Officer | None:
    """Whose limits the address tells, while they serve."""
    found = CalendarFeed.objects.select_related("officer__department").filter(secret=_digest(secret)).first()
    return found.officer if found and found.officer.is_active else None


def calendar_entries(officer: Officer) -> Iterator[CalendarEntry]:
    """Limits that run on the cases that the officer handles and may read, the party's too, and days to come that their
    forms state."""
    own = department_cases(Viewer(Audience.DEPARTMENT, (officer.department.code,)))
    cases = own.filter(handler=officer, closed=None, joined_to=None, version__isnull=False)
    limits = Limit.objects.filter(case__in=cases, status=LimitStatus.RUNNING, due__isnull=False)
    for limit in limits.select_related("case").order_by("due", "pk"):
        rule = procedure_of(limit.case).deadlines[limit.code]
        by_hour = limit.unit in {Unit.HOUR, Unit.WORKING_HOUR}
        at = limit.due if by_hour else local_day(limit.due)  # type: ignore[arg-type]
        yield CalendarEntry(f"limit-{limit.pk}", limit.case, rule.title, at)  # type: ignore[arg-type]
    today = timezone.localdate()
    for case in cases.order_by("pk"):
        for name, asked in procedure_of(case).fields().items():
            day = parse_date(case.fields.get(name)) if asked.future else None
            if day and day >= today:
                yield CalendarEntry(f"{case.pk}-{name}", case, asked.title, day)


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
