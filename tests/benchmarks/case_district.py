"""A district with as many cases as one likes, in a database of its own that is made once and kept."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg2
from django.conf import settings
from django.db import connection

from tests.benchmarks.cities import Say, address_of

LON, LAT = 121.85, 29.90
SIDE = 64  # grid cells to a side, each about 200 m
STEP = 0.002  # degrees
TITLES = "ARRAY['占道经营', '暴露垃圾', '违法搭建', '渣土运输', '非法小广告', '违法停车']"

PLACES = f"""
SET session_replication_role = replica;
INSERT INTO agencies_department (code, name, name_en)
SELECT code, code || '局', code FROM unnest(ARRAY['UM', 'WS', 'HP', 'PL', 'LR', 'CA']) AS code;
INSERT INTO agencies_officer (code, name, department_id, posts, is_active)
SELECT 'B' || n, '人员' || n, 1 + n / 12 % 6,
    CASE n % 6 WHEN 0 THEN ARRAY['officer', 'handler', 'collector'] WHEN 1 THEN ARRAY['leader', 'dispatcher']
        WHEN 2 THEN ARRAY['supervisor'] WHEN 3 THEN ARRAY['verifier'] ELSE ARRAY['officer', 'handler'] END,
    true FROM generate_series(0, 71) AS n;
INSERT INTO agencies_credential (officer_id, kind, number) SELECT id, 'enforcement_certificate', 'C' || id FROM agencies_officer;
INSERT INTO base_division (code, name, name_en, level, is_generated, geom)
SELECT '330206' || lpad((1 + n / 8)::text, 3, '0') || lpad((1 + n % 8)::text, 3, '0'), '社区' || n, '', 'community',
    true, ST_Multi(ST_SetSRID(ST_MakeEnvelope(x, y, x + {STEP} * {SIDE} / 8, y + {STEP} * {SIDE} / 8), 4490))
FROM (SELECT n, {LON} - {STEP} * {SIDE} / 2 + (n % 8) * {STEP} * {SIDE} / 8 AS x,
    {LAT} - {STEP} * {SIDE} / 2 + (n / 8) * {STEP} * {SIDE} / 8 AS y FROM generate_series(0, 63) AS n) AS p;
INSERT INTO base_gridcell (code, division_id, responsible, is_generated, geom)
SELECT (SELECT code FROM base_division WHERE id = d) || lpad((n / {SIDE} % 8 * 8 + n % 8)::text, 3, '0'), d, '', true,
    ST_Multi(ST_SetSRID(ST_MakeEnvelope(x, y, x + {STEP}, y + {STEP}), 4490))
FROM (SELECT n, 1 + (n / {SIDE} / 8) * 8 + n % {SIDE} / 8 AS d, {LON} - {STEP} * {SIDE} / 2 + (n % {SIDE}) * {STEP} AS x,
    {LAT} - {STEP} * {SIDE} / 2 + (n / {SIDE}) * {STEP} AS y
    FROM generate_series(0, {SIDE} * {SIDE} - 1) AS n) AS p;
"""

CASES = f"""
SET session_replication_role = replica;
INSERT INTO casework_case (family, number, department_id, joint, title, category, procedure, version_id, state,
    phase, lead_source, description, facts, party_kind, party_name, party_id, party_phone, address, division_id,
    grid_cell_id, officers, handler_id, reported, filed, due, closed, outcome, resolution,
    visibility, revision, last_action, is_generated, search_text, geom)
SELECT 'enforcement', 'B' || n, d, CASE WHEN n %% 50 = 0 THEN ARRAY['UM'] ELSE '{{}}' END, title || n, title,
    kind, (SELECT id FROM casework_procedureversion WHERE code = kind AND is_current), state,
    CASE WHEN open THEN 'open' ELSE 'closed' END,
    CASE WHEN n %% 5 = 0 THEN 'complaint' ELSE 'patrol' END, '', '{{}}',
    CASE WHEN n %% 3 = 0 THEN 'person' ELSE 'organisation' END, '当事人' || n, '', '', '北明路' || n %% 400 || '号',
    (SELECT division_id FROM base_gridcell WHERE id = 1 + cell), 1 + cell, '', 1 + (d - 1) * 12 + n %% 12 / 6 * 4,
    at, CASE WHEN state = 'lead' THEN NULL ELSE at::date END,
    CASE WHEN open AND n %% 9 > 0 THEN now() + (n %% 200 - 30) * interval '1 hour' END,
    CASE WHEN open THEN NULL ELSE least(at::date + 5, current_date) END, '', '', 2, 5, at, true,
    title || n || ' ' || sound || n || ' ' || initials || n || ' | b' || n || ' | '
        || title || ' ' || sound || ' ' || initials,
    ST_SetSRID(ST_MakePoint({LON} - {STEP} * {SIDE} / 2 + (cell %% {SIDE} + n * 7 %% 100 / 100.0) * {STEP},
        {LAT} - {STEP} * {SIDE} / 2 + (cell / {SIDE} + n * 13 %% 100 / 100.0) * {STEP}), 4490)
FROM (
    SELECT n, CASE WHEN n %% 20 < 8 THEN 1 ELSE 2 + n %% 5 END AS d, n * 7919::bigint %% {SIDE * SIDE} AS cell, open,
        (ARRAY['urban', 'urban', 'urban', 'ordinary', 'ordinary', 'simple'])[1 + n %% 6] AS kind,
        now() - (n %% 1095) * interval '1 day' - n %% 86400 * interval '1 second' AS at,
        ({TITLES})[1 + n * 5 %% 6] AS title,
        CASE WHEN NOT open THEN 'closed' WHEN n %% 6 < 3 THEN
            (ARRAY['lead', 'filed', 'dispatched', 'handling', 'feedback', 'verification'])[1 + n %% 6]
            ELSE (ARRAY['lead', 'filed', 'investigation', 'review', 'notice', 'decision'])[1 + n %% 6] END AS state
    FROM (SELECT n, n %% 7 = 0 AS open FROM generate_series(1, %(count)s) AS n) AS numbers
) AS drafts
JOIN (SELECT t, split_part(geoportal_pinyin(t), ' ', 1) AS sound, split_part(geoportal_pinyin(t), ' ', 2) AS initials
    FROM unnest({TITLES}) AS t OFFSET 0) AS spoken ON t = title;
INSERT INTO casework_party (case_id, is_principal, role, kind, name, identity, phone, address, head, representative)
SELECT id, true, 'respondent', party_kind, party_name, '', '', '', '', '' FROM casework_case;
INSERT INTO casework_event (case_id, kind, step, before, after, officer_id, who, at, data, marks)
SELECT c.id, CASE WHEN k = 0 THEN 'opened' ELSE 'step' END,
    (CASE WHEN procedure = 'urban' THEN ARRAY['opened', 'create', 'dispatch',
        CASE WHEN c.id %% 17 = 0 THEN 'rework' WHEN c.id %% 23 = 0 THEN 'return_case' ELSE 'accept' END, 'feed_back']
     ELSE ARRAY['opened', 'file', 'start_investigation', 'inspect', 'conclude'] END)[1 + k],
    '', state, 1 + (department_id - 1) * 12 + (c.id + k) %% 12, '', reported + k * interval '3 hours', '{{}}',
    CASE WHEN procedure = 'urban' THEN CASE WHEN k = 2 THEN '{{dispatched}}' WHEN k = 4 THEN '{{handled,handed_in}}'
        WHEN k = 3 AND c.id %% 17 = 0 THEN '{{reworked}}' WHEN k = 3 AND c.id %% 23 = 0 THEN '{{returned}}' END
     WHEN k = 4 THEN '{{handed_in}}' END::varchar[]
FROM casework_case AS c, generate_series(0, 4) AS k ORDER BY reported + k * interval '3 hours';
INSERT INTO casework_casesummary (case_id, marks, posts, late_marks)
SELECT case_id, COALESCE(array_agg(DISTINCT mark) FILTER (WHERE mark IS NOT NULL), '{{}}'), array_agg(DISTINCT post), '{{}}'
FROM casework_event AS e JOIN agencies_officer AS o ON o.id = officer_id CROSS JOIN unnest(o.posts) AS post
LEFT JOIN LATERAL unnest(e.marks) AS mark ON true WHERE e.kind = 'step' GROUP BY 1;
INSERT INTO casework_limit (case_id, code, length, unit, started, due, warn, ended, status, extensions, pauses,
    told_overdue, of, measures)
SELECT c.id, (ARRAY['dispatch', 'handling', 'closing'])[1 + k], 1, 'working_day', reported,
    CASE WHEN k = 2 AND c.closed IS NULL THEN c.due ELSE reported + interval '1 day' END,
    CASE WHEN k = 2 AND c.closed IS NULL THEN c.due - interval '6 hours' ELSE reported END,
    CASE WHEN k = 2 AND c.closed IS NULL THEN NULL ELSE reported + interval '20 hours' END,
    CASE WHEN k = 2 AND c.closed IS NULL THEN CASE WHEN c.due IS NULL THEN 'stopped' ELSE 'running' END
        WHEN c.id %% 11 = k THEN 'missed' ELSE 'met' END, '[]', '[]', false, 'agency',
    CASE WHEN k = 1 AND procedure = 'urban' THEN '{{handled}}' ELSE '{{}}' END::varchar[]
FROM casework_case AS c, generate_series(0, 2) AS k;
UPDATE casework_casesummary AS s SET late_marks = l.marks, next_due = l.due FROM (
    SELECT case_id, COALESCE(array_agg(DISTINCT mark) FILTER (WHERE status = 'missed'), '{{}}') AS marks,
        min(due) FILTER (WHERE status = 'running') AS due
    FROM casework_limit CROSS JOIN LATERAL unnest(measures || ''::varchar) AS mark GROUP BY 1
) AS l WHERE l.case_id = s.case_id;
"""
PEOPLE = """
from geoportal.accounts.models import Role, User
from layers.agencies.models import Officer
User.objects.create_user("officer", role=Role.OFFICER, officer=Officer.objects.get(code="B0"))
User.objects.create_user("administrator", role=Role.ADMINISTRATOR)
"""


@contextmanager
def case_district(count: int, say: Say) -> Iterator[None]:
    """Django is connected to it meanwhile; its tables are those of the code as it stands."""
    name = f"geoportal_bench_cases_{count}"
    if not _exists(name):
        say(f"Making a district with {count:,} cases …")
        _make(name, count)
    say("Migrating …")
    _manage(name, "migrate", "-v0")
    _manage(name, "publish_layers", "-v0")
    before = connection.settings_dict["NAME"]
    connection.close()
    connection.settings_dict["NAME"] = name
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = before


def _make(name: str, count: int) -> None:
    draft = f"{name}_new"
    with connection.cursor() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {draft}")
        cursor.execute(f"CREATE DATABASE {draft}")
    _manage(draft, "migrate", "-v0")
    _manage(draft, "publish_layers", "-v0")
    raw = psycopg2.connect(address_of(draft))
    raw.autocommit = True
    with raw.cursor() as cursor:
        cursor.execute(PLACES)
        cursor.execute(CASES, {"count": count})
        cursor.execute("VACUUM ANALYZE")
    raw.close()
    _manage(draft, "shell", "-v0", "-c", PEOPLE)
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER DATABASE {draft} RENAME TO {name}")


def _manage(database: str, *words: str) -> None:
    env = os.environ | {"DATABASE_URL": address_of(database), "GEOPORTAL_DATA": str(settings.DATA)}
    command = [sys.executable, str(settings.ROOT / "manage.py"), *words]
    subprocess.run(command, env=env, check=True, stdout=subprocess.DEVNULL)


def _exists(name: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
        return cursor.fetchone() is not None
