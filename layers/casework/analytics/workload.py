"""What is on the desks: open cases by state, place and officer, each by how it stands to its limit."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db import connection
from django.db.models import Case as Choose
from django.db.models import CharField, Count, QuerySet, Value, When

from layers.agencies.models import Officer
from layers.casework.models import Case

from .filters import CaseStanding, standing_q

STANDING_ORDER = (CaseStanding.ON_TIME, CaseStanding.WARNING, CaseStanding.OVERDUE, CaseStanding.UNLIMITED)
"""In the order in which they are shown; every open case is in one of them."""

Counts = Counter[str]


@dataclass
class Workload:
    """Numbers of open cases: by (procedure, state), by the key of the grid cell, and by that of the officer."""

    states: dict[tuple[str, str], Counts] = field(default_factory=lambda: defaultdict(Counter))
    cells: dict[int | None, Counts] = field(default_factory=lambda: defaultdict(Counter))
    officers: dict[int | None, Counts] = field(default_factory=lambda: defaultdict(Counter))

    @property
    def total(self) -> Counts:
        return sum(self.states.values(), Counter())


WORKLOAD = """
    WITH open AS MATERIALIZED ({cases})
    SELECT grouping(procedure, grid_cell_id, handler_id), procedure, state, grid_cell_id, handler_id,
        standing, count(*)
    FROM open GROUP BY GROUPING SETS
        ((procedure, state, standing), (grid_cell_id, standing), (handler_id, standing))
"""
BY_STATE, BY_CELL, BY_OFFICER = 0b011, 0b101, 0b110


def count_workload(cases: "QuerySet[Case]", now: datetime) -> Workload:
    """All three in one pass over the cases."""
    stands = Choose(
        When(standing_q(CaseStanding.UNLIMITED, now), then=Value(CaseStanding.UNLIMITED)),
        When(standing_q(CaseStanding.OVERDUE, now), then=Value(CaseStanding.OVERDUE)),
        When(standing_q(CaseStanding.WARNING, now), then=Value(CaseStanding.WARNING)),
        default=Value(CaseStanding.ON_TIME),
        output_field=CharField(),
    )
    chosen = cases.filter(closed=None).order_by().annotate(standing=stands)
    sql, params = chosen.values(
        "procedure", "state", "grid_cell_id", "handler_id", "standing"
    ).query.sql_with_params()
    found = Workload()
    with connection.cursor() as cursor:
        cursor.execute(WORKLOAD.format(cases=sql), params)
        for group, procedure, state, cell, officer, standing, number in cursor.fetchall():
            if group == BY_STATE:
                found.states[procedure, state][standing] += number
            elif group == BY_CELL:
                found.cells[cell][standing] += number
            else:
                found.officers[officer][standing] += number
    return found


def count_closed(cases: "QuerySet[Case]", since: date, until: date) -> Mapping[int | None, int]:
    """How many cases were closed between two days, by the key of their officer."""
    closed = cases.filter(closed__gte=since, closed__lte=until).order_by()
    return dict(closed.values_list("handler").annotate(number=Count("pk")))


def open_cases_of(officers: Iterable[Officer]) -> dict[int, int]:
    """How many open cases each of them handles, by the key of the officer; nothing of those who handle none."""
    found = Case.objects.filter(closed=None, handler__in=[each.pk for each in officers]).order_by()
    return dict(found.values_list("handler").annotate(number=Count("pk")))
