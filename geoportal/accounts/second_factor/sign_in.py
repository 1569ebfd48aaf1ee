"""Between the password and the second factor nobody is signed in yet: the session knows only who wants to be.

So it is too with a session that began before its person had to have one.
"""

import time
from collections.abc import Mapping
from typing import Any

from django.contrib.auth import get_user_model, login
from django.http import HttpRequest, HttpResponseRedirect
from django.utils.crypto import constant_time_compare

from geoportal.accounts.models import User
from geoportal.accounts.throttle.devices import account_digest, remember_device

from .rules import is_required

KEY, PROVED = "sign_in", "second_factor"
SECONDS = 900


def begin_sign_in(request: HttpRequest, user: User, following: str) -> None:
    request.session.cycle_key()
    request.session[KEY] = {
        "user": user.pk,
        "password": user.get_session_auth_hash(),
        "until": time.time() + SECONDS,
        "next": following,
    }


def pending_user(request: HttpRequest) -> User | None:
    """Who gave the right password a while ago, if it is still theirs."""
    kept = request.session.get(KEY)
    if not kept or kept["until"] < time.time():
        return None
    user = get_user_model().objects.filter(pk=kept["user"], is_active=True).first()
    if user is None or not constant_time_compare(user.get_session_auth_hash(), kept["password"]):
        return None
    return user


def complete_sign_in(request: HttpRequest, user: User, proof: str) -> HttpResponseRedirect:
    """``proof`` is what the list of sessions calls the second factor."""
    following = request.session.pop(KEY)["next"]
    login(request, user)
    request.session[PROVED] = proof
    response = HttpResponseRedirect(following)
    remember_device(request, response, account_digest(user.get_username()))
    return response


def lacks_factor(session: Mapping[str, Any], user: User) -> bool:
    """Whether a session that is this person's opens nothing, at whatever door."""
    return is_required(user) and not session.get(PROVED)
