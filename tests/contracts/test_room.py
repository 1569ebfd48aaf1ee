"""A room that is added by settings alone, first or last of the apps, is found at every door and shows what it may."""

import csv
import gzip
import http.cookiejar
import io
import json
import os
import re
import shutil
import subprocess
import sys
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import mapbox_vector_tile
import psycopg2
import pytest
from django.conf import settings
from PIL import Image
from pypdf import PdfReader

from geoportal.launch import data_folder
from geoportal.launch.database import cluster
from tests.conftest import ROOT
from tests.district import tile_at
from tests.people import VIEWERS
from tests.portal_server import portal_server

pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning")

ONE, TWO, THREE = "街椅一", "街椅二", "街椅三"  # of UM, of PL, of UM and for departments only
PLACES = {ONE: (121.840, 29.900), TWO: (121.842, 29.900), THREE: (121.900, 29.900)}
COSTS = {ONE: 47110, TWO: 47120, THREE: 47130}
WORK = "更换椅背"
PUBLIC = {"code", "material", "department"}
INNER = {"repair_cost", "keeper_phone"}
OWN = {"officer": {ONE, THREE}, "other_officer": {TWO}, "administrator": {ONE, TWO, THREE}}
ROLES = list(VIEWERS)


def seen(role: str) -> set[str]:
    return {ONE, TWO} | OWN.get(role, set())


def is_inside(role: str) -> bool:
    return role not in {"public", "citizen"}


@dataclass(frozen=True)
class Installation:
    url: str
    database: str
    benches: dict[str, int]
    sessions: dict[str, str]
    reports: list[int]
    receipts: list[tuple[str, str]]

    def ask(self, address: str, role: str = "public", accept: str = "application/json") -> tuple[int, bytes]:
        headers = {"Accept": accept, "Accept-Language": "zh", "Accept-Encoding": "gzip"}
        if role in self.sessions:
            headers["Cookie"] = f"sessionid={self.sessions[role]}"
        asked = urllib.request.Request(self.url + address, headers=headers)  # noqa: S310  our own http address
        try:
            with urllib.request.urlopen(asked, timeout=60) as answer:  # noqa: S310
                content = answer.read()
                packed = answer.headers["Content-Encoding"] == "gzip"
                return answer.status, gzip.decompress(content) if packed else content
        except urllib.error.HTTPError as problem:
            return problem.code, problem.read()

    def text(self, address: str, role: str = "public", accept: str = "application/json") -> str:
        status, content = self.ask(address, role, accept)
        assert status == 200, (address, role, status, content[:300])
        return content.decode()

    def json(self, address: str, role: str = "public") -> Any:
        return json.loads(self.text(address, role))

    def tile(self, code: str, role: str = "public") -> dict[str, dict[str, Any]]:
        """The features of the benches' tile at a bench, by code."""
        status, content = self.ask(f"/tiles/benches/{tile_at(14, *PLACES[code])}.pbf", role)
        found = mapbox_vector_tile.decode(content) if status == 200 else {}
        return {
            f["properties"]["code"]: f["properties"]
            for f in found.get("benches", {"features": []})["features"]
        }


@pytest.fixture(scope="module")
def fresh_cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[cluster.Cluster]:
    """None of the portal's roles is known there."""
    data = tmp_path_factory.mktemp("cluster")
    data_folder.prepare(data)
    own = cluster.locate(data, data / "logs" / "postgres.log", throw_away=True)
    cluster.create(own)
    server = cluster.start(own)
    cluster.furnish(own)
    yield own
    cluster.stop(server)
    shutil.rmtree(own.home)


@pytest.fixture(scope="module", params=["last", "first"])
def room(
    request: pytest.FixtureRequest, fresh_cluster: cluster.Cluster, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Installation]:
    order = request.param
    cluster.ask(fresh_cluster, f"create database {order}")
    cluster.ask(fresh_cluster, "create extension postgis", order)
    data = tmp_path_factory.mktemp(order)
    if (fonts := Path(settings.DATA) / "fonts").exists():
        (data / "fonts").symlink_to(fonts)
    database = fresh_cluster.url.replace(f"/{cluster.DATABASE}?", f"/{order}?")
    settings_module = f"tests.benches.{order}"
    environment = {
        "DATABASE_URL": database,
        "GEOPORTAL_DATA": str(data),
        "GEOPORTAL_SECRET_KEY": settings.SECRET_KEY,
        "DJANGO_SETTINGS_MODULE": settings_module,
        "PYTHONPATH": str(ROOT),
    }
    scene = run(environment, "-m", "tests.benches.scene", str(data))
    with portal_server(data, DATABASE_URL=database, DJANGO_SETTINGS_MODULE=settings_module) as portal:
        yield Installation(portal.url, database, **json.loads(scene.splitlines()[-1]))


def run(environment: dict[str, str], *words: str) -> str:
    ended = subprocess.run(
        [sys.executable, *words],
        cwd=ROOT,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr[-3000:]
    return ended.stdout


@pytest.mark.parametrize("role", ROLES)
def test_export_and_catalogue_hold_the_rows_and_columns_of_the_audience(
    role: str, room: Installation
) -> None:
    columns = PUBLIC | (INNER if is_inside(role) else set())
    entry = next(e for e in room.json("/layers/", role)["layers"] if e["name"] == "benches")
    assert ({a["name"] for a in entry["attributes"]}, entry["count"]) == (columns, len(seen(role)))
    assert (entry["group_title"], entry["list"]) == ("街道家具", "/street/benches/")
    table = room.text("/layers/benches/export.csv", role).removeprefix("\ufeff")
    rows = {row["code"]: row for row in csv.DictReader(io.StringIO(table))}
    assert set(rows) == seen(role)
    features = room.json("/layers/benches/export.geojson", role)["features"]
    for row in [*rows.values(), *(feature["properties"] for feature in features)]:
        assert columns <= set(row) <= columns | {"id", "source", "is_generated", "lon", "lat"}
        own = row["code"] in OWN.get(role, set())
        assert str(row.get("repair_cost") or "") == (str(COSTS[row["code"]]) if own else "")
        assert bool(row.get("keeper_phone")) == own


@pytest.mark.parametrize("role", ROLES)
def test_tiles_hold_the_rows_and_columns_of_the_audience(role: str, room: Installation) -> None:
    shown = room.tile(ONE, role) | room.tile(THREE, role)
    assert set(shown) == seen(role)
    for code, properties in shown.items():
        assert properties.get("repair_cost") == (COSTS[code] if code in OWN.get(role, set()) else None)
        assert "keeper_phone" not in properties
    described = room.json("/tiles/benches.json", role)["vector_layers"][0]["fields"]
    assert set(described) == {"code", "material"} | ({"repair_cost"} if is_inside(role) else set())


@pytest.mark.parametrize("role", ROLES)
def test_search_place_card_and_pages_show_the_rows_and_columns_of_the_audience(
    role: str, room: Installation
) -> None:
    assert {r["title"] for r in room.json("/search/?q=jieyi", role)["results"]} == seen(role)
    near = room.json("/place/?lon=121.8405&lat=29.9", role)["sections"]
    assert [i["title"] for s in near if s["layer"] == "benches" for i in s["items"]] == [ONE, TWO]
    listed = room.json("/street/benches/", role)
    headings = ["编号", "材质", *(["维修费用"] if is_inside(role) else [])]
    assert (listed["headings"], listed["total"]) == (headings, len(seen(role)))
    assert [i["title"] for i in listed["items"]] == sorted(seen(role), reverse=True)
    assert {i["title"] for i in room.json("/street/benches/?material=stone", role)["items"]} == {TWO}
    for code, pk in room.benches.items():
        for address in (f"/place/benches/{pk}/", f"/street/benches/{pk}/"):
            if code not in seen(role):
                assert room.ask(address, role)[0] == 404
                continue
            shown = room.text(address, role)
            own = code in OWN.get(role, set())
            assert (f"{COSTS[code]}" in shown, "1380000000" in shown) == (own, own), (address, role)


@pytest.mark.parametrize("role", ROLES)
def test_public_doors_show_everybody_what_is_public(role: str, room: Installation) -> None:
    items = room.json("/ogc/collections/benches/items", role)["features"]
    assert {f["properties"]["code"] for f in items} == {ONE, TWO}
    assert all(set(f["properties"]) == PUBLIC | {"source", "is_generated"} for f in items)
    queryables = room.json("/ogc/collections/benches/queryables", role)["properties"]
    assert set(queryables) == PUBLIC | {"geometry"}
    assert is_drawn(room, ONE, role)
    assert not is_drawn(room, THREE, role)
    assert "街椅" in room.text("/mapproxy/wmts/1.0.0/WMTSCapabilities.xml", role)
    assert {"benches:point", "benches:label"} <= {
        p["id"] for p in room.json("/styles/benches.json", role)["layers"]
    }
    assert "benches:point" in {part["id"] for part in room.json("/styles/city.json", role)["layers"]}


def is_drawn(room: Installation, code: str, role: str) -> bool:
    status, content = room.ask(
        f"/mapproxy/tiles/1.0.0/benches/webmercator/{tile_at(14, *PLACES[code])}.png", role
    )
    assert status == 200
    colors: Any = Image.open(io.BytesIO(content)).convert("RGBA").getcolors(256 * 256) or []
    # Colours of a palette come close to what was drawn.
    return any(
        alpha > 250 and max(abs(r), abs(g - 0xAA), abs(b - 0x55)) < 8 for _, (r, g, b, alpha) in colors
    )


@pytest.mark.parametrize("role", ROLES)
def test_a_layer_of_the_room_for_departments_exists_for_nobody_else(role: str, room: Installation) -> None:
    inside = is_inside(role)
    for address in (
        "/layers/bench-repairs/export.csv",
        "/layers/bench-repairs/export.geojson",
        "/street/repairs/",
        "/street/repairs/1/",
        "/place/bench-repairs/1/",
        "/search/?q=genghuan&layers=bench-repairs",
    ):
        status, content = room.ask(address, role)
        assert status == (200 if inside else 404), address
        assert (WORK in content.decode() or json.dumps(WORK).strip('"') in content.decode()) == inside, (
            address
        )
    assert room.ask("/ogc/collections/bench-repairs/items", role)[0] == 404
    names = {entry["name"] for entry in room.json("/layers/", role)["layers"]}
    assert ("bench-repairs" in names) == inside
    card = room.text(f"/place/benches/{room.benches[ONE]}/", role)
    assert ("bench-repairs" in card) == inside
    links = [part.split('"')[0] for part in room.text("/layers/", role, "text/html").split('<a href="')]
    entries = [
        link for link in links if link in {"/food/", "/street/benches/", "/street/repairs/", "/cases/"}
    ]
    assert (
        entries[:4]
        == ["/food/", "/street/benches/", *(["/street/repairs/"] if inside else []), "/cases/"][:4]
    )


def test_readings_of_the_personal_column_are_on_record(room: Installation) -> None:
    with psycopg2.connect(room.database) as connection, connection.cursor() as cursor:
        cursor.execute("DELETE FROM registry_accesslogentry")
        connection.commit()
        for role in ROLES:
            room.text("/layers/benches/export.csv", role)
            room.text("/street/benches/", role)  # which does not show it
        cursor.execute("SELECT who, layer, rows FROM registry_accesslogentry ORDER BY who")
        found = {(who, layer): set(rows) for who, layer, rows in cursor.fetchall()}
    connection.close()
    assert found == {(role, "benches"): {room.benches[code] for code in codes} for role, codes in OWN.items()}


def test_administrators_find_it_where_they_work(room: Installation) -> None:
    for address in ("/admin/benches/bench/", f"/admin/benches/bench/{room.benches[ONE]}/change/"):
        assert ONE in room.text(address, "administrator", "text/html")
        assert ONE not in room.ask(address, "officer", "text/html")[1].decode()
    assert 'value="benches"' in room.text("/imports/", "administrator", "text/html")


def test_a_change_is_told_and_the_next_tile_shows_it(room: Installation) -> None:
    asked = urllib.request.Request(f"{room.url}/changes/")  # noqa: S310  our own http address
    with urllib.request.urlopen(asked, timeout=60) as stream:  # noqa: S310
        first = stream.readline()
        assert first
        with psycopg2.connect(room.database) as connection, connection.cursor() as cursor:
            cursor.execute("UPDATE benches_repair SET work = work || '。'")
            cursor.execute("UPDATE benches_bench SET material = 'stone' WHERE code = %s", [ONE])
        connection.close()
        told = []
        while "benches" not in told:
            line = stream.readline().decode()
            assert line, "the stream ended"
            if line.startswith("data:") and "layer" in line:
                told.append(json.loads(line.removeprefix("data:")).get("layer"))
    assert "bench-repairs" not in told
    assert room.tile(ONE)[ONE]["material"] == "stone"
    with psycopg2.connect(room.database) as connection, connection.cursor() as cursor:
        cursor.execute("UPDATE benches_repair SET work = %s", [WORK])
        cursor.execute("UPDATE benches_bench SET material = 'wood' WHERE code = %s", [ONE])
    connection.close()


MENDED, BROKEN, RUSTY = "椅面断裂", "椅背松动", "椅脚生锈"
PROCEDURE = "bench-report-of-city"


def test_cases_of_the_room_s_own_family_have_a_page_for_who_works_on_them(room: Installation) -> None:
    mended, broken, _rusty = room.reports
    page = room.json(f"/cases/{mended}/", "officer")
    assert (page["head"]["state"], page["head"]["procedure"]) == ("已修好", "街椅报修")
    (slip,) = page["documents"]["made"]
    assert (slip["code"], slip["title"]) == ("bench_slip", "街椅维修单")
    assert re.fullmatch(r"UM椅〔\d{4}〕001号", slip["made"][0]["number"])
    (hours,) = page["head"]["particulars"]
    assert (hours["label"], hours["text"]) == ("工时", "3")
    told = room.text(f"/cases/{mended}/", "officer", "text/html")
    assert "椅条、螺栓" in told
    assert "86.50 元" in told
    assert "得分 10/15，不合格 1 项<br>螺栓紧固：合格<br>椅条完好：不合格，一条有裂纹" in told
    assert "看护员甲（K1）" in told
    assert f"街椅一（benches/{room.benches[ONE]}）" in told
    (drawn,) = page["map"]["drawn"]
    assert (drawn["title"], len(drawn["geometry"]["coordinates"][0])) == ("围挡范围", 4)
    steps = {each["code"]: each["may_take"] for each in room.json(f"/cases/{broken}/", "officer")["steps"]}
    assert steps == {"mend": False, "give_up": True, "tell_more": False}
    limits = {each["code"]: each for each in room.json(f"/cases/{broken}/", "officer")["limits"]}
    assert (limits["mending"]["then"], limits["keeping"]["then"]) == ("", "不再维修")
    assert BROKEN in room.text(f"/cases/{broken}/", "officer", "text/html")
    for role in ("public", "citizen", "other_officer", "planner"):
        assert room.ask(f"/cases/{mended}/", role)[0] == 404, role


def test_parties_of_the_room_s_own_roles_are_told_masked_printed_and_asked_for(room: Installation) -> None:
    mended, broken, _rusty = room.reports
    told = room.json(f"/cases/{mended}/", "officer")["parties"]
    assert [(each["role_title"], each["name"], each["phone"]) for each in told] == [
        ("捐赠人", "海港木业公司", ""),
        ("报修人", "赵报修", "•••••••4321"),
    ]
    (paper,) = room.json(f"/cases/{mended}/", "officer")["documents"]["made"][0]["made"]
    status, content = room.ask(paper["url"], "officer")
    assert status == 200
    printed = re.sub(r"\s", "", "".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages))
    assert "报修人（Whoreportedit）：赵报修，自然人（Naturalperson），13800004321" in printed
    assert "捐赠人：海港木业公司" in printed
    mend = next(each for each in room.json(f"/cases/{broken}/", "officer")["steps"] if each["code"] == "mend")
    assert not mend["may_take"]
    assert "须先登记“报修人”" in json.dumps(mend, ensure_ascii=False)


@pytest.mark.parametrize("role", ROLES)
def test_cases_of_the_room_s_own_family_are_found_by_any_party_s_name(role: str, room: Installation) -> None:
    own = {"officer": {MENDED, BROKEN}, "other_officer": {RUSTY}, "administrator": {MENDED, BROKEN, RUSTY}}
    sees = own.get(role, set())
    for name, cases in {"赵报修": {MENDED}, "海港木业": {MENDED, BROKEN, RUSTY}}.items():
        status, content = room.ask(f"/cases/search/?{urlencode({'party': name})}", role)
        found = {item["title"] for item in json.loads(content)["items"]} if status == 200 else set()
        assert found == cases & sees, name
        assert found or name not in content.decode()


@pytest.mark.parametrize("role", ROLES)
def test_a_bench_tells_the_cases_about_it_to_who_may_see_them(role: str, room: Installation) -> None:
    shown = room.text(f"/place/benches/{room.benches[ONE]}/", role)
    told = [
        item["title"]
        for section in json.loads(shown)["sections"]
        if section["kind"] == "related" and section["layer"] == "bench-reports"
        for item in section["items"]
    ]
    sees = role in {"officer", "administrator"}
    assert told == ([MENDED] if sees else [])
    assert ("bench-reports" in shown) == sees


def test_cases_of_the_room_s_own_family_tell_their_bench_and_each_other(room: Installation) -> None:
    mended, broken, _rusty = room.reports
    (subject,) = room.json(f"/cases/{mended}/", "officer")["subjects"]
    assert (subject["title"], subject["url"]) == (ONE, f"/place/benches/{room.benches[ONE]}/")
    for case, other, kind in ((broken, mended, "承接"), (mended, broken, "后续案件")):
        (relation,) = room.json(f"/cases/{case}/", "officer")["relations"]
        assert (relation["case"]["id"], relation["kind"]) == (other, kind)


def test_cases_of_the_room_s_own_family_are_listed_searched_and_counted(room: Installation) -> None:
    assert {i["title"] for i in room.json("/street/reports/", "officer")["items"]} == {MENDED, BROKEN}
    assert {i["title"] for i in room.json("/street/reports/?state=mended", "officer")["items"]} == {MENDED}
    assert {i["title"] for i in room.json("/cases/search/?q=duanlie", "officer")["items"]} == {MENDED}
    assert room.json("/cases/search/?q=duanlie", "other_officer")["items"] == []
    inbox = room.json("/cases/inbox/?box=post", "officer")
    assert [row["title"] for row in inbox["items"]] == [BROKEN]
    board = {table["code"]: table["rows"] for table in room.json("/cases/board/", "officer")["procedures"]}
    assert [(row["title"], row["total"]) for row in board[PROCEDURE]] == [("待修", 1)]
    counted = room.json(f"/cases/statistics/?procedure={PROCEDURE}&by=category", "officer")
    assert counted["total"] == 2
    rate = next(each for each in counted["rates"] if each["code"] == "strengthening")
    assert (rate["title"], rate["percent"], rate["part"], rate["whole"]) == ("加固率", 100.0, 1, 1)
    assert {i["title"] for i in room.json(rate["part_url"], "officer")["items"]} == {MENDED}
    by_post = room.json(f"/cases/statistics/?procedure={PROCEDURE}&by=post", "officer")["rows"]
    assert [(row["key"], row["reported"]) for row in by_post] == [("bench_keeper", 1)]
    assert "加固率" in room.text(
        f"/cases/statistics/?procedure={PROCEDURE}&rate=strengthening", "officer", "text/html"
    )
    assert "加固率" not in room.text("/cases/statistics/?procedure=urban", "officer", "text/html")


def test_cases_of_the_room_s_own_family_are_handed_over_and_stand_in_the_work_record(
    room: Installation,
) -> None:
    _mended, _broken, rusty = room.reports
    assert {i["title"] for i in room.json("/street/reports/", "other_officer")["items"]} == {RUSTY}
    assert room.ask(f"/cases/{rusty}/", "officer")[0] == 404
    timeline = room.text(f"/cases/{rusty}/", "administrator", "text/html")
    assert "在其管辖的绿地内" in timeline
    day = room.json("/cases/days/", "officer")
    done = {entry["title"] for entry in day["entries"]}
    assert {"受理", "修好", "移送"} <= done


def test_the_map_is_kept_as_it_was_when_a_case_of_the_room_s_own_family_was_opened(
    room: Installation,
) -> None:
    mended = room.reports[0]
    with psycopg2.connect(room.database) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT id FROM casework_event WHERE case_id = %s AND kind = 'opened'", [mended])
        [(event,)] = cursor.fetchall()
    connection.close()
    seen = room.json(f"/cases/{mended}/events/{event}/", "officer")
    assert {layer["name"] for layer in seen["layers"]} == {"benches", "bench-reports"}
    assert seen["is_intact"]
    assert room.ask(f"/cases/{mended}/events/{event}/", "other_officer")[0] == 404


def test_what_the_family_keeps_besides_is_its_department_s(room: Installation) -> None:
    mended = room.reports[0]
    for role in ("officer", "administrator"):
        rows = room.json(f"/place/bench-reports/{mended}/", role)["rows"]
        assert [row["value"] for row in rows if row["label"] == "工时"] == ["3"], role
    for role in ("public", "other_officer"):
        assert '"工时"' not in room.ask(f"/place/bench-reports/{mended}/", role)[1].decode(), role
    with psycopg2.connect(room.database) as connection, connection.cursor() as cursor:
        cursor.execute("UPDATE benches_mending SET hours = 4")
        cursor.execute(
            "SELECT data->'changed' FROM casework_event WHERE kind = 'written' AND case_id = %s", [mended]
        )
        assert cursor.fetchall() == [({"hours": [3, 4]},)]
        connection.rollback()
    connection.close()


def test_cases_of_the_room_s_own_family_are_opened_on_the_phone(room: Installation) -> None:
    kit = room.json("/field/api/kit/", "officer")
    assert {"code": PROCEDURE, "title": {"zh": "街椅损坏", "en": "A broken bench"}, "party": False} in kit[
        "kinds"
    ]
    assert ("seat", PROCEDURE) in {(matter["code"], matter["procedure"]) for matter in kit["matters"]}
    (procedure,) = [each for each in kit["procedures"].values() if each["code"] == PROCEDURE]
    fields = {each["name"]: each for each in procedure["steps"]["mend"]["fields"]}
    assert [(row["code"], row["points"], row["key"]) for row in fields["checked"]["rows"]] == [
        ("bolts", 10, True),
        ("slats", 5, False),
    ]
    assert [fields[name]["kind"] for name in ("helper", "supplier", "receipt")] == ["person", "unit", "file"]
    assert kit["officers"] == [{"code": "K1", "name": "看护员甲"}]
    lists = room.json("/field/api/cases/", "officer")
    (told,) = [case for case in lists["cases"] if case["title"] == BROKEN]
    assert {title for _, title in told["features"]["benches"]} == {ONE, TWO}
    assert BROKEN in json.dumps(lists, ensure_ascii=False)


def test_cases_of_the_room_s_own_family_are_on_the_map_of_their_department_only(room: Installation) -> None:
    for role, count in {"officer": 2, "administrator": 3, "other_officer": 1, "public": 0}.items():
        entry = next(e for e in room.json("/layers/", role)["layers"] if e["name"] == "bench-reports")
        assert entry["count"] == count, role


class ReceiptHolder:
    """Somebody without an account at ``/receipts/``, with cookies as a browser keeps them."""

    def __init__(self, room: Installation, number: str, secret: str) -> None:
        self.address = f"{room.url}/receipts/"
        self.cookies = http.cookiejar.CookieJar()
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.cookies))
        self.opener.addheaders = [("Accept-Language", "zh")]
        self.page()  # which gives the token
        self.post("", number=number, secret=secret)

    def page(self, accept: str = "text/html") -> str:
        asked = urllib.request.Request(self.address, headers={"Accept": accept})  # noqa: S310  our own http address
        return str(self.opener.open(asked, timeout=60).read().decode())

    def content(self) -> Any:
        return json.loads(self.page("application/json"))

    def post(self, path: str, **words: object) -> None:
        token = next(cookie.value for cookie in self.cookies if cookie.name == "csrftoken")
        sent = urllib.parse.urlencode({"csrfmiddlewaretoken": token, **words}).encode()
        self.opener.open(self.address + path, sent, timeout=60)


def test_who_reported_it_follows_it_and_tells_more_without_an_account(room: Installation) -> None:
    mended, broken = (ReceiptHolder(room, number, secret) for number, secret in room.receipts)
    told = mended.content()
    assert (told["role"], told["state"], told["steps"]) == ("报修人", "已修好", [])
    assert [(each["title"], each["facts"]) for each in told["events"]] == [
        ("修好", [{"label": "维修内容", "value": "更换椅面"}])
    ]
    shown = broken.content()
    assert [step["code"] for step in shown["steps"]] == ["tell_more"]
    broken.post("steps/tell_more/", revision=shown["revision"], **{"field-more": "夜间有人坐上去摇晃"})
    assert "夜间有人坐上去摇晃" in broken.page()
    log = room.json(f"/cases/{room.reports[1]}/", "officer")["timeline"]
    (event,) = [each for each in log if each["title"] == "补充报修情况"]
    assert (event["who"], event["facts"][0]["value"]) == ("报修人（凭回执）", "夜间有人坐上去摇晃")
    notices = room.json("/cases/notices/", "officer")["items"]
    assert any(room.reports[1] == (each["case"] or {}).get("id") for each in notices)
