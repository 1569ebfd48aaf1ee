"""An officer's limits as a calendar (RFC 5545), at an address that is as secret as a password."""

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from geoportal.accounts.models import User
from geoportal.http import door, site_of
from layers.casework.cases.calendar_feeds import CalendarEntry, calendar_entries, feed_officer
from layers.errors import NotFound

LINE = 75
"""Octets of a line before it is folded."""


@door
def calendar(request: HttpRequest, secret: str) -> HttpResponse:
    """Of whoever the address was made for; it needs no sign-in, and tells of cases nothing but numbers and limits."""
    officer = feed_officer(secret)
    if officer is None or not User.objects.filter(officer=officer, is_active=True).exists():
        raise NotFound(_("There is nothing at this address."))
    lines = _calendar(calendar_entries(officer), site_of(request))
    content = "".join(f"{_folded(line)}\r\n" for line in lines)
    response = HttpResponse(content, content_type="text/calendar; charset=utf-8")
    response["Cache-Control"] = "private, no-store"
    return response


def _calendar(entries: Iterable[CalendarEntry], site: str) -> Iterator[str]:
    yield from ("BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Geoportal//Limits//ZH", "CALSCALE:GREGORIAN")
    yield f"X-WR-CALNAME:{_escaped(_('My limits'))}"
    for entry in entries:
        yield from _event(entry, site)
    yield "END:VCALENDAR"


def _event(entry: CalendarEntry, site: str) -> Iterator[str]:
    host = site.partition("//")[2]
    yield from ("BEGIN:VEVENT", f"UID:{entry.key}@{host}", f"DTSTAMP:{_moment(timezone.now())}")
    if isinstance(entry.at, datetime):
        yield f"DTSTART:{_moment(entry.at)}"
    else:
        yield f"DTSTART;VALUE=DATE:{entry.at:%Y%m%d}"
        yield f"DTEND;VALUE=DATE:{_next(entry.at):%Y%m%d}"
    yield f"SUMMARY:{_escaped(f'{entry.case.number} {entry.title}')}"
    yield f"URL:{site}{reverse('case', args=[entry.case.pk])}"
    yield from ("TRANSP:TRANSPARENT", "END:VEVENT")


def _next(day: date) -> date:
    return day + timedelta(days=1)


def _moment(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _escaped(text: str) -> str:
    for sign in ("\\", ";", ","):
        text = text.replace(sign, f"\\{sign}")
    return text.replace("\n", "\\n")


def _folded(line: str) -> str:
    """No line is longer than 75 octets, and no character is cut."""
    parts, length = [""], 0
    for sign in line:
        size = len(sign.encode())
        if length + size > LINE:
            parts.append("")
            length = 1  # the space that continues a line
        parts[-1] += sign
        length += size
    return "\r\n ".join(parts)
