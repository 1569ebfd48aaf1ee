"""What a notice says, in a sentence."""

from collections.abc import Mapping

from django.utils.translation import gettext as _

from geoportal.cases.formatting import format_moment
from layers.casework.models import Event, EventKind, Notice, NoticeKind, Opinion
from layers.casework.procedures.versions import NoProcedure, procedure_of
from layers.registry.text import Text


def notice_sentence(notice: Notice, departments: Mapping[str, str]) -> str:
    """``departments`` are their names by code."""
    who = _who(notice)
    match notice.kind:
        case NoticeKind.STEP:
            return _("%(who)s: %(step)s") % {"who": who, "step": _step(notice)}
        case NoticeKind.NEW:
            return _("%(who)s opened the case; nobody handles it yet.") % {"who": who}
        case NoticeKind.TO_EXTEND:
            return _("%(who)s asks for more time: “%(limit)s”.") % {"who": who, "limit": _limit(notice)}
        case NoticeKind.ASSIGNED:
            return _("%(who)s gave the case to you.") % {"who": who}
        case NoticeKind.REMINDED:
            note = str(notice.event.data.get("note", "")) if notice.event else ""
            return _("%(who)s reminds you of the case. %(note)s") % {"who": who, "note": note}
        case NoticeKind.CONFIRM:
            return _("%(who)s added evidence with you as the second officer; confirm it.") % {"who": who}
        case NoticeKind.HANDED_OVER:
            return _("%(who)s handed the case over to your department.") % {"who": who}
        case NoticeKind.SHARED:
            return _("%(who)s made the case one that your department handles too.") % {"who": who}
        case NoticeKind.EXTENDED:
            return _("%(who)s extended the limit “%(limit)s”.") % {"who": who, "limit": _limit(notice)}
        case NoticeKind.DUE:
            due = format_moment(notice.limit.due if notice.limit else None)
            return _("The limit “%(limit)s” is due %(due)s.") % {"limit": _limit(notice), "due": due}
        case NoticeKind.ASKED:
            return _("Your department is asked for its opinion: “%(step)s”.") % {"step": _step(notice)}
        case _:
            return _of_others(notice, notice.event, departments)


def _of_others(notice: Notice, event: Event | None, departments: Mapping[str, str]) -> str:
    """What other departments and sub-tasks did, and limits that ran out."""
    data = event.data if event else {}
    if event and event.kind == EventKind.CONSULTATION:
        code = data["consulted"]
        names = {"department": departments.get(code, code), "step": _title(notice, "steps", data["asked"])}
        if data["act"] == "silent":
            return _("%(department)s did not answer in time: “%(step)s”.") % names
        said = {**names, "opinion": Opinion(data["opinion"]).label}
        return _("%(department)s answered “%(step)s”: %(opinion)s.") % said
    if event and event.kind == EventKind.SUBTASK:
        state = Text(**data["state"])
        return _("The sub-task %(number)s: %(state)s.") % {"number": data["subtask"], "state": state}
    if event and event.kind == EventKind.PARENT:
        state = Text(**data["state"])
        return _("The case %(number)s, whose sub-task this is: %(state)s.") % {
            "number": data["parent"],
            "state": state,
        }
    if event and event.kind == EventKind.OPENED:
        return _("%(who)s opened this sub-task of %(number)s for your department.") % {
            "who": event.who,
            "number": data["parent"],
        }
    return _("The limit “%(limit)s” has run out.") % {"limit": _limit(notice)}


def _who(notice: Notice) -> str:
    """Who is outside is called by their role, in the reader's language."""
    if notice.event is None:
        return ""
    role = notice.event.data.get("outside", "")
    return _title(notice, "roles", role) if role else notice.event.who


def _step(notice: Notice) -> str:
    return _title(notice, "steps", notice.event.step if notice.event else "")


def _limit(notice: Notice) -> str:
    code = notice.limit.code if notice.limit else notice.event.data.get("limit", "") if notice.event else ""
    return _title(notice, "deadlines", code)


def _title(notice: Notice, part: str, code: str) -> str:
    try:
        known = getattr(procedure_of(notice.case), part)
    except NoProcedure:
        return code
    return str(known[code].title) if code in known else code
