"""The daily work record: what an officer did, as the log has it, with corrections that are added."""

import math
from datetime import date, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from geoportal.cases.permissions import department_required, officer_of
from geoportal.cases.query_params import options
from geoportal.features.feature_text import display_name
from geoportal.http import answer, desk, number, page_links, viewer_of
from layers.agencies.models import Officer
from layers.casework.access.actor import Actor, NotAllowed
from layers.casework.access.permissions import department_cases
from layers.casework.analytics import work_record as records
from layers.casework.analytics.filters import FIRST, LAST
from layers.casework.log.anchors import last_anchor
from layers.casework.models import DayCorrection, Document, Event, EventKind, Evidence
from layers.casework.procedures.versions import NoProcedure, procedure_of
from layers.errors import InvalidInput, NotFound
from layers.registry.audience import Audience
from layers.registry.models import AccessLogEntry

RECORD = "work-record"
"""The name under which readings of another's record are kept."""
ON_A_PAGE = 100
COUNTED = (EventKind.STEP, EventKind.EVIDENCE, EventKind.DOCUMENT, EventKind.NOTE)


@desk
@department_required
def work_record(request: HttpRequest) -> HttpResponseBase:
    """One officer's day and week; officers read their own, who leads the department's, administrators all."""
    reader = officer_of(request)
    readable = _readable_officers(request, reader)
    day = _day(request)
    officer = _officer(request, readable, reader)
    if request.method == "POST":
        refused = _correct(request, officer, day, reader)
        if refused is None:
            return HttpResponseRedirect(_record_url(officer, day))
        response = answer(request, "cases/days.html", {**_page(request, officer, day, readable), **refused})
        response.status_code = 400
        return response
    return answer(request, "cases/days.html", _page(request, officer, day, readable))


def _page(request: HttpRequest, officer: Officer, day: date, readable: list[Officer]) -> dict[str, Any]:
    reader = officer_of(request)
    is_own = reader is not None and reader.pk == officer.pk
    if not is_own:
        AccessLogEntry.objects.create(
            layer=RECORD, rows=[officer.pk], who=viewer_of(request).name or "administrator"
        )
    done = records.day_events(officer, day, day)
    numbers = records.counts_by_kind(done)
    pages = max(1, math.ceil(sum(numbers.values()) / ON_A_PAGE))
    page = number(request, "page", 1, 1, pages)
    events = list(done[(page - 1) * ON_A_PAGE : page * ON_A_PAGE])
    corrections = list(records.day_corrections(officer, day, day))
    entries = _entries(request, events, corrections)
    return {
        "officer": {
            "code": officer.code,
            "name": officer.name,
            "department": display_name(officer.department),
        },
        "day": day,
        "is_own": is_own,
        "entries": entries,
        "corrections": [_correction(each) for each in corrections if each.event_id is None],
        "places": _places(entries),
        "counts": [{"title": str(kind.label), "number": numbers.get(kind, 0)} for kind in COUNTED],
        "cases": done.order_by().values("case").distinct().count(),
        "paging": page_links(request, page, pages),
        "head": _head(),
        "week": _week([officer], day)[0]["days"],
        "team": _week(readable, day) if len(readable) > 1 else [],
        "people": options(((each.code, f"{each.name} {each.code}") for each in readable), officer.code),
        "previous": _record_url(officer, day - timedelta(days=1)),
        "next": _record_url(officer, day + timedelta(days=1)) if day < timezone.localdate() else None,
        "previous_week": _record_url(officer, day - timedelta(days=7)),
        "next_week": _record_url(officer, day + timedelta(days=7)),
    }


def _head() -> dict[str, Any] | None:
    """The last head of the log that was signed: on paper nobody rewrites it."""
    anchor = last_anchor()
    return {"number": anchor.number, "hash": anchor.hash, "at": anchor.moment} if anchor else None


def _places(entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [
        {"lon": entry["lon"], "lat": entry["lat"], "text": f"{entry['time']} {entry['title']}"}
        for entry in entries
        if entry["lon"] is not None
    ]


def _entries(
    request: HttpRequest, events: list[Event], corrections: list[DayCorrection]
) -> list[dict[str, Any]]:
    theirs = {event.case_id for event in events}
    shown = set(department_cases(viewer_of(request)).filter(pk__in=theirs).values_list("pk", flat=True))
    titles = _item_titles(events)
    return [
        {
            **_entry(event, titles.get(event.pk, ""), shown=event.case_id in shown),
            "corrections": [_correction(each) for each in corrections if each.event_id == event.pk],
        }
        for event in events
    ]


def _item_titles(events: list[Event]) -> dict[int, str]:
    """What pieces of evidence and documents are called, by event."""
    found: dict[int, str] = {}
    for name, model in (("evidence", Evidence), ("document", Document)):
        keys = {event.pk: event.data[name] for event in events if isinstance(event.data.get(name), int)}
        titles = {each.pk: str(each) for each in model.objects.filter(pk__in=keys.values())}
        found |= {event: titles[key] for event, key in keys.items() if key in titles}
    return found


def _entry(event: Event, named: str, *, shown: bool) -> dict[str, Any]:
    """A case that has become another department's keeps its number and no more."""
    at, case = event.position or (event.case.geom if shown else None), event.case
    kind = EventKind(event.kind)
    data = event.data if shown else {}
    return {
        "pk": event.pk,
        "time": timezone.localtime(event.at).strftime("%H:%M"),
        "said": timezone.localtime(event.device_time).strftime("%H:%M") if event.device_time else "",
        "kind": event.kind,
        "title": _step_title(event) if kind is EventKind.STEP else str(kind.label),
        "number": case.number,
        "matter": case.title if shown else "",
        "url": reverse("case", args=[case.pk]) if shown else None,
        "text": " · ".join(filter(None, (str(data.get(word) or "") for word in ("reason", "note")))),
        "named": named if shown else "",
        "where": case.address if shown else "",
        "lon": round(at.x, 6) if at else None,
        "lat": round(at.y, 6) if at else None,
    }


def _step_title(event: Event) -> str:
    try:
        step = procedure_of(event.case).steps.get(event.step)
    except NoProcedure:
        step = None
    return str(step.title) if step else event.step


def _correction(correction: DayCorrection) -> dict[str, Any]:
    return {"text": correction.text, "at": timezone.localtime(correction.at)}


def _week(officers: list[Officer], day: date) -> list[dict[str, Any]]:
    span = records.week_days(day)
    found = records.week_counts(officers, span)
    return [
        {
            "name": officer.name,
            "code": officer.code,
            "days": [
                {
                    "day": each,
                    "url": _record_url(officer, each),
                    "number": found[officer.pk][each].total() if officer.pk in found else 0,
                    "chosen": each == day,
                }
                for each in span
            ],
        }
        for officer in officers
    ]


def _correct(
    request: HttpRequest, officer: Officer, day: date, reader: Officer | None
) -> dict[str, Any] | None:
    """None when it was kept, else what was typed and why it was not."""
    text, about = request.POST.get("text", ""), request.POST.get("event", "")
    actor = Actor(viewer_of(request).name, reader)
    try:
        if "\x00" in text:
            raise InvalidInput(_("The text holds a character that no text has."))
        event = int(about) if about.isascii() and about.isdigit() and len(about) < 19 else None
        if about and event is None:
            raise InvalidInput(_("There is no such entry."))
        records.add_correction(officer, day, text, actor, event)
    except NotAllowed as refused:
        return {"typed": text, "about": about, "problems": [str(each) for each in refused.refusals]}
    except InvalidInput as problem:
        return {"typed": text.replace("\x00", ""), "about": about[:20], "problems": [str(problem)]}
    return None


def _readable_officers(request: HttpRequest, reader: Officer | None) -> list[Officer]:
    viewer = viewer_of(request)
    if viewer.audience == Audience.RESTRICTED:
        return list(Officer.objects.select_related("department").order_by("code"))
    found = list(records.readable_officers(reader).select_related("department"))
    if viewer.audience < Audience.DEPARTMENT or not found:
        raise NotFound(_("There is nothing at this address."))
    return found


def _officer(request: HttpRequest, readable: list[Officer], reader: Officer | None) -> Officer:
    code = request.GET.get("officer", "")
    if not code:
        code = reader.code if reader else next((each.code for each in readable), "")
    found = next((each for each in readable if each.code == code), None)
    if found is None:
        raise NotFound(_("There is no such officer, or the record is not yours to read."))
    return found


def _day(request: HttpRequest) -> date:
    text = request.GET.get("day", "").strip()
    if not text:
        return timezone.localdate()
    try:
        found = date.fromisoformat(text)
    except ValueError:
        found = None
    if found is None or not FIRST <= found <= LAST:
        raise InvalidInput(_("“%(day)s” is no day; write it as 2026-11-24.") % {"day": text[:40]})
    return found


def _record_url(officer: Officer, day: date) -> str:
    return f"{reverse('days')}?officer={officer.code}&day={day}"
