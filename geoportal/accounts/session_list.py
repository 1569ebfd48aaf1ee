"""Where one is signed in, and the end of it there."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import formats, timezone
from django.utils.translation import gettext as _

from geoportal.http import answer, desk

from .models import Session, User
from .second_factor.sign_in import PROVED
from .sessions import digest

PROGRAMS = {
    "MicroMessenger": "微信 WeChat",
    "HuaweiBrowser": "Huawei Browser",
    "QQBrowser": "QQ Browser",
    "Edg": "Edge",
    "Firefox": "Firefox",
    "FxiOS": "Firefox",
    "Chrome": "Chrome",
    "Safari": "Safari",
}
SYSTEMS = {
    "HarmonyOS": "HarmonyOS",
    "Android": "Android",
    "iPhone": "iPhone",
    "iPad": "iPad",
    "Windows": "Windows",
    "Mac OS": "macOS",
    "Linux": "Linux",
}
"""What a browser says of itself, most special first, and how people call it."""


@desk
@login_required
def sessions(request: HttpRequest) -> HttpResponse:
    person = cast(User, request.user)
    if request.method == "POST":
        _end(request, person)
        return HttpResponseRedirect(reverse("sessions"))
    content = {"sessions": list(_shown(request, person))}
    return answer(request, "accounts/sessions.html", content)


def _own(person: User) -> Any:
    return Session.objects.filter(user=person, expire_date__gt=timezone.now()).order_by("-seen_at")


def _shown(request: HttpRequest, person: User) -> Iterator[dict[str, Any]]:
    for row in _own(person):
        yield {
            "id": digest(row.session_key),
            "device": device_name(row.browser),
            "address": row.address or "",
            "proof": proof(row.get_decoded().get(PROVED)),
            "begun": _moment(row.begun_at),
            "seen": _moment(row.seen_at),
            "is_this": row.session_key == request.session.session_key,
        }


def _moment(at: datetime) -> str:
    return formats.date_format(timezone.localtime(at), "SHORT_DATETIME_FORMAT")


def _end(request: HttpRequest, person: User) -> None:
    """The one that is named, or all but this."""
    named = request.POST.get("session", "")
    others = [row for row in _own(person) if row.session_key != request.session.session_key]
    ended = [row.pk for row in others if named in {"others", digest(row.session_key)}]
    Session.objects.filter(pk__in=ended).delete()
    if ended:
        messages.success(request, _("Signed out there."))


def proof(second: object) -> str:
    """By what somebody signed in; ``second`` is what the session keeps of the second factor."""
    if not second:
        return _("Password")
    kind, _blank, name = str(second).partition(" ")
    if kind == "passkey":
        return _("Password and passkey “{name}”").format(name=name)
    return _("Password and code")


def device_name(browser: str) -> str:
    program = next((name for sign, name in PROGRAMS.items() if sign in browser), _("Unknown browser"))
    system = next((name for sign, name in SYSTEMS.items() if sign in browser), "")
    return f"{program} · {system}" if system else program
