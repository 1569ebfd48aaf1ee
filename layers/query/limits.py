"""What a question may cost: estimated before it runs, cut off while it runs, two at a time a person."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import DataError, InternalError, OperationalError, connection, transaction
from psycopg2.errors import QueryCanceled

from layers.registry.access.layer_query import ROW, Condition, LayerQuery, relation, viewer_cursor
from layers.registry.audience import Viewer
from layers.registry.text import Text

from .errors import InvalidQuery, TooCostly, TooManyAtOnce, TooSlow

SECONDS = 10
AT_ONCE = 2
MOST_COST = 2e8
"""In the database's units: some minutes on one core, were it right; it seldom is, so that the clock decides the rest."""


@contextmanager
def limits(viewer: Viewer, seconds: int = SECONDS) -> Iterator[None]:
    """Around what a question reads for a viewer; who has no name is not counted."""
    with _sentences(), transaction.atomic(), connection.cursor() as cursor:
        if viewer.name:
            _take_turn(cursor, viewer.name)
        cursor.execute("SHOW statement_timeout")
        before = cursor.fetchone()[0]
        cursor.execute("SET LOCAL statement_timeout = %s", [seconds * 1000])
        yield
        cursor.execute("SET LOCAL statement_timeout = %s", [before])


def _take_turn(cursor: Any, name: str) -> None:
    for place in range(AT_ONCE):
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtext(%s), %s)", [f"question {name}", place])
        if cursor.fetchone()[0]:
            return
    raise TooManyAtOnce(
        Text(
            "您已有%(count)d个查询在运行，请等其中一个结束。",
            "You have %(count)d questions running; wait until one has ended.",
        )
        % {"count": AT_ONCE},
        SECONDS,
    )


@contextmanager
def _sentences() -> Iterator[None]:
    try:
        yield
    except OperationalError as problem:
        if not isinstance(problem.__cause__, QueryCanceled):
            raise
        raise TooSlow(
            Text(
                "查询在规定时间内没有完成，请缩小范围或增加条件。",
                "The question was not answered in time; ask for a smaller area, or with more conditions.",
            )
        ) from None
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
