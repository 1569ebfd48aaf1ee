"""What a question may cost: estimated before it runs, cut off while it runs, two at a time a person.

Who has no name shares four with their network.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from math import ceil
from time import monotonic
from typing import Any, TypeVar

from django.db import DataError, InternalError, OperationalError, connection, transaction
from psycopg2.errors import QueryCanceled
from psycopg2.extensions import TRANSACTION_STATUS_INERROR

from layers.errors import TooCostly
from layers.registry.access.layer_query import ROW, Condition, LayerQuery, relation, viewer_cursor
from layers.registry.audience import Viewer
from layers.registry.text import Text

from .errors import InvalidQuery, TooManyAtOnce, TooSlow

SECONDS = 10
AT_ONCE = 2
AT_ONCE_OF_NETWORK = 4
MOST_COST = 2e8
"""In the database's units: some minutes on one core, were it right; it seldom is, so that the clock decides the rest."""

Piece = TypeVar("Piece")


@contextmanager
def limits(viewer: Viewer, seconds: float = SECONDS, network: str = "") -> Iterator[None]:
    """Around what a question reads for a viewer, all of it in ``seconds``; ``network`` is where it comes from."""
    with _sentences(), transaction.atomic(), connection.cursor() as cursor:
        if viewer.name:
            _take_turn(cursor, f"question {viewer.name}", AT_ONCE, BUSY)
        elif network:
            _take_turn(cursor, f"question from {network}", AT_ONCE_OF_NETWORK, BUSY_NETWORK)
        cursor.execute("SHOW statement_timeout")
        before = cursor.fetchone()[0]
        with deadline(monotonic() + seconds):
            yield
        cursor.execute("SET LOCAL statement_timeout = %s", [before])


def timely(pieces: Iterator[Piece], seconds: float) -> Iterator[Piece]:
    """What is read piece by piece, as long as that takes no longer."""
    until = monotonic() + seconds
    while True:
        with _sentences(), deadline(until):
            piece = next(pieces, None)
        if piece is None:
            return
        yield piece


@contextmanager
def deadline(until: float) -> Iterator[None]:
    """Each statement of a transaction has the time that is left, but for those that end one that failed; ``until`` is
    of the monotonic clock."""

    def within(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        plain = context["cursor"].cursor
        if plain.connection.info.transaction_status != TRANSACTION_STATUS_INERROR:
            left = until - monotonic()
            if left <= 0:
                raise _too_slow()
            plain.execute(f"SET LOCAL statement_timeout = {ceil(left * 1000)}")
        return execute(sql, params, many, context)

    with connection.execute_wrapper(within):
        yield


def _take_turn(cursor: Any, name: str, count: int, busy: Text) -> None:
    for place in range(count):
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtext(%s), %s)", [name, place])
        if cursor.fetchone()[0]:
            return
    raise TooManyAtOnce(busy % {"count": count}, SECONDS)


BUSY = Text(
    "您已有 %(count)d 个查询在运行，请等其中一个结束。",
    "You have %(count)d questions running; wait until one has ended.",
)
BUSY_NETWORK = Text(
    "您所在的网络已有 %(count)d 个查询在运行，请等其中一个结束，或登录后查询。",
    "Your network has %(count)d questions running; wait until one has ended, or sign in.",
)


def _too_slow() -> TooSlow:
    return TooSlow(
        Text(
            "查询在规定时间内没有完成，请缩小范围或增加条件。",
            "The question was not answered in time; ask for a smaller area, or with more conditions.",
        )
    )


@contextmanager
def _sentences() -> Iterator[None]:
    try:
        yield
    except OperationalError as problem:
        if not isinstance(problem.__cause__, QueryCanceled):
            raise
        raise _too_slow() from None
    except DataError:
        raise InvalidQuery(
            Text("条件里的数值超出可计算的范围。", "A value goes beyond what can be computed.")
        ) from None
    except InternalError as problem:
        if "GEOS" not in str(problem) and "lwgeom" not in str(problem):
            raise
        raise InvalidQuery(
            Text("有要素的图形无法用于这一条件。", "The shape of a feature cannot be used in this condition.")
        ) from None


def check_cost(reading: LayerQuery, conditions: Sequence[Condition]) -> float:
    """What the database expects; refuses what nobody would wait for."""
    where = " AND ".join(f"({each.sql})" for each in conditions) or "true"
    name = relation(reading.layer, reading.viewer)
    params = [value for each in conditions for value in each.params]
    with viewer_cursor(reading.viewer) as cursor:
        cursor.execute(f"EXPLAIN (FORMAT JSON) SELECT id FROM {name} AS {ROW} WHERE {where}", params)
        cost = float(cursor.fetchone()[0][0]["Plan"]["Total Cost"])
    if cost > MOST_COST:
        raise TooCostly(
            Text(
                "查询过大，请缩小范围或先用字段条件筛选。",
                "The question is too large; ask for a smaller area, or choose by properties first.",
            )
        )
    return cost
