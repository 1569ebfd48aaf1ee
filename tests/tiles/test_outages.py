"""What the tile doors do when something else breaks; the portal runs as in operation."""

import http.client
import json
import os
import random
import re
import shutil
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, nullcontext, suppress
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest
from django.db import connection
from django.test import Client
from hypothesis import HealthCheck, given
from hypothesis import settings as rules
from hypothesis import strategies as st

from layers.base.models import Building
from layers.registry.audience import PUBLIC_VIEWER
from layers.registry.declaration.layer import LAYER_NAME
from layers.registry.registration import all_layers, get_layers
from tests.district import LON, SmallDistrict, square, tile_at
from tests.effort import LONG, tries
from tests.portal_server import PortalServer, portal_server, tile_worker
from tests.waiting import eventually
from tiles.cache import gzip_tile, heartbeat
from tiles.scheme import OutsideScheme, Tile
from tiles.vector.mvt import render

pytestmark = pytest.mark.django_db(transaction=True)

BUILDINGS = f"/tiles/buildings/{tile_at(15)}.pbf"
PICTURE = f"/mapproxy/tiles/1.0.0/buildings/webmercator/{tile_at(16)}.png"


@pytest.fixture
def data(tmp_path: Path, own_data_folder: Path) -> Path:
    if (own_data_folder / "fonts").exists():
        (tmp_path / "fonts").symlink_to(own_data_folder / "fonts")
    return tmp_path


def ask(server: PortalServer, path: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
    client = http.client.HTTPConnection(urlsplit(server.url).netloc, timeout=20)
    try:
        client.request("GET", path, headers=headers)
        answer = client.getresponse()
        return answer.status, dict(answer.getheaders()), answer.read()
    finally:
        client.close()


class Wire:
    """A way to the database that can be cut."""

    def __init__(self) -> None:
        known = connection.settings_dict
        self.target: Any = (known["HOST"], int(known["PORT"] or 5432))
        if known["HOST"].startswith("/"):
            self.target = f"{known['HOST']}/.s.PGSQL.{known['PORT'] or 5432}"
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.open: list[socket.socket] = []
        self.mend()

    def mend(self) -> None:
        self.listener = socket.create_server(("127.0.0.1", self.port))
        self.porter = threading.Thread(target=self._accept, args=(self.listener,), daemon=True)
        self.porter.start()

    def cut(self) -> None:
        with suppress(OSError):
            self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        self.porter.join(timeout=5)
        for end in self.open:
            with suppress(OSError):  # the other side may have gone first
                end.shutdown(socket.SHUT_RDWR)
            end.close()
        self.open.clear()

    close = cut

    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                near, _ = listener.accept()
            except OSError:
                return
            far = socket.socket(socket.AF_UNIX if isinstance(self.target, str) else socket.AF_INET)
            self.open += [near, far]
            far.connect(self.target)
            for one, other in ((near, far), (far, near)):
                threading.Thread(target=_pump, args=(one, other), daemon=True).start()


def _pump(source: socket.socket, sink: socket.socket) -> None:
    with suppress(OSError):
        while content := source.recv(65536):
            sink.sendall(content)
    with suppress(OSError):
        sink.shutdown(socket.SHUT_RDWR)


def assert_patience_is_asked_for(server: PortalServer, content: bytes) -> None:
    """By all but kept tiles; who somebody is only the database knows."""
    assert ask(server, BUILDINGS)[::2] == (200, content)
    assert ask(server, PICTURE)[0] == 200
    status, headers, body = ask(server, f"/tiles/roads/{tile_at(15)}.pbf")
    assert status == 503
    assert {name.lower(): value for name, value in headers.items()}["retry-after"] == "5"
    assert "请重试" in json.loads(body)["error"]
    for path in ("/cases/", "/cases/1/", "/cases/inbox/", "/accounts/me/", "/imports/", "/admin/"):
        for kind in ("text/html", "application/json"):
            status, headers, body = ask(server, path, Cookie="sessionid=somebody", Accept=kind)
            assert (status, headers["content-type"].split(";")[0]) == (503, kind), path
            said = json.loads(body)["error"] if "json" in kind else body.decode()
            assert "数据库未及时响应" in said


def test_with_the_database_away_kept_tiles_answer_and_others_ask_for_patience(
    committed_district: SmallDistrict, data: Path
) -> None:
    known = connection.settings_dict
    with (
        closing(Wire()) as wire,
        portal_server(
            data, DATABASE_URL=f"postgresql://{known['USER']}@127.0.0.1:{wire.port}/{known['NAME']}"
        ) as server,
    ):
        content = ask(server, BUILDINGS)[2]
        assert ask(server, PICTURE)[0] == 200
        wire.cut()
        assert_patience_is_asked_for(server, content)
        sign = data / "tile-worker-alive"
        sign.touch()
        time.sleep(heartbeat.LOOK_INTERVAL)
        assert ask(server, BUILDINGS, Cookie="sessionid=somebody")[::2] == (200, content)
        eventually(lambda: time.time() - sign.stat().st_mtime > heartbeat.TIMEOUT + heartbeat.LOOK_INTERVAL)
        assert_patience_is_asked_for(server, content)
        assert ask(server, BUILDINGS, Cookie="sessionid=somebody")[0] == 503
        assert ask(server, "/changes/")[0] == 503
        wire.mend()
        eventually(lambda: ask(server, f"/tiles/roads/{tile_at(15)}.pbf")[0] == 200)
        Building.objects.all().delete()
        eventually(lambda: ask(server, BUILDINGS)[0] == 204)


def stale_tiles(folder: Path) -> list[Path]:
    """The kept tiles that are not what a new drawing gives, or not whole."""
    found = []
    for path in (folder / "tiles" / "public").rglob("*.pbf.gz"):
        names, z, x, y = path.relative_to(folder / "tiles" / "public").parts
        tile = gzip_tile.read(path)
        fresh = render(
            get_layers(names.split(","), PUBLIC_VIEWER),
            Tile(int(z), int(x), int(y.split(".")[0])),
            PUBLIC_VIEWER,
        )
        if tile is None or tile.content != fresh.content:
            found.append(path)
    return found


def test_processes_killed_at_any_moment_leave_no_stale_or_half_tile(
    committed_district: SmallDistrict, data: Path
) -> None:
    chance = random.Random(11)
    rows = [Building(geom=square(LON + i * 0.0007, 29.9, 0.0004), height=1) for i in range(40)]
    numbers = [row.pk for row in Building.objects.bulk_create(rows)]
    paths = [f"/tiles/buildings/{tile_at(z, LON + i * 0.0014)}.pbf" for z in (14, 15, 16) for i in range(20)]
    Building.objects.create(geom=square(LON - 0.1, 29.9, 0.0004), height=1)
    untouched = f"/tiles/buildings/{tile_at(16, LON - 0.1, 29.9)}.pbf"
    stop = threading.Event()

    def edit() -> None:
        while not stop.is_set():
            Building.objects.filter(pk=chance.choice(numbers)).update(height=chance.random() * 100)
            time.sleep(0.05)  # some tiles must outlast it
        connection.close()

    def look(server: PortalServer) -> None:
        while not stop.is_set():
            with suppress(OSError, http.client.HTTPException):
                ask(server, chance.choice(paths), **{"Accept-Encoding": "gzip"})

    for _ in range(4 if LONG else 1):
        stop.clear()
        with portal_server(data) as server:
            threads = [threading.Thread(target=edit)]
            threads += [threading.Thread(target=look, args=(server,)) for _ in range(3)]
            for thread in threads:
                thread.start()
            assert ask(server, untouched)[0] == 200
            time.sleep(0.5 + chance.random())
            for process in (server.worker, server.web):
                os.killpg(process.pid, signal.SIGKILL)
                time.sleep(chance.random() * 0.2)
            stop.set()
            for thread in threads:
                thread.join(timeout=20)
    with tile_worker(data):
        eventually(lambda: stale_tiles(data) == [])
    assert list((data / "tiles" / "public").rglob("*.pbf.gz"))


NUMBER = st.one_of(
    st.integers().map(str),
    st.sampled_from(["nan", "inf", "-0", "1e3", "٣", "..", "%2e%2e", "0x10", "", "1" * 40, "½"]),
)


@rules(max_examples=tries(100), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(st.characters(codec="ascii", exclude_characters="/?#"), max_size=20), NUMBER, NUMBER, NUMBER)
def test_senseless_addresses_cost_no_question_to_the_database(
    committed_district: SmallDistrict, own_data_folder: Path, name: str, z: str, x: str, y: str
) -> None:
    def refuse(*_: Any) -> None:
        raise AssertionError("the database was asked")

    all_layers()  # a process looks once which datasets there are

    for layer in (name, "buildings", "buildings,nothing"):
        sensible = all(part.isascii() and part.isdigit() for part in (z, x, y))
        could_be_new = any(re.fullmatch(LAYER_NAME, part) for part in layer.split(","))
        with nullcontext() if sensible and could_be_new else connection.execute_wrapper(refuse):
            answer = Client().get(f"/tiles/{layer}/{z}/{x}/{y}.pbf")
        assert answer.status_code == status_of(layer, z, x, y)


def status_of(names: str, z: str, x: str, y: str) -> int:
    """What is no address is not found before numbers are read, numbers are read before names."""
    decoded = unquote(re.sub(r"[\t\r\n]", "", names))  # a client of the web leaves these out
    if not all((decoded, z, x, y)) or "/" in decoded:
        return 404
    if not all(re.fullmatch(r"[0-9]{1,9}", part) for part in (z, x, y)):
        return 400
    try:
        tile = Tile(int(z), int(x), int(y))
    except OutsideScheme:
        return 404
    if not decoded.strip(","):
        return 400
    if decoded != "buildings":
        return 404
    return 200 if render(get_layers(["buildings"], PUBLIC_VIEWER), tile, PUBLIC_VIEWER).content else 204


@contextmanager
def redis_server(folder: Path) -> Iterator[str]:
    program = shutil.which("redis-server")
    assert program, "./test installs redis-server"
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    words = [program, "--bind", "127.0.0.1", "--port", str(port), "--dir", str(folder), "--save", ""]
    with subprocess.Popen(words, stdout=subprocess.DEVNULL) as server:
        try:
            yield f"redis://127.0.0.1:{port}/0"
        finally:
            server.terminate()


def test_two_machines_with_a_shared_raster_cache_both_hear_of_a_change(
    committed_district: SmallDistrict, tmp_path: Path, own_data_folder: Path
) -> None:
    machines = [tmp_path / name for name in ("one", "two")]
    for machine in machines:
        machine.mkdir()
        (machine / "fonts").symlink_to(own_data_folder / "fonts")
    with ExitStack() as stack:
        shared = stack.enter_context(redis_server(tmp_path))
        servers = [
            stack.enter_context(portal_server(machine, GEOPORTAL_RASTER_CACHE=shared)) for machine in machines
        ]
        before = [(ask(server, BUILDINGS)[2], ask(server, PICTURE)[2]) for server in servers]
        assert before[0] == before[1]
        assert all(list(machine.rglob("*.pbf.gz")) for machine in machines)
        assert not any(list(machine.rglob("*.png")) for machine in machines)
        Building.objects.update(use="factory", height=50)
        [(old_tile, old_picture), _] = before

        def both_are_new() -> bool:
            after = {(ask(server, BUILDINGS)[2], ask(server, PICTURE)[2]) for server in servers}
            return len(after) == 1 and all(tile != old_tile and pic != old_picture for tile, pic in after)

        eventually(both_are_new)
