"""Statistics of cases: the rates of digital urban management by what one asks to tell apart, as page, CSV and map."""

import csv
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _

from geoportal.cases import labels
from geoportal.cases.permissions import department_required
from geoportal.cases.query_params import (
    case_filter,
    has_department,
    options,
    search_link,
    selectable_departments,
)
from geoportal.features.feature_text import display_name
from geoportal.http import answer, door, number, page_links, viewer_of
from layers.casework.access.permissions import department_cases
from layers.casework.analytics.filters import CaseFilter
from layers.casework.analytics.indicators import measures, rates
from layers.casework.analytics.money import MoneyRow, money_by_group, money_total
from layers.casework.analytics.statistics import (
    FEW,
    GROUPINGS,
    FigureRow,
    Grouping,
    count_by_group,
    large_groups,
    suppress_small_counts,
)
from layers.casework.case_types import case_layers, case_types
from layers.casework.documents.amounts import yuan
from layers.casework.indicator import Measure, Rate
from layers.casework.models import Case
from layers.casework.procedures.titles import procedure_titles, root_procedures
from layers.errors import InvalidInput
from layers.registry.audience import Audience, Viewer
from layers.registry.declaration.values import harmless

from .charts import bar_chart
from .choropleth import AREAS, AreaValues, choropleth

ON_A_PAGE = 50
MONTHS = 12
"""Shown where the address names no period: this month and those before it."""


@dataclass(frozen=True)
class StatisticsQuery:
    """What is asked: whose cases, of when, told apart by what, and the rate that is drawn."""

    viewer: Viewer
    wanted: CaseFilter
    by: Grouping
    rate: Rate
    now: datetime

    @property
    def measures(self) -> Mapping[str, Measure]:
        return measures(_families(self.viewer, self.wanted))

    @property
    def rates(self) -> Sequence[Rate]:
        return rates(_families(self.viewer, self.wanted))

    @property
    def is_own(self) -> bool:
        """Whether the cases are the viewer's own; others see the district's figures, without those of few."""
        return has_department(self.viewer)

    @property
    def cases(self) -> "QuerySet[Case]":
        own = department_cases(self.viewer)
        if not self.is_own:
            own = Case.objects.filter(visibility__lte=Audience.DEPARTMENT)
        return own.filter(self.wanted.q(self.now))

    def figures(self) -> tuple[list[FigureRow], FigureRow]:
        """The groups, and all cases together."""
        rows, whole = count_by_group(self.cases, self.by.code, self.now)
        if not self.is_own:
            known = {row.key for row in large_groups(rows)}
            rows = [row for row in suppress_small_counts(rows) if row.key in known]
            [whole] = suppress_small_counts([whole])
        return rows, whole

    def money(self) -> list[MoneyRow]:
        """In yuan, of the viewer's own cases alone, where each counts in one group."""
        if not self.is_own or self.by.overlaps:
            return []
        return money_by_group(self.cases, self.by.code, timezone.localdate(self.now))

    def link(self, measure: str, row: FigureRow | None = None) -> str:
        """The cases behind a figure; nothing for those whose cases they are not."""
        if not self.is_own:
            return ""
        where: dict[str, Any] = {"measure": "" if measure == "reported" else measure}
        if row and self.by.word:
            where[self.by.word] = row.key
        elif row:
            where |= self._month(row.key)
        return search_link(self.wanted, **where)

    def _month(self, key: str) -> dict[str, date]:
        first = date.fromisoformat(f"{key}-01")
        last = _end_of_month(first)
        since, until = self.wanted.since, self.wanted.until
        return {"since": max(first, since) if since else first, "until": min(last, until) if until else last}

    def query(self, **changes: object) -> str:
        """The page's own address."""
        return f"by={self.by.code}&rate={self.rate.code}&{self.wanted.query(**changes)}"


@door
@department_required
def statistics(request: HttpRequest) -> HttpResponse:
    question = _statistics_query(request)
    rows, whole = question.figures()
    titles_of = labels.group_titles(question.by.code, [row.key for row in rows])
    pages = max(1, -(-len(rows) // ON_A_PAGE))
    page = number(request, "page", 1, 1, pages)
    shown = rows[(page - 1) * ON_A_PAGE : page * ON_A_PAGE]
    content: dict[str, Any] = {
        "total": _count_text(whole, "reported"),
        "is_own": question.is_own,
        "few": FEW,
        "rates": [_rate(question, rate, whole) for rate in question.rates],
        "measures": [
            {"title": str(m.title), "meaning": str(m.meaning), "number": _count_text(whole, m.code)}
            | {"url": question.link(m.code)}
            for m in question.measures.values()
        ],
        "by": {"code": question.by.code, "title": str(question.by.title), "overlaps": question.by.overlaps},
        "rate": {"code": question.rate.code, "title": str(question.rate.title)},
        "rows": [_row(question, row, titles_of[row.key]) for row in shown],
        "chart": bar_chart([(titles_of[row.key], row.share(question.rate)) for row in shown]),
        "money": _money(question),
        "figures": json.dumps({"rate": str(question.rate.title)}),
        "has_map": question.by.code in AREAS and bool(rows),
        **page_links(request, page, pages),
        "query": question.query(),
        "since": question.wanted.since,
        "until": question.wanted.until,
        "periods": _periods(question),
        **_choices(question),
    }
    return answer(request, "cases/statistics.html", content)


def _money(question: StatisticsQuery) -> list[dict[str, Any]]:
    """The groups and, last, all of them; nothing where nothing was decided."""
    rows = question.money()
    titles_of = labels.group_titles(question.by.code, [row.key for row in rows])
    whole = money_total(rows)
    return [
        {
            "title": titles_of.get(row.key, _("All together")),
            "decided": yuan(row.decided),
            "paid": yuan(row.paid),
            "arrears": yuan(row.arrears),
            "percent": _percent(None if row.share is None else float(row.share)),
        }
        for row in (*rows, *([whole] if rows else []))
    ]


def _row(question: StatisticsQuery, row: FigureRow, title: str) -> dict[str, Any]:
    return {
        "key": row.key,
        "title": title,
        "reported": _count_text(row, "reported"),
        "url": question.link("reported", row),
        "rates": [_rate(question, rate, row, row) for rate in question.rates],
    }


@door
@department_required
def statistics_areas(request: HttpRequest) -> HttpResponse:
    """GeoJSON of the areas with the rate that is drawn, and its classes."""
    question = _statistics_query(request)
    if question.by.code not in AREAS:
        raise InvalidInput(_("Figures by “%(by)s” have no map.") % {"by": question.by.title})
    rows, _whole = question.figures()
    titles_of = labels.group_titles(question.by.code, [row.key for row in rows])
    shades = {
        row.key: AreaValues(
            {"rate": _percent(row.share(question.rate)), "cases": _count_or_none(row, "reported")},
            {"title": titles_of[row.key], "url": question.link("reported", row)},
        )
        for row in rows
    }
    return choropleth(question.by.code, shades, ("rate", "cases"))


@door
@department_required
def statistics_table(request: HttpRequest) -> HttpResponseBase:
    question = _statistics_query(request)
    response = StreamingHttpResponse(_lines(question), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="cases-by-{question.by.code}.csv"'
    return response


class _Line:
    """What a CSV writer writes to: it gives back each line."""

    def write(self, text: str) -> str:
        return text


def _lines(question: StatisticsQuery) -> Iterator[str]:
    write = csv.writer(_Line()).writerow
    rows, _whole = question.figures()
    titles_of = labels.group_titles(question.by.code, [row.key for row in rows])
    titles = [str(m.title) for m in question.measures.values()] + [
        f"{rate.title} %" for rate in question.rates
    ]
    yield "\ufeff" + str(write([_("Code"), str(question.by.title), *titles]))
    for row in rows:
        numbers = [_count_text(row, code) for code in question.measures]
        shares = ["" if (p := _percent(row.share(rate))) is None else p for rate in question.rates]
        yield str(write(map(harmless, [row.key, titles_of[row.key], *numbers, *shares])))


def _statistics_query(request: HttpRequest) -> StatisticsQuery:
    viewer = viewer_of(request)
    wanted = case_filter(request, "by", "rate", "page")
    if not (wanted.since or wanted.until):
        wanted = CaseFilter(**{**wanted.__dict__, **_last_months(timezone.localdate())})
    if not has_department(viewer):
        wanted = _coarse(wanted)
    by = GROUPINGS.get(request.GET.get("by", "month"))
    rate = next(
        (r for r in rates(_families(viewer, wanted)) if r.code == request.GET.get("rate", "closing_on_time")),
        None,
    )
    if by is None or rate is None:
        raise InvalidInput(_("There are no such figures; choose among those on the page."))
    return StatisticsQuery(viewer, wanted, by, rate, timezone.now())


def _families(viewer: Viewer, wanted: CaseFilter) -> set[str]:
    """Whose own figures are shown besides those of all families."""
    if wanted.procedure:
        return {root_procedures()[wanted.procedure].family}
    layers = {layer.name for layer in case_layers(viewer)}
    return {each.family for each in case_types() if each.layer in layers}


COARSE = ("department", "division", "category", "procedure", "lead", "since", "until")
"""By what those may narrow the figures down whose cases they are not."""


def _coarse(wanted: CaseFilter) -> CaseFilter:
    """Few periods of larger groups: what is asked more narrowly would tell of single cases."""
    if any(getattr(wanted, field.name) for field in fields(wanted) if field.name not in COARSE):
        raise InvalidInput(
            _(
                "Figures of other departments can be narrowed down by period, department, community and category only."
            )
        )
    since, until = _fixed_period(wanted.since, wanted.until)
    return replace(wanted, since=since, until=until)


def _fixed_period(since: date | None, until: date | None) -> tuple[date | None, date | None]:
    """The month, quarter or year that has all of it, the last twelve months, else all times.

    Where periods may begin anywhere, the mean difference of many that end a month apart tells what was rounded away.
    """
    if since is None or until is None:
        return None, None
    last = _last_months(timezone.localdate())
    if (since, until) == (last["since"], last["until"]):
        return since, _end_of_month(until)
    quarter = 3 * ((since.month - 1) // 3) + 1
    for first, months in (
        (since.replace(day=1), 1),
        (date(since.year, quarter, 1), 3),
        (date(since.year, 1, 1), 12),
    ):
        end = _end_of_month(date(first.year, first.month + months - 1, 1))
        if until <= end:
            return first, end
    return None, None


def _end_of_month(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=31)).replace(day=1) - timedelta(days=1)


def _last_months(today: date) -> dict[str, date]:
    months = today.year * 12 + today.month - MONTHS
    return {"since": date(months // 12, months % 12 + 1, 1), "until": today}


def _rate(
    question: StatisticsQuery, rate: Rate, counted: FigureRow, row: FigureRow | None = None
) -> dict[str, Any]:
    return {
        "code": rate.code,
        "title": str(rate.title),
        "meaning": str(rate.meaning),
        "part_title": str(question.measures[rate.part].title),
        "part_meaning": str(question.measures[rate.part].meaning),
        "whole_title": str(question.measures[rate.whole].title),
        "whole_meaning": str(question.measures[rate.whole].meaning),
        "percent": _percent(counted.share(rate)),
        "part": _count_text(counted, rate.part),
        "whole": _count_text(counted, rate.whole),
        "part_url": question.link(rate.part, row),
        "whole_url": question.link(rate.whole, row),
    }


def _percent(share: float | None) -> float | None:
    return None if share is None else round(share * 100, 1)


def _count_text(row: FigureRow, measure: str) -> int | str:
    return f"<{FEW}" if measure in row.suppressed else row.counts[measure]


def _count_or_none(row: FigureRow, measure: str) -> int | None:
    return None if measure in row.suppressed else row.counts[measure]


def _periods(question: StatisticsQuery) -> list[dict[str, Any]]:
    today = timezone.localdate()
    first = today.replace(day=1)
    before = first - timedelta(days=1)
    spans = (
        (_("This month"), first, today),
        (_("Last month"), before.replace(day=1), before),
        (_("This year"), today.replace(month=1, day=1), today),
        (_("12 months"), _last_months(today)["since"], today),
    )
    return [
        {
            "title": title,
            "url": f"?{question.query(since=since, until=until)}",
            "chosen": (since, until if question.is_own else _end_of_month(until))
            == (question.wanted.since, question.wanted.until),
        }
        for title, since, until in spans
    ]


def _choices(question: StatisticsQuery) -> dict[str, Any]:
    departments = selectable_departments(question.viewer) if question.is_own else []
    return {
        "groupings": options(((g.code, g.title) for g in GROUPINGS.values()), question.by.code),
        "drawn": options(((rate.code, rate.title) for rate in question.rates), question.rate.code),
        "kinds": options(procedure_titles().items(), question.wanted.procedure),
        "departments": options(
            ((each.code, display_name(each)) for each in departments),
            question.wanted.department,
        ),
        "kept": [
            (name, value)
            for name in ("category", "division", "grid", "officer", "post", "lead", "state")
            if (value := getattr(question.wanted, name))
        ],
    }
