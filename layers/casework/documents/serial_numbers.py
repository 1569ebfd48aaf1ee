"""Numbers given out once each, without gaps where the transaction that took one commits."""

from django.db import connection

NEXT = """
    INSERT INTO casework_numberseries (series, last) VALUES (%s, 1)
    ON CONFLICT (series) DO UPDATE SET last = casework_numberseries.last + 1 RETURNING last
"""


def next_number(series: str) -> int:
    """The next number of a series; others wait until this transaction has ended."""
    with connection.cursor() as cursor:
        cursor.execute(NEXT, [series])
        return int(cursor.fetchone()[0])
