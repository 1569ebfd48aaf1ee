"""A session ends when it was not used for a while: at a desk after hours, at an officer's phone after days."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.auth.signals import user_logged_in
from django.db import transaction
from django.dispatch import receiver
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone

from .client_address import client_address
from .models import Session, User
from .session_store import ADDRESS, BEGUN, BROWSER

INTERVAL = timedelta(minutes=5)
LONGEST = 300
"""Signs that are kept of what a browser says of itself."""


@receiver(user_logged_in)
def begin(request: HttpRequest, user: User, **_: Any) -> None:
    browser = request.META.get("HTTP_USER_AGENT", "").replace("\x00", "")[:LONGEST]
    request.session[ADDRESS] = client_address(request).partition("%")[0] or None
    request.session[BROWSER], request.session[BEGUN] = browser, timezone.now().isoformat()
    following = str(request.POST.get("next", ""))
    is_phone = user.officer_id is not None and ("Mobi" in browser or following.startswith(reverse("field")))
    request.session.set_expiry(settings.PHONE_IDLE_SECONDS if is_phone else settings.SESSION_COOKIE_AGE)
    _forget()


def _forget() -> None:
    with transaction.atomic():
        over = Session.objects.filter(expire_date__lt=timezone.now())
        keys = list(over.select_for_update(skip_locked=True).values_list("pk", flat=True)[:1000])
        Session.objects.filter(pk__in=keys).delete()


class IdleMiddleware:
    """Notes now and then that a session is used, which puts its end off; never what is in it, so nothing is overwritten."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if request.session.accessed and SESSION_KEY in request.session:
            self._note(request, response)
        return response

    def _note(self, request: HttpRequest, response: HttpResponseBase) -> None:
        now, age = timezone.now(), request.session.get_expiry_age()
        key = request.session.session_key
        used = Session.objects.filter(session_key=key, seen_at__lt=now - INTERVAL)
        if key and used.update(seen_at=now, expire_date=now + timedelta(seconds=age)):
            response.set_cookie(
                settings.SESSION_COOKIE_NAME,
                key,
                max_age=age,
                path=settings.SESSION_COOKIE_PATH,
                secure=settings.SESSION_COOKIE_SECURE,
                httponly=True,
                samesite="Lax",
            )
