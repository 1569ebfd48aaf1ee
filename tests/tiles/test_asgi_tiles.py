"""Kept tiles before Django: right for whoever asks, from the next request on."""

import asyncio
import gzip
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connections
from django.test import Client

from geoportal.accounts.models import Role, User
from geoportal.accounts.sessions import viewer_of_session
from layers.agencies.models import Department
from layers.registry.audience import PUBLIC_VIEWER, Viewer
from tests.district import SmallDistrict, tile_at
from tests.people import PASSWORD, VIEWERS, client_of
from tiles.cache import heartbeat
from tiles.http.asgi_tiles import TileMiddleware

pytestmark = pytest.mark.django_db(transaction=True)

CASES = f"/tiles/enforcement-cases/{tile_at(15)}.pbf"
BUILDINGS = f"/tiles/buildings/{tile_at(15)}.pbf"
INNER = 418  # what the application behind the front answers


async def behind(scope: Any, receive: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": INNER, "headers": []})
    await send({"type": "http.response.body", "body": b""})


@pytest.fixture
def front(committed_district: SmallDistrict) -> Iterator[TileMiddleware]:
    made = TileMiddleware(behind, viewer_of_session)
    yield made
    for _ in range(4):
        made.threads.submit(connections.close_all).result(timeout=5)
    made.threads.shutdown()


def ask(
    front: TileMiddleware, path: str, method: str = "GET", **headers: str
) -> tuple[int, dict[str, str], bytes]:
    sent: list[dict[str, Any]] = []

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> Any:
        return {"type": "http.request"}

    given = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    scope = {"type": "http", "method": method, "path": path, "headers": given}
    asyncio.run(front(scope, receive, send))
    return (
        sent[0]["status"],
        {name.decode(): value.decode() for name, value in sent[0]["headers"]},
        b"".join(message.get("body", b"") for message in sent[1:]),
    )


def cookie(client: Client) -> str:
    return f"sessionid={client.cookies['sessionid'].value}"


@pytest.mark.parametrize("role", [name for name in VIEWERS if name != "public"])
@pytest.mark.parametrize("path", [CASES, BUILDINGS])
def test_each_gets_what_django_gives_them(front: TileMiddleware, role: str, path: str) -> None:
    client = client_of(role)
    expected = client.get(path)
    status, headers, body = ask(front, path, cookie=cookie(client))
    assert status == INNER  # no worker watches over the cache yet
    heartbeat.beat()
    front.checked_at = 0
    status, headers, body = ask(front, path, cookie=cookie(client))
    assert (status, body) == (200, expected.content)
    assert headers["etag"] == expected["ETag"]
    assert headers["cache-control"] == expected["Cache-Control"]
    for other in set(VIEWERS) - {role, "public"}:
        asker = client_of(other)
        assert ask(front, path, cookie=cookie(asker))[2] == asker.get(path).content
    public = Client().get(path).content
    assert ask(front, path)[2] == public
    assert ask(front, path, cookie="sessionid=made-up")[2] == public


def test_headers_methods_and_ranges_do_not_open_anothers_tile(front: TileMiddleware) -> None:
    officer = client_of("officer")
    own, public = officer.get(CASES), Client().get(CASES)
    assert own.content != public.content
    heartbeat.beat()
    for extra in ({}, {"if_none_match": own["ETag"]}, {"range": "bytes=0-10"}):
        status, headers, body = ask(front, CASES, **extra)
        assert (status, headers["etag"], body) == (200, public["ETag"], public.content)
        assert ask(front, CASES, "HEAD", **extra)[1]["etag"] == public["ETag"]
    both = f"/tiles/buildings,enforcement-cases/{tile_at(15)}.pbf"
    assert ask(front, both, cookie=cookie(officer))[2] == officer.get(both).content
    assert ask(front, both)[2] == Client().get(both).content != officer.get(both).content


def test_revocation_acts_on_the_next_request(front: TileMiddleware) -> None:
    client, other = client_of("officer"), client_of("other_officer")
    own, others, public = client.get(CASES).content, other.get(CASES).content, Client().get(CASES).content
    assert len({own, others, public}) == 3
    heartbeat.beat()
    session = cookie(client)
    assert ask(front, CASES, cookie=session)[2] == own
    officer = User.objects.get(username="officer")
    officer.departments.set(Department.objects.filter(code="PL"))
    assert ask(front, CASES, cookie=session)[2] == others
    officer.departments.set(Department.objects.filter(code="UM"))
    assert ask(front, CASES, cookie=session)[2] == own
    client.post("/accounts/sign-out/")
    assert ask(front, CASES, cookie=session)[2] == public


@pytest.mark.parametrize("way", ["deactivated", "new password", "another role", "deleted"])
def test_the_session_is_worth_what_django_says(committed_district: SmallDistrict, way: str) -> None:
    client = client_of("officer")
    key = client.cookies["sessionid"].value
    assert viewer_of_session(key) == VIEWERS["officer"]
    officer = User.objects.get(username="officer")
    if way == "deactivated":
        officer.is_active = False
    elif way == "new password":
        officer.set_password(PASSWORD + "!")
    elif way == "another role":
        officer.role = Role.CITIZEN
    if way == "deleted":
        officer.delete()
    else:
        officer.save()
    page = client.get("/accounts/me/")
    expected = Viewer.of(page.wsgi_request.user)
    assert viewer_of_session(key) == expected != VIEWERS["officer"]


def test_a_public_tile_is_answered_in_every_form(front: TileMiddleware, client: Client) -> None:
    content = client.get(BUILDINGS).content
    heartbeat.beat()
    status, headers, body = ask(front, BUILDINGS, accept_encoding="br, gzip")
    assert (status, headers["content-encoding"], gzip.decompress(body)) == (200, "gzip", content)
    assert ask(front, BUILDINGS)[2] == content
    assert ask(front, BUILDINGS, "HEAD", accept_encoding="gzip")[2] == b""
    assert ask(front, BUILDINGS, if_none_match=f"W/{headers['etag']}")[0] == 304
    assert ask(front, BUILDINGS, "POST")[0] == INNER


@pytest.mark.parametrize(
    "path",
    [
        "/tiles/../secret-key",
        "/tiles/buildings/1/1/1.pbf.gz",
        "/tiles/buildings/-1/0/0.pbf",
        "/tiles/buildings/99/0/0.pbf",
        "/tiles/buildings/1/nan/0.pbf",
        f"/tiles/nothing/{tile_at(15)}.pbf",
        f"/tiles/units,nothing/{tile_at(15)}.pbf",
        "/tiles//1/1/1.pbf",
        "/tiles/buildings/00015/1/1.pbf",
        "/",
    ],
)
def test_everything_else_goes_on(front: TileMiddleware, path: str) -> None:
    heartbeat.beat()
    assert ask(front, path)[0] == INNER


def test_a_stranger_s_cookie_is_the_public(front: TileMiddleware) -> None:
    assert viewer_of_session("no such session") == PUBLIC_VIEWER
    heartbeat.beat()
    assert ask(front, CASES, cookie='sessionid="; path=/')[2] == Client().get(CASES).content
