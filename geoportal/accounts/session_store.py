"""Django's engine of sessions in the database, with rows that say whose each is, from where, and when last used."""

from datetime import datetime
from typing import Any

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore

ADDRESS, BROWSER, BEGUN = "address", "browser", "begun"
"""What a session knows of its beginning."""


class SessionStore(DatabaseStore):
    @classmethod
    def get_model_class(cls) -> Any:
        from .models import Session

        return Session

    def create_model_instance(self, data: dict[str, Any]) -> Any:
        row: Any = super().create_model_instance(data)
        row.user_id = data.get(SESSION_KEY)
        row.address, row.browser = data.get(ADDRESS), data.get(BROWSER, "")
        if BEGUN in data:
            row.begun_at = datetime.fromisoformat(data[BEGUN])
        return row
