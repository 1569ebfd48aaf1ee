"""Figures of casework: how many cases of each measure there are, by what one asks to tell apart."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.db import connection, transaction
from django.db.models import QuerySet

from ..registry.text import Text
from .filters import NOBODY
from .measures import MARKS, MEASURES, RATES, SAID, Rate, said
from .models import Case


@dataclass(frozen=True)
class Grouping:
    """By what figures are told apart: ``key`` is SQL over the cases ``m`` and what ``join`` adds.

    ``word`` is the filter's word for the key, "" where the period stands for it.
    """

    code: str
    title: Text
    key: str
    join: str = ""
    word: str = ""
    overlaps: bool = False


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
            "p.post",
            """JOIN (
                SELECT DISTINCT e.case_id, o.post FROM casework_event AS e
                JOIN (SELECT id, unnest(posts) AS post FROM agencies_officer) AS o ON o.id = e.officer_id
                WHERE e.kind = 'step' AND e.case_id IN (SELECT id FROM m)) AS p ON p.case_id = m.id""",
            "post",
            overlaps=True,
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
class Row:
    """What is counted of one group; ``hidden`` are measures whose small figures are kept back."""

    key: str
    counts: Mapping[str, int]
    hidden: frozenset[str] = field(default=frozenset())

    def share(self, rate: Rate) -> float | None:
        """None where there is nothing to take a share of, or where it is kept back."""
        whole = self.counts[rate.whole]
        if not whole or {rate.part, rate.whole} & self.hidden:
            return None
        return self.counts[rate.part] / whole


def count(cases: "QuerySet[Case]", by: str, now: datetime) -> list[Row]:
    """One row a group, in the order of the keys."""
    grouping = GROUPINGS[by]
    return _rows(cases, f"COALESCE(NULLIF({grouping.key}, ''), '{NOBODY}')", grouping.join, now)


def total(cases: "QuerySet[Case]", now: datetime) -> Row:
    return _rows(cases, "'all'", "", now)[0]


def added(rows: list[Row]) -> Row:
    """The total of groups that do not overlap."""
    return Row("all", {code: sum(row.counts[code] for row in rows) for code in MEASURES})


def _rows(cases: "QuerySet[Case]", key: str, join: str, now: datetime) -> list[Row]:
    """Cases of which the same is said are counted before their marks are looked at."""
    counted = ", ".join(f"COALESCE(sum(n) FILTER (WHERE {m.sql}), 0)::int" for m in MEASURES.values())
    sql, params = said(cases, now)
    alike = ", ".join(f"m.{name}" for name in SAID)
    sql = f"""
        WITH m AS ({sql}),
        alike AS (SELECT {key} AS key, {alike}, count(*) AS n FROM m {join} GROUP BY 1, {alike})
        SELECT key, {counted} FROM (SELECT *, {MARKS} FROM alike) AS marked GROUP BY key
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_sort = off")
        cursor.execute(sql, params)
        rows = sorted(cursor.fetchall())
    if not rows and key == "'all'":
        return [Row("all", dict.fromkeys(MEASURES, 0))]
    return [Row(str(found), dict(zip(MEASURES, counts, strict=True))) for found, *counts in rows]


FEW = 5
"""Groups with fewer cases are kept back from those whose cases they are not."""


def kept_back(rows: list[Row]) -> list[Row]:
    """Figures below FEW are hidden; a figure that alone would be hidden takes the next smallest with it,
    lest it be told from the total."""
    hidden: dict[str, set[str]] = {row.key: set() for row in rows}
    for code in MEASURES:
        counted = sorted((row.counts[code], row.key) for row in rows if row.counts[code])
        small = [key for number, key in counted if number < FEW]
        if len(small) == 1 and len(counted) > 1:
            small = [key for _, key in counted[:2]]
        for key in small:
            hidden[key].add(code)
    return [
        Row(
            row.key,
            {code: 0 if code in hidden[row.key] else number for code, number in row.counts.items()},
            frozenset(hidden[row.key]),
        )
        for row in rows
    ]


__all__ = ["FEW", "GROUPINGS", "RATES", "Grouping", "Row", "added", "count", "kept_back", "total"]
