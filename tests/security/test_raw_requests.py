"""Whatever bytes come over the wire, the web server answers them, and never with an error of ours."""

import json
import socket
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.district import SmallDistrict
from tests.portal_server import PortalServer, portal_server

pytestmark = pytest.mark.django_db(transaction=True)

LINES = [
    *(
        b"GET /search/?q=" + word + b" HTTP/1.1"
        for word in ("药店".encode(), "药店".encode("gbk"), b"\xff\xfe")
    ),
    *(b"GET " + path + b"?\xe8=\xe8&lang=\xff HTTP/1.1" for path in (b"/", b"/cases/", b"/ogc/")),
    b"GET /tiles/buildings/3/1/1.pbf?\xe8 HTTP/1.1",
    b"GET /mapproxy/service?SERVICE=WMS&REQUEST=\xe8 HTTP/1.1",
    "GET /layers/药店/export.csv HTTP/1.1".encode(),
    b"GET /\xff\xfe/ HTTP/1.1",
    b"GET /place/%ff/%00/ HTTP/1.1",
    b"GET http://[/ HTTP/1.1",
    b"GET * HTTP/1.1",
    b"OPTIONS * HTTP/1.1",
    b"P\xc3\xb6ST / HTTP/1.1",
    b"GET / HTTP/9.9",
    b"GET",
]
HEADERS = [
    b"Cookie: sessionid=\xff\xfe",
    b"Cookie: sessionid=" + b"a" * 5000,
    b"Accept-Language: \xe8\xff",
    b"Accept: \xe8",
    b"If-None-Match: \xff",
    b"If-Modified-Since: \xff",
    b"Range: bytes=\xff",
    b"Content-Type: \xe8/\xe8; charset=\xff",
    b"Content-Length: -1",
    b"Content-Length: 99999999999999999999999",
    b"Transfer-Encoding: \xe8",
    b"X-Forwarded-For: \xff",
    b"Host: \xff\xfe",
    b"Host: a b",
    b"Origin: \xff",
]


def answer(server: PortalServer, request: bytes) -> bytes:
    with socket.create_connection(("127.0.0.1", urlsplit(server.url).port or 0), timeout=60) as client:
        client.sendall(request)
        return client.makefile("rb").read(100_000)


def status(said: bytes) -> int:
    """0 where the server only hung up."""
    return int(said.split(b" ")[1]) if said else 0


def test_no_bytes_on_the_wire_make_an_error_of_ours(
    committed_district: SmallDistrict, own_data_folder: Path
) -> None:
    end = b"\r\nHost: localhost\r\nConnection: close\r\n"
    heads = [line + end + b"\r\n" for line in LINES]
    heads += [b"GET /search/?q=x HTTP/1.1" + end + header + b"\r\n\r\n" for header in HEADERS]
    with portal_server(own_data_folder) as server:
        for request in heads:
            assert status(answer(server, request)) < 500, request
        found = answer(server, heads[0].replace(b"Connection", b"Accept: application/json\r\nConnection"))
        assert json.dumps("泰山药店")[1:-1].encode() in found
        assert "Traceback" not in server.log.read_text()
