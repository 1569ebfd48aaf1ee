"""The supervisor's board: open cases by state, place and officer, and how they stand to their limits."""

import json
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from geoportal.cases import labels
from geoportal.cases.formatting import state_title
from geoportal.cases.permissions import department_required
from geoportal.cases.query_params import (
    case_filter,
    department_viewer,
    options,
    search_link,
    selectable_departments,
)
from geoportal.features.feature_text import display_name
from geoportal.http import answer, door
from layers.agencies.models import Officer
from layers.base.models import GridCell
from layers.casework.access.permissions import department_cases, posts_with
from layers.casework.analytics.filters import NOBODY, STANDINGS, CaseFilter, CaseStanding
from layers.casework.analytics.workload import STANDING_ORDER, Counts, Workload, count_closed, count_workload
from layers.casework.models import Case
from layers.casework.procedures import Capability
from layers.casework.procedures.titles import procedure_titles, root_procedures
from layers.registry.audience import Audience, Viewer

from .choropleth import AreaValues, choropleth

MOST_CELLS = 20
"""Grid cells in the table; the map has all of them."""
TONES = {CaseStanding.WARNING: "fair", CaseStanding.OVERDUE: "bad"}


@door
@department_required
def board(request: HttpRequest) -> HttpResponse:
    viewer, wanted = department_viewer(request), case_filter(request)
    cases = filtered_cases(viewer, wanted)
    found = count_workload(cases, timezone.now())
    content = {
        "headings": [str(STANDINGS[standing]) for standing in STANDING_ORDER],
        "whole": _count_row(wanted, found.total),
        "procedures": _state_tables(wanted, found),
        "officers": _officer_rows(viewer, wanted, found, cases),
        "cells": _cell_rows(wanted, found),
        "cells_in_all": len(found.cells.keys() - {None}),
        "departments": options(
            ((each.code, display_name(each)) for each in selectable_departments(viewer)),
            wanted.department,
        ),
        "kinds": options(procedure_titles().items(), wanted.procedure),
        "figures": json.dumps(
            {"open": str(STANDINGS[CaseStanding.OPEN]), "overdue": str(STANDINGS[CaseStanding.OVERDUE])}
        ),
        "query": wanted.query(),
        "now": timezone.localtime(),
    }
    return answer(request, "cases/board.html", content)


@door
@department_required
def board_grid(request: HttpRequest) -> HttpResponse:
    """GeoJSON of the grid cells with open cases, with the classes of the map."""
    viewer, wanted = department_viewer(request), case_filter(request)
    cells = count_workload(filtered_cases(viewer, wanted), timezone.now()).cells
    codes = _codes([cell for cell in cells if cell is not None])
    link = search_link(wanted, grid="", standing=CaseStanding.OPEN)
    shades = {
        codes[cell]: _shade(f"{link}&grid={codes[cell]}", counts)
        for cell, counts in cells.items()
        if cell is not None and cell in codes
    }
    return choropleth("grid", shades, ("open", "overdue"))


def filtered_cases(viewer: Viewer, wanted: CaseFilter) -> "QuerySet[Case]":
    """The viewer's own open cases, as far as the address narrows them down."""
    return department_cases(viewer).filter(wanted.q(timezone.now()))


def _codes(cells: list[int]) -> dict[int, str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, code FROM base_gridcell WHERE id = ANY(%s)", [cells])
        return dict(cursor.fetchall())


def _shade(link: str, counts: Counts) -> AreaValues:
    values: dict[str, float | None] = {
        "open": counts.total(),
        "overdue": counts[CaseStanding.OVERDUE] or None,
    }
    return AreaValues(values, {"url": link})


def _count_row(wanted: CaseFilter, counts: Counts, **where: str) -> dict[str, Any]:
    """The figures of one line, each with the address of its cases."""
    return {
        "total": counts.total(),
        "url": search_link(wanted, **({"standing": CaseStanding.OPEN} | where)),
        "cells": [
            {
                "standing": standing,
                "title": str(STANDINGS[standing]),
                "number": counts[standing],
                "tone": TONES.get(standing, "") if counts[standing] else "",
                "url": search_link(wanted, **({"standing": standing} | where)),
            }
            for standing in STANDING_ORDER
        ],
    }


def _state_tables(wanted: CaseFilter, found: Workload) -> list[dict[str, Any]]:
    listed = []
    for code, procedure in root_procedures().items():
        counts = {state: found.states[of, state] for of, state in found.states if of == code}
        order = list(procedure.states)
        rows = [
            {
                "title": state_title(procedure, state),
                **_count_row(wanted, counts[state], procedure=code, state=state),
            }
            for state in sorted(counts, key=lambda s: (order.index(s) if s in order else len(order), s))
        ]
        if rows:
            listed.append({"code": code, "title": str(procedure.title), "rows": rows})
    return listed


def _officer_rows(
    viewer: Viewer, wanted: CaseFilter, found: Workload, cases: "QuerySet[Case]"
) -> list[dict[str, Any]]:
    today = timezone.localdate()
    first = today.replace(day=1)
    closed = count_closed(cases, first, today)
    rows = [
        {
            "title": person.name,
            "more": person.code,
            **_count_row(wanted, found.officers[person.pk], officer=person.code),
            "done": closed.get(person.pk, 0),
            "done_url": _closed_link(wanted, person.code, first, today),
        }
        for person in _officers(viewer, wanted, {*found.officers, *closed} - {None})
    ]
    nobody = found.officers.get(None)
    if nobody or closed.get(None):
        rows.append(
            {
                "title": labels.group_titles("officer", [NOBODY])[NOBODY],
                "more": "",
                **_count_row(wanted, found.officers[None], officer=NOBODY),
                "done": closed.get(None, 0),
                "done_url": _closed_link(wanted, NOBODY, first, today),
            }
        )
    return sorted(rows, key=lambda row: (-row["cells"][2]["number"], -row["total"]))


def _closed_link(wanted: CaseFilter, officer: str, first: date, last: date) -> str:
    return search_link(wanted, officer=officer, standing="", closed_since=first, closed_until=last)


def _officers(viewer: Viewer, wanted: CaseFilter, working: Iterable[int | None]) -> "QuerySet[Officer]":
    """Whoever has a case, and in a department everybody in service who handles them."""
    handling = Q(is_active=True, posts__overlap=posts_with(Capability.HANDLE))
    if viewer.audience == Audience.RESTRICTED:
        own = handling & Q(department__code=wanted.department) if wanted.department else Q(pk=None)
    else:
        own = handling & Q(department__code__in=viewer.departments)
    return Officer.objects.filter(own | Q(pk__in=list(working))).order_by("code")


def _cell_rows(wanted: CaseFilter, found: Workload) -> list[dict[str, Any]]:
    """The cells with most that is overdue, then with most that is open."""
    cells: Mapping[int | None, Counts] = found.cells
    first = sorted(
        (cell for cell in cells if cell is not None),
        key=lambda cell: (-cells[cell][CaseStanding.OVERDUE], -cells[cell].total(), cell),
    )[:MOST_CELLS]
    listed = GridCell.objects.filter(pk__in=first).select_related("division")
    known = {
        cell.pk: cell for cell in listed.defer("geom", "geom_3857", "division__geom", "division__geom_3857")
    }
    rows = [
        {
            "title": cell.code,
            "more": display_name(cell.division) if cell.division else "",
            **_count_row(wanted, cells[cell.pk], grid=cell.code),
        }
        for cell in (known[pk] for pk in first if pk in known)
    ]
    outside = cells.get(None)
    if outside:
        nowhere = labels.group_titles("grid", [NOBODY])[NOBODY]
        rows.append({"title": nowhere, "more": "", **_count_row(wanted, outside, grid=NOBODY)})
    return rows
