"""Browsers from which an account was signed in before; a signed cookie says so, and opens nothing."""

import secrets
from typing import Any

from django.conf import settings
from django.core import signing
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.crypto import salted_hmac

COOKIE = "device"
SECONDS = 365 * 24 * 3600
MOST = 8
"""Accounts that one browser remembers."""


def device_of(request: HttpRequest, account: str) -> str:
    """The number of the browser if it knows the account (a digest), else nothing."""
    kept = _read(request)
    return str(kept["device"]) if account in kept["accounts"] else ""


def remember_device(request: HttpRequest, response: HttpResponseBase, account: str) -> None:
    kept = _read(request)
    others = [each for each in kept["accounts"] if each != account]
    value = {"device": kept["device"], "accounts": [account, *others][:MOST]}
    response.set_cookie(
        COOKIE,
        signing.dumps(value, salt=COOKIE),
        max_age=SECONDS,
        path=settings.SESSION_COOKIE_PATH,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def account_subject(name: str) -> str:
    """By what guesses at an account are counted, and browsers that know it."""
    return f"account {name}"


def account_digest(name: str) -> str:
    return digest(account_subject(name))


def digest(text: str) -> str:
    """What stands for a name or an address where it need not be known."""
    return salted_hmac("geoportal.accounts.throttle", text, algorithm="sha256").hexdigest()


def _read(request: HttpRequest) -> dict[str, Any]:
    try:
        kept: dict[str, Any] = signing.loads(request.COOKIES.get(COOKIE, ""), salt=COOKIE, max_age=SECONDS)
    except signing.BadSignature:
        return {"device": secrets.token_urlsafe(16), "accounts": []}
    return kept
