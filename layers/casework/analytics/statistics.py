"""Figures of casework: how many cases of each measure there are, by what one asks to tell apart."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils.crypto import salted_hmac

from layers.casework.indicator import Rate
from layers.casework.models import Case
from layers.registry.text import Text

from .filters import NOBODY
from .indicators import MARK_COLUMNS, MARKS, case_marks_sql, measures


@dataclass(frozen=True)
class Grouping:
    """By what figures are told apart: ``key`` is SQL over the cases ``m`` and what ``join`` adds.

    ``word`` is the filter's word for the key, "" where the period stands for it. ``parts`` gives rows of
    (key, part) where a case counts in several groups: the key stands for a set of them then.
    """

    code: str
    title: Text
    key: str
    join: str = ""
    word: str = ""
    parts: str = ""

    @property
    def overlaps(self) -> bool:
        return bool(self.parts)


GROUPINGS: Mapping[str, Grouping] = {
    grouping.code: grouping
    for grouping in (
        Grouping(
            "month", Text("月份", "Month"), "to_char(m.reported AT TIME ZONE 'Asia/Shanghai', 'YYYY-MM')"
        ),
        Grouping(
            "department",
            Text("部门", "Department"),
            "d.code",
            "JOIN agencies_department AS d ON d.id = m.department_id",
            "department",
        ),
        Grouping(
            "post",
            Text("岗位", "Post"),
            "m.posts",
            word="post",
            parts="SELECT key, unnest(key) AS part FROM (SELECT DISTINCT key FROM alike) AS alike",
        ),
        Grouping(
            "officer",
            Text("主办人", "Officer"),
            "o.code",
            "LEFT JOIN agencies_officer AS o ON o.id = m.handler_id",
            "officer",
        ),
        Grouping("category", Text("类别", "Category"), "m.category", "", "category"),
        Grouping(
            "subdistrict",
            Text("街道", "Subdistrict"),
            "left(v.code, 9) || '000'",
            "LEFT JOIN base_division AS v ON v.id = m.division_id",
            "division",
        ),
        Grouping(
            "division",
            Text("社区（村）", "Community"),
            "v.code",
            "LEFT JOIN base_division AS v ON v.id = m.division_id",
            "division",
        ),
        Grouping(
            "grid",
            Text("单元网格", "Grid cell"),
            "g.code",
            "LEFT JOIN base_gridcell AS g ON g.id = m.grid_cell_id",
            "grid",
        ),
    )
}


@dataclass(frozen=True)
class FigureRow:
    """What is counted of one group; ``hidden`` are measures whose small figures are kept back."""

    key: str
    counts: Mapping[str, int]
    suppressed: frozenset[str] = field(default=frozenset())

    def share(self, rate: Rate) -> float | None:
        """None where there is nothing to take a share of, or where it is kept back."""
        whole = self.counts[rate.whole]
        if not whole or {rate.part, rate.whole} & self.suppressed:
            return None
        return self.counts[rate.part] / whole


def count_by_group(cases: "QuerySet[Case]", by: str, now: datetime) -> tuple[list[FigureRow], FigureRow]:
    """One row a group, in the order of the keys, and one of all the cases, each counted once.

    Cases of which the same is said are counted before their marks are looked at.
    """
    grouping = GROUPINGS[by]
    counted = ", ".join(f"COALESCE(sum(n) FILTER (WHERE {m.sql}), 0)::int" for m in measures().values())
    sql, params = case_marks_sql(cases, now)
    same = ", ".join(f"m.{name}" for name in MARK_COLUMNS)
    key = f"COALESCE(NULLIF({'part' if grouping.parts else 'key'}, ''), '{NOBODY}')"
    parts = f"JOIN ({grouping.parts}) AS parts USING (key)" if grouping.parts else ""
    sql = f"""
        WITH m AS ({sql}),
        alike AS (SELECT {grouping.key} AS key, {same}, count(*) AS n FROM m {grouping.join} GROUP BY 1, {same})
        SELECT {key}, {counted} FROM (SELECT *, {MARKS} FROM alike {parts}) AS marked GROUP BY 1
        UNION ALL
        SELECT NULL, {counted} FROM (SELECT *, {MARKS} FROM alike) AS marked
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_sort = off")
        cursor.execute(sql, params)
        rows = [(key, dict(zip(measures(), counts, strict=True))) for key, *counts in cursor.fetchall()]
    whole = next(counts for key, counts in rows if key is None)
    groups = sorted(((str(key), counts) for key, counts in rows if key is not None), key=lambda row: row[0])
    return [FigureRow(key, counts) for key, counts in groups], FigureRow("all", whole)


FEW = 5
"""Groups with fewer cases are kept back from those whose cases they are not."""


def _rounded(number: int) -> int:
    """To the multiple of FEW below or above; of two numbers the larger is never told as the smaller one.

    From where on it is the multiple above is drawn for each one and known to the portal alone: whoever knew it could
    tell of one small group in twenty, from totals and other parts, that it is not none, and now and then how many it is.
    """
    below, rest = divmod(number, FEW)
    drawn = salted_hmac("layers.casework.analytics.statistics", str(below), algorithm="sha256").digest()
    return FEW * (below + (rest > int.from_bytes(drawn[:8]) % FEW))


def large_groups(rows: list[FigureRow]) -> list[FigureRow]:
    """That there is a group of a few cases at all would tell of them."""
    return [row for row in rows if row.counts["reported"] >= FEW]


def suppress_small_counts(rows: list[FigureRow]) -> list[FigureRow]:
    """Figures below FEW are hidden, and none is told from one; a figure that alone would be hidden takes the next
    smallest with it, lest it be told from the total. The others are rounded to multiples of FEW, lest the difference
    of two answers tell of a single case."""
    hidden: dict[str, set[str]] = {row.key: set() for row in rows}
    for code in measures():
        counted = sorted((row.counts[code], row.key) for row in rows)
        small = [key for number, key in counted if number < FEW]
        if len(small) == 1 and len(counted) > 1:
            small = [key for _, key in counted[:2]]
        for key in small:
            hidden[key].add(code)
    return [
        FigureRow(
            row.key,
            {code: 0 if code in hidden[row.key] else _rounded(number) for code, number in row.counts.items()},
            frozenset(hidden[row.key]),
        )
        for row in rows
    ]
