"""Who has a session, from memory, for doors that are too busy to ask the database each time.

Triggers on sessions, accounts, their departments, officers and the departments tell of every change as it is committed
(``sql/viewer_changes.sql``). Word is read before each answer; while none can come, the database is asked.
"""

import hashlib
import threading
import time
from dataclasses import dataclass
from typing import Any

import psycopg2
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY, load_backend
from django.db import OperationalError, connection
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from layers.registry.audience import PUBLIC_VIEWER, Viewer

from .models import Session, User
from .second_factor.sign_in import lacks_factor

CHANNEL = "geoportal_viewers"
"""On which a transaction says ``session:<digest of the key>``, ``user:<number>`` or ``all``."""
MOST_REMEMBERED = 10_000
KEEPALIVE = {"keepalives_idle": 2, "keepalives_interval": 1, "keepalives_count": 2, "tcp_user_timeout": 4000}
"""Seconds, and milliseconds, after which a database that is cut off without a word counts as lost."""


@dataclass(frozen=True)
class SessionViewer:
    """``expires`` is in seconds since 1970; ``user`` is 0 where nobody is signed in."""

    viewer: Viewer
    user: int
    expires: float


class SessionViewers:
    """The viewers of this process's sessions."""

    def __init__(self) -> None:
        self._known: dict[str, SessionViewer] = {}
        self._changes = 0
        self._listener: Any = None
        self._lock, self._connecting = threading.Lock(), threading.Lock()

    def remembered(self, key: str) -> Viewer | None:
        """The viewer whom Django would find for the session; None if the database must be asked."""
        with self._lock:
            self._follow()
            found = self._known.get(digest(key))
        return found.viewer if found and found.expires > time.time() else None

    def look_up(self, key: str) -> Viewer:
        """As :meth:`remembered`, asking the database where needed; the public viewer for no session."""
        self._listen()
        known = self.remembered(key)
        if known is not None:
            return known
        changes = self._changes
        found = session_viewer(key)
        with self._lock:
            if self._listener is not None and self._changes == changes:  # else it may be outdated already
                if len(self._known) >= MOST_REMEMBERED:
                    self._known.clear()
                self._known[digest(key)] = found
        return found.viewer

    def close(self) -> None:
        with self._lock:
            self._forget()

    def _listen(self) -> None:
        with self._connecting:
            if self._listener is None:
                made = _listener()
                with self._lock:
                    self._listener = made

    def _follow(self) -> None:
        """Drop what changed since the last time; everything when nobody can tell any more."""
        if self._listener is None:
            return
        try:
            self._listener.poll()
        except psycopg2.Error:
            self._forget()
            return
        while self._listener.notifies:
            self._drop(self._listener.notifies.pop(0).payload)

    def _drop(self, payload: str) -> None:
        self._changes += 1
        what, _, which = payload.partition(":")
        if what == "session":
            self._known.pop(which, None)
        elif what == "user":
            self._known = {key: each for key, each in self._known.items() if each.user != int(which)}
        else:
            self._known.clear()

    def _forget(self) -> None:
        self._changes += 1
        self._known.clear()
        if self._listener is not None:
            self._listener.close()
            self._listener = None


def _listener() -> Any:
    params = connection.get_connection_params()
    for name in ("cursor_factory", "context"):
        params.pop(name, None)
    try:
        made = psycopg2.connect(**{**params, **KEEPALIVE})
        made.autocommit = True
        made.cursor().execute(f"LISTEN {CHANNEL}")
    except psycopg2.Error as problem:
        raise OperationalError(str(problem)) from problem
    return made


def digest(key: str) -> str:
    """What a session is called where its key must not be told."""
    return hashlib.sha256(key.encode()).hexdigest()


def session_viewer(key: str) -> SessionViewer:
    row = None
    if key.isascii() and key.isalnum():
        row = Session.objects.filter(session_key=key, expire_date__gt=timezone.now()).first()
    if row is None:
        return SessionViewer(PUBLIC_VIEWER, 0, float("inf"))
    user = _user(row.get_decoded())
    return SessionViewer(Viewer.of(user), user.pk if user else 0, row.expire_date.timestamp())


def _user(session: dict[str, Any]) -> User | None:
    """As Django's own :func:`django.contrib.auth.get_user`, which would change the session."""
    if not {SESSION_KEY, BACKEND_SESSION_KEY, HASH_SESSION_KEY} <= session.keys():
        return None
    user = load_backend(session[BACKEND_SESSION_KEY]).get_user(int(session[SESSION_KEY]))
    if not isinstance(user, User):
        return None
    hashes = (user.get_session_auth_hash(), *user.get_session_auth_fallback_hash())
    signed = str(session[HASH_SESSION_KEY])
    is_signed = any(constant_time_compare(signed, each) for each in hashes)
    return user if is_signed and not lacks_factor(session, user) else None
