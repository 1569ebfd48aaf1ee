"""How long a department's pages take with 200,000 cases and a million events, beside the bare SQL of each."""

import time
from argparse import ArgumentParser
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median
from typing import Any

from django.db import connection
from django.test import Client

from layers.coordinates import STORE_SRID, WEB_SRID
from tests.benchmarks.case_district import LAT, LON, case_district
from tests.benchmarks.cities import Say
from tests.benchmarks.figures import CannotMeasure, Figures

GOAL = 300.0
"""Milliseconds at the median, for every page."""


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--cases", type=int, default=200_000, help="cases (default %(default)s)")
    parser.add_argument(
        "--times", type=int, default=15, help="each is asked; the median counts (default %(default)s)"
    )


@dataclass(frozen=True)
class Page:
    """A door as somebody asks for it, and SQL that finds the same without rights, words or links."""

    name: str
    who: str
    address: str
    sql: str


OWN = "(c.department_id = (SELECT id FROM agencies_department WHERE code = 'UM') OR c.joint && ARRAY['UM']::varchar[])"
STAND = """count(*) FILTER (WHERE c.due IS NULL), count(*) FILTER (WHERE c.due < now()),
    count(*) FILTER (WHERE c.due >= now() AND l.id IS NOT NULL)"""
BOARD = f"""
    WITH open AS MATERIALIZED (SELECT * FROM casework_case AS c WHERE c.closed IS NULL AND {{own}}),
    warned AS (SELECT min(id) AS id, case_id, due FROM casework_limit
        WHERE status = 'running' AND warn <= now() GROUP BY 2, 3)
    SELECT procedure, state, grid_cell_id, handler_id, count(*), {STAND}
    FROM open AS c LEFT JOIN warned AS l ON l.case_id = c.id AND l.due = c.due
    GROUP BY GROUPING SETS ((procedure, state), (grid_cell_id), (handler_id))
"""
STATISTICS = """
    WITH mine AS MATERIALIZED (SELECT * FROM casework_case AS c WHERE {own}
        AND c.reported >= now() - interval '1 year'),
    steps AS (SELECT case_id, bool_or(step = 'dispatch') AS dispatched, bool_or(step = 'return_case') AS returned,
        bool_or(step = 'feed_back') AS handled, bool_or(step = 'rework') AS reworked,
        bool_or(step = 'reopen') AS reopened
        FROM casework_event JOIN mine ON mine.id = case_id WHERE kind = 'step' GROUP BY 1),
    late AS (SELECT case_id, bool_or(status = 'missed' OR status = 'running' AND casework_limit.due < now()) AS late
        FROM casework_limit JOIN mine ON mine.id = case_id GROUP BY 1)
    SELECT date_trunc('month', reported), count(*), count(filed), count(closed), count(*) FILTER (WHERE dispatched),
        count(*) FILTER (WHERE handled), count(*) FILTER (WHERE returned), count(*) FILTER (WHERE reworked),
        count(*) FILTER (WHERE reopened), count(*) FILTER (WHERE late)
    FROM mine LEFT JOIN steps ON steps.case_id = mine.id LEFT JOIN late ON late.case_id = mine.id GROUP BY 1
"""
POSTS = """
    SELECT post, count(DISTINCT c.id) FROM casework_case AS c JOIN casework_event AS e ON e.case_id = c.id
    JOIN agencies_officer AS o ON o.id = e.officer_id, unnest(o.posts) AS post
    WHERE {own} AND e.kind = 'step' AND c.reported >= now() - interval '1 year' GROUP BY 1
"""
HERE = f"ST_Transform(ST_SetSRID(ST_MakePoint({LON}, {LAT}), {STORE_SRID}), {WEB_SRID})"
TILE = (15, 27475, 13536)
TILE_SQL = f"""
    SELECT ST_AsMVT(found, 'enforcement-cases') FROM (
        SELECT id, title, category, state, ST_AsMVTGeom(geom_3857, ST_TileEnvelope({TILE[0]}, {TILE[1]}, {TILE[2]}))
        FROM casework_case AS c WHERE geom_3857 && ST_TileEnvelope({TILE[0]}, {TILE[1]}, {TILE[2]}) AND {OWN}
    ) AS found
"""
LIST = "SELECT id, number, title, category, state, due, closed, reported, address FROM casework_case AS c"

PAGES = (
    Page(
        "inbox, the department's open cases",
        "officer",
        "/cases/inbox/?box=all",
        f"{LIST} WHERE closed IS NULL AND {OWN} ORDER BY due, id LIMIT 50",
    ),
    Page(
        "inbox, an officer's own",
        "officer",
        "/cases/inbox/?box=mine",
        f"{LIST} WHERE closed IS NULL AND handler_id = 1 ORDER BY due, id LIMIT 50",
    ),
    Page("board of a department", "officer", "/cases/board/", BOARD.format(own=OWN)),
    Page("board of all departments", "administrator", "/cases/board/", BOARD.format(own="true")),
    Page("board's map", "officer", "/cases/board/grid.geojson", BOARD.format(own=OWN)),
    Page(
        "statistics of a department, 12 months",
        "officer",
        "/cases/statistics/",
        STATISTICS.format(own=OWN),
    ),
    Page(
        "statistics of all, 12 months",
        "administrator",
        "/cases/statistics/",
        STATISTICS.format(own="true"),
    ),
    Page(
        "statistics of a department by post, 12 months",
        "officer",
        "/cases/statistics/?by=post",
        POSTS.format(own=OWN),
    ),
    Page(
        "statistics of all by post, 12 months",
        "administrator",
        "/cases/statistics/?by=post",
        POSTS.format(own="true"),
    ),
    Page(
        "place history, 100 m around a spot",
        "officer",
        f"/cases/search/?lon={LON}&lat={LAT}&radius=100",
        f"{LIST} WHERE {OWN} AND ST_DWithin(geom_3857, {HERE}, 100 / cos(radians({LAT}))) "
        f"ORDER BY geom_3857 <-> {HERE} LIMIT 50",
    ),
    Page(
        "search by words",
        "officer",
        "/cases/search/?q=占道经营 b77",
        f"{LIST} WHERE {OWN} AND search_text LIKE '%占道经营%' AND search_text LIKE '%b77%' "
        "ORDER BY reported DESC LIMIT 50",
    ),
    Page(
        "search by a word of two characters",
        "officer",
        "/cases/search/?q=渣土",
        f"{LIST} WHERE {OWN} AND search_text LIKE '%渣土%' ORDER BY reported DESC LIMIT 50",
    ),
    Page(
        "search by one that no case has",
        "officer",
        "/cases/search/?q=没有",
        f"{LIST} WHERE {OWN} AND search_text LIKE '%没有%' ORDER BY reported DESC LIMIT 50",
    ),
    Page(
        "search by a party",
        "officer",
        "/cases/search/?party=当事人1234",
        f"{LIST} WHERE {OWN} AND party_name ILIKE '%当事人1234%' ORDER BY reported DESC LIMIT 50",
    ),
    Page(
        "search by time",
        "officer",
        "/cases/search/?since=2025-01-01",
        f"{LIST} WHERE {OWN} AND reported >= '2025-01-01' ORDER BY reported DESC LIMIT 50",
    ),
    Page(
        "cases behind a figure",
        "officer",
        "/cases/search/?measure=overdue&from=2026-10-01&to=2026-10-31&procedure=urban",
        f"{LIST} WHERE {OWN} AND procedure = 'urban' AND reported >= '2026-10-01' AND reported < '2026-11-01' "
        "AND EXISTS (SELECT FROM casework_limit AS l WHERE l.case_id = c.id AND (l.status = 'missed' "
        "OR l.status = 'running' AND l.due < now())) ORDER BY reported DESC LIMIT 50",
    ),
    Page(
        "the map's vector tile",
        "officer",
        f"/tiles/enforcement-cases/{TILE[0]}/{TILE[1]}/{TILE[2]}.pbf",
        TILE_SQL,
    ),
)


def run(options: dict[str, Any], say: Say) -> list[Any]:
    figures = Figures()
    with case_district(options["cases"], say):
        for page in PAGES:
            say(page.name)
            bare = f"{page.name}: bare SQL"
            figures.add(bare, _median(lambda page=page: _sql(page.sql), options["times"]), "ms")  # type: ignore[misc]
            figures.add(page.name, _median(_asked(page), options["times"]), "ms", bare)
    slow = [figure for figure in figures.all if figure.value > GOAL and not figure.name.endswith("bare SQL")]
    figures.add(f"pages over {GOAL:.0f} ms", len(slow), "")
    return figures.all


def _asked(page: Page) -> Callable[[], None]:
    from geoportal.accounts.models import User

    accept = "application/x-protobuf" if page.address.startswith("/tiles") else "text/html"
    client = Client(headers={"accept": accept, "host": "localhost", "accept-encoding": "gzip"})
    client.force_login(User.objects.get(username=page.who), "django.contrib.auth.backends.ModelBackend")

    def ask() -> None:
        response = client.get(page.address)
        if response.status_code != 200:
            raise CannotMeasure(f"{page.address} answered {response.status_code}.")
        _ = b"".join(response.streaming_content) if response.streaming else response.content  # type: ignore[attr-defined]

    return ask


def _sql(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        cursor.fetchall()


def _median(way: Callable[[], None], times: int) -> float:
    """After one that fills caches and reads what is read once a process."""
    way()
    taken = []
    for _ in range(times):
        began = time.perf_counter()
        way()
        taken.append((time.perf_counter() - began) * 1000)
    return median(taken)
