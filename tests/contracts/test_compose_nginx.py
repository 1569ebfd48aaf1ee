"""The nginx configuration of docker-compose.yml, run by Debian's nginx over a real tile cache."""

import gzip
import threading
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from layers.registry.audience import PUBLIC_VIEWER
from layers.registry.registration import layers_for
from tests.nginx import nginx_in_front
from tests.waiting import eventually
from tiles.cache import gzip_tile, tile_files
from tiles.http.responses import CONTENT_TYPE
from tiles.scheme import Tile

PACKED = {"Accept-Encoding": "br, gzip"}


class _Upstream(BaseHTTPRequestHandler):
    """Stands where the web processes are and says what it was asked for."""

    def do_GET(self) -> None:
        said = f"{self.headers['Host']}{self.path}".encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(said)))
        self.end_headers()
        self.wfile.write(said)

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def upstream() -> Iterator[int]:
    with ThreadingHTTPServer(("127.0.0.1", 0), _Upstream) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_port
        server.shutdown()


@dataclass
class Front:
    port: int
    data: Path

    def get(self, path: str, **headers: str) -> tuple[dict[str, str], bytes]:
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", headers=headers)
        with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310  our own http address
            return dict(answer.headers), answer.read()


@pytest.fixture
def front(upstream: int) -> Iterator[Front]:
    with TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)  # started by root, nginx reads files as a user of its own
        with nginx_in_front(Path(folder), upstream, log=f"{folder}/access.log") as port:
            yield Front(port, Path(folder))


@pytest.fixture
def address(db: None, front: Front, settings: Any) -> str:
    """Of a public tile that the cache keeps."""
    settings.DATA = front.data
    layers = layers_for(PUBLIC_VIEWER)[:1]
    kept = tile_files.tile_path(layers, Tile(3, 2, 1), PUBLIC_VIEWER)
    gzip_tile.write(kept, gzip_tile.compress(b"tile"), readable=True)
    name: str = layers[0].name
    return f"/tiles/{name}/3/2/1.pbf"


def test_a_kept_public_tile_comes_straight_from_its_file(front: Front, address: str) -> None:
    headers, content = front.get(address, **PACKED)
    assert gzip.decompress(content) == b"tile"
    assert headers["Content-Type"] == CONTENT_TYPE
    assert headers["Content-Encoding"] == "gzip"
    assert headers["Cache-Control"] == "public, no-cache"
    assert "Cookie" in headers["Vary"]
    assert headers["ETag"] == gzip_tile.compress(b"tile").etag
    assert "Last-Modified" not in headers


def test_whoever_is_signed_in_is_answered_by_the_portal(front: Front, address: str, settings: Any) -> None:
    signed_in = PACKED | {"Cookie": f"theme=dark; {settings.SESSION_COOKIE_NAME}=abc"}
    assert front.get(address, Host="city.example", **signed_in)[1].decode() == f"city.example{address}"


def test_who_does_not_unpack_gzip_is_answered_by_the_portal(front: Front, address: str) -> None:
    for accepted in ("identity", "gzip;q=0", "br, gzip; q=0.0, identity"):
        said = front.get(address, Host="city.example", **{"Accept-Encoding": accepted})[1].decode()
        assert said == f"city.example{address}"
    assert gzip.decompress(front.get(address, **{"Accept-Encoding": "gzip;q=0.5"})[1]) == b"tile"


def test_parameters_are_read_by_the_portal_also_where_the_tile_is_kept(front: Front, address: str) -> None:
    for words in ("?theme=dark", "?:", "?x"):
        said = front.get(address + words, Host="city.example", **PACKED)[1].decode()
        assert said == f"city.example{address}{words}"


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/tiles/buildings/3/2/2.pbf",
        "/tiles/buildings.json",
        "/mapproxy/service?x=1",
        "/tiles/a%2Fb/1/1/1.pbf",
    ],
)
def test_everything_else_reaches_the_portal_unchanged(front: Front, path: str) -> None:
    assert front.get(path, Host="city.example", **PACKED)[1].decode() == f"city.example{path}"


def test_addresses_that_are_secrets_stand_in_no_log(front: Front) -> None:
    secrets = [
        "/cases/deadlines/feed-secret.ics",
        "/receipts/mail/mail-secret/",
        "/accounts/password/MQ/link-secret/",
    ]
    for path in (*secrets, "/cases/inbox/"):
        assert front.get(path, Host="city.example")[1].decode() == f"city.example{path}"
    log = front.data / "access.log"
    eventually(lambda: "/cases/inbox/" in log.read_text())
    assert "secret" not in log.read_text()
