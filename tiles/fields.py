"""Column types that Django has no field for."""

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper


class TransactionId(models.Field):  # type: ignore[type-arg]
    """PostgreSQL's 64-bit transaction number."""

    def db_type(self, connection: BaseDatabaseWrapper) -> str:
        return "xid8"
