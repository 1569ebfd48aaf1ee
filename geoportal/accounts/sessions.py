"""Who has a session, in one question to the database; for doors that are too busy for Django's middleware."""

from typing import Any
from weakref import WeakSet

import psycopg2
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.db import OperationalError, connection
from django.utils.crypto import constant_time_compare

from layers.registry.audience import PUBLIC_VIEWER, Audience, Viewer

from .models import AUDIENCES, Role, User

_VIEWER_QUERY = """
    PREPARE viewer_of_session (bigint, text) AS
    SELECT s.session_data, u.password, u.role, ARRAY(
        SELECT d.code FROM accounts_user_departments AS m JOIN agencies_department AS d ON d.id = m.department_id
        WHERE m.user_id = u.id ORDER BY d.code
    )
    FROM django_session AS s LEFT JOIN accounts_user AS u ON u.id = $1 AND u.is_active
    WHERE s.session_key = $2 AND s.expire_date > now()
"""

_owners: dict[str, tuple[str, int, str]] = {}
"""What is in a session, by its key: its stored text, the user's number and the hash of their password."""
_prepared: WeakSet[Any] = WeakSet()
"""The connections that know the question."""
MOST_REMEMBERED = 10_000


def viewer_of_session(key: str) -> Viewer:
    """The viewer whom Django would find for the session, or the public one."""
    for _ in range(2):
        stored, owner, hashed = _owners.get(key, ("", 0, ""))
        row = _query(owner, key)
        if row is None:
            _owners.pop(key, None)
            return PUBLIC_VIEWER
        current, password, role, departments = row
        if current == stored:
            break
        if len(_owners) >= MOST_REMEMBERED:
            _owners.clear()
        _owners[key] = (current, *_owner(current))
    else:
        return PUBLIC_VIEWER
    if password is None or not constant_time_compare(hashed, User(password=password).get_session_auth_hash()):
        return PUBLIC_VIEWER
    audience = AUDIENCES[Role(role)]
    return Viewer(audience, tuple(departments) if audience == Audience.DEPARTMENT else ())


def _query(owner: int, key: str) -> tuple[Any, ...] | None:
    """Prepared once a connection: planning takes longer than answering."""
    connection.ensure_connection()
    raw: Any = connection.connection
    with raw.cursor() as cursor:
        try:
            if raw not in _prepared:
                cursor.execute(_VIEWER_QUERY)
                _prepared.add(raw)
            cursor.execute("EXECUTE viewer_of_session (%s, %s)", [owner, key])
            found: tuple[Any, ...] | None = cursor.fetchone()
            return found
        except psycopg2.Error as problem:
            connection.close()
            raise OperationalError(str(problem)) from problem


def _owner(stored: str) -> tuple[int, str]:
    content = SessionStore().decode(stored)
    try:
        return int(content[SESSION_KEY]), str(content[HASH_SESSION_KEY])
    except (KeyError, ValueError):
        return 0, ""
