"""Where there are many cases: a page costs as many statements as with few, and indexes serve what is asked for."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.db import connection
from django.db.backends.utils import CursorWrapper
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from geoportal.cases.lists import inbox_queries, search_queries
from layers.agencies.models import Department
from layers.casework.models import Case
from layers.registry.access.layer_query import LayerQuery, viewer_cursor
from layers.registry.audience import Audience, Viewer
from layers.registry.registration import get_layer
from tests.cases.conftest import Open, People, SignIn
from tests.district import LAT, LON, point

pytestmark = pytest.mark.django_db
PAGES = (
    "/cases/inbox/?box=all",
    "/cases/inbox/?box=mine",
    "/cases/inbox/?box=post",
    "/cases/board/",
    "/cases/board/grid.geojson",
    "/cases/search/?q=违法",
    "/cases/search/?party=张三",
    f"/cases/search/?lon={LON}&lat={LAT}&radius=500",
    "/cases/search/?standing=open&q=违法",
    "/cases/statistics/",
    "/cases/statistics/?by=post",
    "/cases/days/",
    "/cases/phrases/",
)
UM = Viewer(Audience.DEPARTMENT, ("UM",), "portal")


def statements(client: Client, page: str) -> list[str]:
    assert client.get(page).status_code == 200  # what is read once a process has been read
    with CaptureQueriesContext(
        connection,
    ) as captured:
        client.get(page)
    return [query["sql"] for query in captured.captured_queries]


def test_a_page_costs_no_more_statements_with_more_cases(
    open_ordinary: Open, people: People, sign_in: SignIn
) -> None:
    client = sign_in("first")

    def opened(count: int) -> None:
        for number in range(count):
            place = point(LON + number / 10_000, LAT + number / 10_000)
            party = {"party_kind": "person", "party_name": f"张三{number}"}
            open_ordinary(title=f"违法搭建{number}", party=party, position=place)

    opened(2)
    few = {page: len(statements(client, page)) for page in PAGES}
    opened(8)
    assert {page: len(statements(client, page)) for page in PAGES} == few


ROWS: dict[str, str] = {}
"""The many cases as the database copied them out, by the columns they have values for: their making takes long."""


@pytest.fixture
def many(people: People) -> None:
    """Cases of two departments; what is looked for is said of few, and of these of the oldest."""
    with connection.cursor() as cursor:
        if not ROWS:
            before = list(Case.objects.values_list("pk", flat=True))
            make_many()
            columns = ", ".join(f.column for f in Case._meta.concrete_fields if f.column and not f.generated)
            ROWS[columns] = copied(cursor, columns, before)
        else:
            [(columns, rows)] = ROWS.items()
            cursor.copy_expert(f"COPY casework_case ({columns}) FROM STDIN", StringIO(rows))
        cursor.execute("ANALYZE casework_case")
        # What serves 3,000 cases well enough would not serve 200,000.
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off")


def copied(cursor: Any, columns: str, without: list[int]) -> str:
    rows = StringIO()
    others = ", ".join(map(str, without))
    cursor.copy_expert(
        f"COPY (SELECT {columns} FROM casework_case WHERE id NOT IN ({others})) TO STDOUT", rows
    )
    return rows.getvalue()


def make_many() -> None:
    departments = [Department.objects.get(code=code) for code in ("UM", "UM", "UM", "PL")]
    now = timezone.now()
    Case.objects.bulk_create(
        Case(
            number=f"N{number}",
            department=departments[number % 4],
            title="违法搭建" if number % 100 else "渣土运输",
            category="市容",
            family="enforcement",
            procedure="ordinary",
            state="lead",
            phase="open",
            lead_source="patrol",
            party_kind="person",
            party_name=f"王小{number}" if number % 100 else f"ABC 欧阳{number}",
            reported=now - timedelta(hours=number),
            closed=None if number % 7 == 0 else now.date(),
            due=now + timedelta(hours=number),
            geom=point(LON, LAT),
        )
        for number in range(1, 3001)
    )


@contextmanager
def plans(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """How the database goes about each reading of the layer, under the role that reads it."""
    found: list[str] = []
    execute = CursorWrapper.execute

    def explained(cursor: CursorWrapper, sql: Any, params: Any = None) -> Any:
        if isinstance(sql, str) and "enforcement-cases" in sql:
            execute(cursor, f"EXPLAIN {sql}", params)
            found.append("\n".join(line for (line,) in cursor.fetchall()))
        return execute(cursor, sql, params)

    with monkeypatch.context() as patch:
        patch.setattr(CursorWrapper, "execute", explained)
        yield found


@pytest.mark.parametrize(
    ("wanted", "index"),
    [
        (search_queries.CaseSearch(words=("渣土",)), "casework_case_doubled"),
        (search_queries.CaseSearch(words=("渣土运输",)), "casework_case_search"),
        (search_queries.CaseSearch(party="欧阳"), "case_party"),
        (search_queries.CaseSearch(party="abc"), "case_party"),
    ],
)
def test_an_index_finds_words_of_any_length_and_parties(
    many: None, monkeypatch: pytest.MonkeyPatch, wanted: search_queries.CaseSearch, index: str
) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_indexscan = off; SET LOCAL enable_indexonlyscan = off")
    with plans(monkeypatch) as found:
        answer = search_queries.search_cases(wanted, UM, 1)
    assert index in found[0]
    assert answer.total == 30


def test_of_very_many_the_first_are_read_in_the_order_of_an_index(
    many: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    with plans(monkeypatch) as found:
        answer = search_queries.search_cases(search_queries.CaseSearch(words=("违法",)), UM, 2)
    assert answer.total == search_queries.MOST_COUNTED
    own = Case.objects.filter(department__code="UM", title="违法搭建").order_by("-reported", "-pk")
    assert [row["id"] for row in answer.rows] == list(own.values_list("pk", flat=True)[50:100])
    _some, first, _rows = found
    assert "case_newest" in first


def test_parts_of_a_view_are_the_whole_of_it(many: None, district: object) -> None:
    Case.objects.filter(number__in=["N4", "N8"]).update(visibility=Audience.PUBLIC)
    layer = get_layer("enforcement-cases", UM)
    with viewer_cursor(UM) as cursor:
        cursor.execute('SELECT id FROM for_department."enforcement-cases" ORDER BY id DESC')
        whole = [pk for (pk,) in cursor.fetchall()]
    assert [row["id"] for row in LayerQuery(layer, UM).rows(order="id DESC", limit=5000)] == whole
    read = LayerQuery(layer, UM).rows(order="id DESC", limit=70, offset=1300)
    assert [row["id"] for row in read] == whole[1300:1370]


def test_the_inbox_takes_the_first_of_what_is_open_and_counts_no_further(
    many: None, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    with CaptureQueriesContext(connection) as captured:
        answer = sign_in("first").get("/cases/inbox/?box=all")
    assert answer.status_code == 200
    listing = next(
        q["sql"] for q in captured.captured_queries if '"casework_case"."due" ASC NULLS LAST' in q["sql"]
    )
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {listing}")
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert "case_open_due" in plan
    monkeypatch.setattr(inbox_queries, "MOST_COUNTED", 100)
    for narrowed in ("", "&q=违法"):
        told = sign_in("first", "application/json").get(f"/cases/inbox/?box=all{narrowed}").json()
        assert (told["most"], told["total"], told["pages"]) == (True, 100, 2)
