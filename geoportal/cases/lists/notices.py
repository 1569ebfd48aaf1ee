"""An officer's notices: what was told to them of cases, the newest first, and which they have read."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from geoportal.cases.formatting import format_moment
from geoportal.cases.labels import department_titles
from geoportal.cases.permissions import department_required, officer_of
from geoportal.http import answer, desk, number, page_links, site_of, viewer_of
from layers.agencies.models import Officer
from layers.casework.access.permissions import may_read_case
from layers.casework.cases.calendar_feeds import end_feed, renew_feed
from layers.casework.cases.consultations import waiting_consultations
from layers.casework.models import PORTAL, CalendarFeed, Notice, NoticeKind
from layers.errors import InvalidInput

from .notice_sentences import notice_sentence

ON_A_PAGE = 50
Shown = dict[str, Any]


@desk
@department_required
def notices_page(request: HttpRequest) -> HttpResponseBase:
    officer = officer_of(request)
    feed = ""
    if request.method == "POST" and officer and "calendar" in request.POST:
        feed = _renew_feed(request, officer)
    elif request.method == "POST":
        return _mark_read(request, officer)
    own = officer.notices.filter(channel=PORTAL) if officer else Notice.objects.none()
    pages = max(1, -(-own.count() // ON_A_PAGE))
    page = number(request, "page", 1, 1, pages)
    shown = own.select_related("case__department", "case__version", "event", "limit").order_by("-pk")
    rows = shown[(page - 1) * ON_A_PAGE : page * ON_A_PAGE]
    questions, departments = _questions(officer), department_titles()
    return answer(
        request,
        "cases/notices.html",
        {
            "has_officer": officer is not None,
            "feed": feed,
            "has_feed": officer is not None and CalendarFeed.objects.filter(officer=officer).exists(),
            "unread": own.filter(read_at=None).count(),
            "items": [_item(request, notice, questions, departments) for notice in rows],
            **page_links(request, page, pages),
        },
    )


def _renew_feed(request: HttpRequest, officer: Officer) -> str:
    """The address of the officer's calendar, this once; "" where it was ended."""
    if request.POST["calendar"] == "end":
        end_feed(officer)
        return ""
    return site_of(request) + reverse("case-calendar", args=[renew_feed(officer)])


def _mark_read(request: HttpRequest, officer: Officer | None) -> HttpResponseRedirect:
    """One, which is opened, or all."""
    if officer is None:
        raise InvalidInput(_("Only officers have notices."))
    unread = officer.notices.filter(read_at=None, channel=PORTAL)
    chosen = request.POST.get("notice", "")
    if not chosen:
        unread.update(read_at=timezone.now())
        return HttpResponseRedirect(reverse("case-notices"))
    found = (
        officer.notices.select_related("case__department").filter(pk=int(chosen), channel=PORTAL).first()
        if chosen.isascii() and chosen.isdigit() and len(chosen) < 16
        else None
    )
    if found is None:
        raise InvalidInput(_("There is no such notice among yours."))
    unread.filter(pk=found.pk).update(read_at=timezone.now())
    return HttpResponseRedirect(_address(request, found, _questions(officer)) or reverse("case-notices"))


def _questions(officer: Officer | None) -> dict[int, int]:
    """The most urgent opinion that the officer may give, by its case."""
    waiting = waiting_consultations(officer) if officer else []
    return {each.case_id: each.pk for each in reversed(waiting)}


def _is_question(notice: Notice, questions: Mapping[int, int]) -> bool:
    return notice.kind == NoticeKind.ASKED and notice.case_id in questions


def _address(request: HttpRequest, notice: Notice, questions: Mapping[int, int]) -> str | None:
    """Of the page on which an opinion is given, or of the case; None of what is no longer the reader's."""
    if _is_question(notice, questions):
        return reverse("case-consultation", args=[questions[notice.case_id]])
    return reverse("case", args=[notice.case_id]) if may_read_case(notice.case, viewer_of(request)) else None


def _item(
    request: HttpRequest, notice: Notice, questions: Mapping[int, int], departments: Mapping[str, str]
) -> Shown:
    """Of a case that is no longer the reader's nothing is told but that it is not."""
    known = {"id": notice.pk, "at": format_moment(notice.made_at), "is_read": notice.read_at is not None}
    if _address(request, notice, questions) is None:
        gone = _("Nothing is asked of your department in this case any more.")
        text = gone if notice.kind == NoticeKind.ASKED else _("The case is not your department's any more.")
        return {**known, "text": text, "case": None, "tone": ""}
    case = notice.case
    return {
        **known,
        "text": notice_sentence(notice, departments),
        "action": _("Give the opinion") if _is_question(notice, questions) else _("Open the case"),
        "case": {"id": case.pk, "number": case.number, "title": case.title},
        "tone": TONES.get(NoticeKind(notice.kind), ""),
    }


TONES = {
    NoticeKind.OVERDUE: "bad",
    NoticeKind.DUE: "fair",
    NoticeKind.ASSIGNED: "info",
    NoticeKind.ASKED: "info",
}
