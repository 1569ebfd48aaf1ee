"""An officer's notices: what was told to them of cases, the newest first, and which they have read."""

from typing import Any

from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from geoportal.cases.formatting import format_moment
from geoportal.cases.permissions import department_required, officer_of
from geoportal.http import answer, desk, number, viewer_of
from layers.agencies.models import Officer
from layers.casework.access.permissions import may_read_case
from layers.casework.models import PORTAL, Notice, NoticeKind
from layers.casework.procedures.versions import NoProcedure, procedure_of
from layers.errors import InvalidInput

ON_A_PAGE = 50
Shown = dict[str, Any]


@desk
@department_required
def notices_page(request: HttpRequest) -> HttpResponseBase:
    officer = officer_of(request)
    if request.method == "POST":
        return _mark_read(request, officer)
    own = officer.notices.filter(channel=PORTAL) if officer else Notice.objects.none()
    pages = max(1, -(-own.count() // ON_A_PAGE))
    page = number(request, "page", 1, 1, pages)
    shown = own.select_related("case__department", "case__version", "event", "limit").order_by("-pk")
    rows = shown[(page - 1) * ON_A_PAGE : page * ON_A_PAGE]
    return answer(
        request,
        "cases/notices.html",
        {
            "has_officer": officer is not None,
            "unread": own.filter(read_at=None).count(),
            "items": [_item(request, notice) for notice in rows],
            "page": page,
            "pages": pages,
            "previous": f"?page={page - 1}" if page > 1 else None,
            "next": f"?page={page + 1}" if page < pages else None,
        },
    )


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
    readable = may_read_case(found.case, viewer_of(request))
    return HttpResponseRedirect(
        reverse("case", args=[found.case_id]) if readable else reverse("case-notices")
    )


def _item(request: HttpRequest, notice: Notice) -> Shown:
    """Of a case that is no longer the reader's nothing is told but that it is not."""
    known = {"id": notice.pk, "at": format_moment(notice.made_at), "is_read": notice.read_at is not None}
    if not may_read_case(notice.case, viewer_of(request)):
        return {**known, "text": _("The case is not your department's any more."), "case": None, "tone": ""}
    case = notice.case
    return {
        **known,
        "text": _sentence(notice),
        "case": {"id": case.pk, "number": case.number, "title": case.title},
        "tone": TONES.get(NoticeKind(notice.kind), ""),
    }


TONES = {NoticeKind.OVERDUE: "bad", NoticeKind.DUE: "fair", NoticeKind.ASSIGNED: "info"}


def _sentence(notice: Notice) -> str:
    event, who = notice.event, notice.event.who if notice.event else ""
    match notice.kind:
        case NoticeKind.STEP:
            return _("%(who)s: %(step)s") % {
                "who": who,
                "step": _title(notice, "steps", event.step if event else ""),
            }
        case NoticeKind.ASSIGNED:
            return _("%(who)s gave the case to you.") % {"who": who}
        case NoticeKind.HANDED_OVER:
            return _("%(who)s handed the case over to your department.") % {"who": who}
        case NoticeKind.SHARED:
            return _("%(who)s made the case one that your department handles too.") % {"who": who}
        case NoticeKind.EXTENDED:
            return _("%(who)s extended the limit “%(limit)s”.") % {"who": who, "limit": _limit(notice)}
        case NoticeKind.DUE:
            due = format_moment(notice.limit.due if notice.limit else None)
            return _("The limit “%(limit)s” is due %(due)s.") % {"limit": _limit(notice), "due": due}
        case _:
            return _("The limit “%(limit)s” has run out.") % {"limit": _limit(notice)}


def _limit(notice: Notice) -> str:
    code = notice.limit.code if notice.limit else notice.event.data.get("limit", "") if notice.event else ""
    return _title(notice, "deadlines", code)


def _title(notice: Notice, part: str, code: str) -> str:
    try:
        known = getattr(procedure_of(notice.case), part)
    except NoProcedure:
        return code
    return str(known[code].title) if code in known else code
