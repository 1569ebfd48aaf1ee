"""Clients that send or read slowly hold nobody else up, and strangers send no more than a form holds."""

import asyncio
import json
import socket
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlsplit

import pytest
from django.conf import settings

from geoportal import slow_clients
from geoportal.accounts.models import User
from geoportal.accounts.sessions import SessionViewers
from geoportal.slow_clients import THREADS, PageThreads
from layers.base.models import Building
from tests.district import LAT, LON, SmallDistrict, square
from tests.nginx import nginx_in_front
from tests.people import client_of
from tests.portal_server import PortalServer, portal_server

MANY = 3 * THREADS
EXPORT = "/layers/buildings/export.geojson"
ROWS, WORDS = 2_500, "街" * 160
"""So many, and of so many bytes, that the answer fits no socket's buffers."""


@pytest.fixture(scope="module")
def server(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[PortalServer]:
    """One for the tests here."""
    data = tmp_path_factory.mktemp("portal")
    (data / "fonts").symlink_to(Path(settings.DATA) / "fonts")
    with django_db_blocker.unblock(), portal_server(data) as running:
        yield running


@contextmanager
def connected(server: PortalServer, request: str) -> Iterator[socket.socket]:
    """A client that sent this, and takes little."""
    with socket.socket() as client:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        client.connect(("127.0.0.1", urlsplit(server.url).port))
        client.sendall(request.replace("\n", "\r\n").encode())
        yield client


def page(server: PortalServer) -> int:
    with urllib.request.urlopen(f"{server.url}/layers/", timeout=60) as answer:  # noqa: S310  our own address
        return int(answer.status)


@pytest.mark.django_db(transaction=True)
def test_slow_bodies_and_slow_readers_leave_the_pages_to_others(
    committed_district: SmallDistrict, server: PortalServer
) -> None:
    Building.objects.bulk_create(
        Building(
            name=WORDS,
            name_en=WORDS,
            address=WORDS,
            geom=square(LON + n % 150 / 5000, LAT + n // 150 / 5000, 0.0001),
        )
        for n in range(ROWS)
    )
    body = "POST /accounts/sign-in/ HTTP/1.1\nHost: localhost\nContent-Length: 900\n\nusername="
    reader = f"GET {EXPORT} HTTP/1.0\nHost: localhost\n\n"
    with ExitStack() as stack:
        assert page(server) == 200
        for _ in range(MANY):
            stack.enter_context(connected(server, body))
        readers = [stack.enter_context(connected(server, reader)) for _ in range(MANY)]
        for client in readers:
            assert client.recv(12) == b"HTTP/1.0 200"
        assert page(server) == 200
        readers[0].setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
        received = b"".join(iter(lambda: readers[0].recv(1 << 20), b""))
        assert received.count(b'"Feature"') == ROWS + 2, "whoever reads slowly gets it all"


def sent_through(port: int, cookie: str) -> tuple[int, str]:
    """What a proxy gives of the answer to a body that is refused before it is read."""
    asked = urllib.request.Request(
        f"http://127.0.0.1:{port}/imports/",
        bytes(12_000_000),
        {"Cookie": cookie, "Accept": "application/json", "Content-Type": "application/octet-stream"},
        method="POST",
    )
    with pytest.raises(HTTPError) as refused:
        urllib.request.urlopen(asked, timeout=60)  # noqa: S310  our own address
    return refused.value.code, refused.value.read().decode()


@pytest.mark.django_db(transaction=True)
def test_a_stranger_s_large_body_is_refused_before_it_is_read(
    committed_district: SmallDistrict, server: PortalServer
) -> None:
    head = "POST /imports/ HTTP/1.1\nHost: localhost\nContent-Length: 600000000\n"
    with connected(server, head + "\n") as client:
        assert client.recv(12) == b"HTTP/1.1 413"
    with TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)  # started by root, nginx keeps bodies as a user of its own
        with nginx_in_front(Path(folder), urlsplit(server.url).port or 0) as port:
            status, said = sent_through(port, "")
            assert (status, "error" in json.loads(said)) == (413, True)
            cookie = f"sessionid={client_of('citizen').cookies['sessionid'].value}"
            status, said = sent_through(port, cookie)
            assert (status, json.loads(said)["stale"]) == (403, True)
    session = client_of("citizen").cookies["sessionid"].value
    with connected(server, f"{head}Cookie: sessionid={session}\n\n") as client:
        assert client.recv(12) == b"HTTP/1.1 403"  # the page's own answer: a form without its token
    User.objects.update(is_active=False)
    with connected(server, f"{head}Cookie: sessionid={session}\n\n") as client:
        assert client.recv(12) == b"HTTP/1.1 413"


Sent = list[dict[str, Any]]


def asked(pages: Callable[..., Any], messages: list[Any], **options: Any) -> Sent:
    """What an application in threads sends to a client that sends these messages and then nothing any more."""
    sent: Sent = []

    async def receive() -> Any:
        return messages.pop(0) if messages else await asyncio.Event().wait()

    async def send(message: Any) -> None:
        sent.append(message)
        await options.get("slow", asyncio.sleep)(0)

    async def run() -> None:
        scope = {
            "type": "http",
            "method": "POST",
            "path": "/",
            "query_string": b"",
            "headers": [],
            "http_version": "1.1",
        }
        app = PageThreads(pages, SessionViewers(), 1, body_timeout=options.get("body_timeout", 20.0))
        await app(scope, receive, send)

    asyncio.run(run())
    return sent


def body(content: bytes, more: bool) -> dict[str, Any]:
    return {"type": "http.request", "body": content, "more_body": more}


def echo(environ: Any, start: Any) -> list[bytes]:
    start("200 OK", [])
    return [environ["wsgi.input"].read()]


def test_a_body_in_pieces_arrives_whole() -> None:
    sent = asked(echo, [body(b"one ", True), body(b"two", False)])
    assert (sent[0]["status"], b"".join(each.get("body", b"") for each in sent[1:])) == (200, b"one two")


def test_a_body_that_does_not_come_is_given_up() -> None:
    assert asked(echo, [body(b"one ", True)], body_timeout=0.05)[0]["status"] == 408


def test_a_body_without_a_length_is_no_way_around_the_limit() -> None:
    pieces = [body(b"x" * 400_000, True) for _ in range(100)]
    assert asked(echo, pieces)[0]["status"] == 413
    assert 50 < len(pieces) < 97, "what came while it took the answer was thrown away, and no more of it read"


def test_who_takes_nothing_ends_the_work_for_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slow_clients, "SEND_TIMEOUT", 0.05)
    made: list[int] = []
    ended: list[bool] = []

    def endless(environ: Any, start: Any) -> Iterator[bytes]:
        start("200 OK", [])
        try:
            while True:
                made.append(1)
                yield b"x" * 1000
        finally:
            ended.append(True)

    taken: list[int] = []

    async def slow(_: float) -> None:
        taken.append(1)
        if len(taken) > 1:
            await asyncio.Event().wait()

    sent = asked(endless, [body(b"", False)], slow=slow)
    assert (sent[0]["status"], ended) == (200, [True])


def test_what_waits_for_all_clients_has_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slow_clients, "MOST_KEPT", 100_000)
    monkeypatch.setattr(slow_clients, "IN_MEMORY", 10_000)

    def large(environ: Any, start: Any) -> Iterator[bytes]:
        start("200 OK", [])
        for number in range(50):
            yield bytes([number]) * 10_000

    sent = asked(large, [body(b"", False)])
    whole = b"".join(each.get("body", b"") for each in sent[1:])
    assert whole == b"".join(bytes([number]) * 10_000 for number in range(50))
