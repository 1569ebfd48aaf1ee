"""How workers hear that there is something to do."""

from django.db import connection

CHANNEL = "jobs"


def notify_workers() -> None:
    """As soon as what was changed is committed."""
    with connection.cursor() as cursor:
        cursor.execute(f"NOTIFY {CHANNEL}")
