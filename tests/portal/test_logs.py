"""The log tells an administrator when, in which request and what, and nobody's personal data."""

import logging
import re
import socket
import struct
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client

from geoportal.accounts.models import User
from geoportal.logs import LineFormatter, request_id
from layers.base.models import Building
from tests.district import LAT, LON, SmallDistrict, square
from tests.portal_server import PortalServer, portal_server

LINE = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d{4} [A-Z]+ \S+ \S+: ")


@pytest.mark.django_db
def test_a_failed_sign_in_is_noted_without_name_and_address(
    client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    person = User.objects.create_user("zhang.wei", password="right horse battery")
    for name in ("zhang.wei", "li.na"):
        data = {"username": name, "password": "a secret guess"}
        client.post("/accounts/sign-in/", data, REMOTE_ADDR="203.0.113.77", HTTP_USER_AGENT="Strange/1.0")
    said = caplog.text
    assert f"A sign-in to account {person.pk} failed, from 203.0.113.0/24" in said
    assert "A sign-in to an account that does not exist failed, from 203.0.113.0/24" in said
    for private in ("zhang.wei", "li.na", "a secret guess", "203.0.113.77", "Strange"):
        assert private not in said


@pytest.mark.django_db
def test_each_answer_tells_the_number_that_its_lines_bear(client: Client) -> None:
    first, second = (client.get("/healthz")["X-Request-Id"] for _ in range(2))
    assert first != second
    request_id.set(first)
    record = logging.LogRecord("geoportal", logging.ERROR, "", 1, "It broke", None, None)
    line = LineFormatter().format(record)
    assert LINE.match(line)
    assert f" ERROR {first} geoportal: It broke" in line


@pytest.mark.django_db
def test_what_somebody_entered_is_left_out_of_the_database_s_complaints() -> None:
    name = "zhang.wei"
    User.objects.create_user(name)
    lines = []
    for statement in (
        lambda: User.objects.create_user(name),
        lambda: connection.cursor().execute("SELECT %s::int", [name]),
    ):
        with pytest.raises(DatabaseError) as raised, transaction.atomic():
            statement()
        problem = raised.value
        assert name in str(problem)
        told = (type(problem), problem, problem.__traceback__)
        record = logging.LogRecord("geoportal", logging.ERROR, "", 1, "Broken: %s", (problem,), told)
        lines.append(LineFormatter().format(record))
    assert len(lines) == 2
    assert name not in "".join(lines)


@pytest.mark.django_db(transaction=True)
def test_clients_that_leave_in_the_middle_write_nothing_into_the_log(
    committed_district: SmallDistrict, own_data_folder: Path
) -> None:
    words = "街" * 160  # few rows of many bytes, so that the answer fits no socket's buffers
    Building.objects.bulk_create(
        Building(
            name=words,
            name_en=words,
            address=words,
            geom=square(LON + n % 150 / 5000, LAT + n // 150 / 5000, 0.0001),
        )
        for n in range(2_500)
    )
    with portal_server(own_data_folder) as server:
        before = server.log.stat().st_size
        for path in ("/layers/buildings/export.geojson", "/changes/"):
            for _ in range(8):
                leave(server, path)
        asked = page(server)
        assert asked.startswith(b"HTTP/1.0 200")
        said = server.log.read_bytes()[before:].decode()
    assert "error" not in said.lower(), said[:3000]
    assert all(LINE.match(line) for line in said.splitlines()), said[:3000]


def leave(server: PortalServer, path: str) -> None:
    """Asks, takes the first bytes and resets the connection."""
    with socket.create_connection(("127.0.0.1", urlsplit(server.url).port or 0)) as client:
        client.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        assert client.recv(12) == b"HTTP/1.1 200"
        client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def page(server: PortalServer) -> bytes:
    with socket.create_connection(("127.0.0.1", urlsplit(server.url).port or 0)) as client:
        client.sendall(b"GET /layers/ HTTP/1.0\r\nHost: localhost\r\n\r\n")
        return b"".join(iter(lambda: client.recv(1 << 16), b""))
