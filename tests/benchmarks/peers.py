"""Other tile servers on the same data, installed for the benchmark only (under the data folder)."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import venv
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import psycopg2
from django.conf import settings

from tests.benchmarks.figures import CannotMeasure
from tiles.scheme import Tile

PACKAGES = (
    "tipg==1.6.1",
    "uvicorn==0.54.0",
    "pygeoapi==0.21.0",
    "sqlalchemy<3",
    "geoalchemy2",
    "psycopg2-binary",
)
ATTRIBUTES = ("name", "use", "storeys", "height")


def environment() -> Path:
    """The peers' own Python environment, made at the first run."""
    place = Path(settings.DATA) / "bench-peers"
    if not (place / "complete").exists():
        venv.create(place, with_pip=True, clear=True)
        words = [str(place / "bin" / "pip"), "install", "-qqq", "--disable-pip-version-check", *PACKAGES]
        subprocess.run(words, check=True)
        (place / "complete").touch()
    return place


@contextmanager
def tipg(address: str) -> Iterator[str]:
    port = free_port()
    env = os.environ | {
        "DATABASE_URL": _with_host(address),
        "TIPG_MAX_FEATURES_PER_TILE": "1000000",
        "TIPG_DB_SCHEMAS": '["public"]',
    }
    python = environment() / "bin" / "python"
    words = [
        python,
        "-m",
        "uvicorn",
        "tipg.main:app",
        "--port",
        str(port),
        "--workers",
        "2",
        "--no-access-log",
    ]
    with running(words, port, env):
        yield f"http://127.0.0.1:{port}"


def _with_host(address: str) -> str:
    """The same with the host where tipg looks for it."""
    known = psycopg2.extensions.parse_dsn(address)
    secret = f":{quote(known['password'], safe='')}" if "password" in known else ""
    place = f"{quote(known['host'], safe='')}:{known['port']}"
    return f"postgresql://{known['user']}{secret}@{place}/{known['dbname']}"


def tipg_path(tile: Tile) -> str:
    chosen = f"properties={','.join(ATTRIBUTES)}&geom-column=geom_3857"
    return f"/collections/public.base_building/tiles/WebMercatorQuad/{tile.z}/{tile.x}/{tile.y}?{chosen}"


@contextmanager
def mapserver(address: str, folder: Path) -> Iterator[str]:
    """Two FastCGI processes behind nginx."""
    spawn, nginx, program = (_program(name) for name in ("spawn-fcgi", "nginx", "mapserv"))
    known = psycopg2.extensions.parse_dsn(address)
    dsn = " ".join(f"{key}={value}" for key, value in known.items())
    (folder / "bench.map").write_text(_MAP % {"dsn": dsn})
    (folder / "mapserver.conf").write_text('CONFIG\nENV\nMS_MAP_PATTERN "."\nEND\nEND\n')
    port = free_port()
    (folder / "nginx.conf").write_text(_NGINX % {"folder": folder, "port": port})
    env = os.environ | {
        "MAPSERVER_CONFIG_FILE": str(folder / "mapserver.conf"),
        "MS_MAPFILE": str(folder / "bench.map"),
    }
    words = [
        spawn,
        "-s",
        f"{folder}/ms.sock",
        "-M",
        "0666",
        "-F",
        "2",
        "-P",
        f"{folder}/ms.pid",
        "--",
        program,
    ]
    subprocess.run(words, env=env, check=True, capture_output=True)
    try:
        with running(
            [nginx, "-e", folder / "error.log", "-c", folder / "nginx.conf"], port, dict(os.environ)
        ):
            yield f"http://127.0.0.1:{port}"
    finally:
        for pid in (folder / "ms.pid").read_text().split():
            os.kill(int(pid), signal.SIGKILL)


def _program(name: str) -> str:
    found = shutil.which(name, path=f"{os.environ['PATH']}:/usr/sbin")
    if found is None:
        raise CannotMeasure("Install the Debian packages spawn-fcgi, nginx-light and cgi-mapserver.")
    return found


def mapserver_path(tile: Tile) -> str:
    return f"/ms?mode=tile&layers=buildings&tilemode=gmap&tile={tile.x}+{tile.y}+{tile.z}&map.imagetype=mvt"


def pygeoapi_rate(address: str, tiles: Sequence[Tile]) -> float:
    """Tiles a second of its provider alone, without HTTP."""
    known = psycopg2.extensions.parse_dsn(address)
    listed = [(tile.z, tile.x, tile.y) for tile in tiles]
    words = [str(environment() / "bin" / "python"), "-c", _PYGEOAPI, repr(known), repr(listed)]
    told = subprocess.run(words, capture_output=True, text=True, timeout=900, check=False)
    if told.returncode:
        raise CannotMeasure(f"pygeoapi: {told.stderr[-500:]}")
    return float(told.stdout.split()[-1])


@contextmanager
def application(interface: str, name: str, *words: str, **env: str) -> Iterator[str]:
    """The address of an application that two processes of Granian serve."""
    port = free_port()
    command = [sys.executable, "-m", "granian", "--interface", interface, "--host", "127.0.0.1"]
    command += ["--port", str(port), "--workers", "2", "--no-ws", *words, name]
    with running(command, port, os.environ | {"PYTHONPATH": str(settings.ROOT), **env}):
        yield f"http://127.0.0.1:{port}"


@contextmanager
def running(words: Sequence[object], port: int, env: dict[str, str]) -> Iterator[None]:
    """A server that ends with the block."""
    command = [str(word) for word in words]
    with subprocess.Popen(
        command, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    ) as server:
        try:
            until = time.monotonic() + 40
            while not _answers(port):
                if server.poll() is not None or time.monotonic() > until:
                    raise CannotMeasure(f"{' '.join(command[:4])} did not start")
                time.sleep(0.1)
            time.sleep(1)
            yield
        finally:
            os.killpg(server.pid, signal.SIGTERM)
            try:
                server.wait(timeout=10)
            except subprocess.TimeoutExpired:
                os.killpg(server.pid, signal.SIGKILL)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


_PYGEOAPI = """
import ast, sys, time
from pygeoapi.provider.mvt_postgresql import MVTPostgreSQLProvider
known, tiles = ast.literal_eval(sys.argv[1]), ast.literal_eval(sys.argv[2])
provider = MVTPostgreSQLProvider({
    "name": "MVT-postgresql", "type": "tile", "id_field": "id", "table": "base_building", "geom_field": "geom",
    "data": {"host": known["host"], "port": known.get("port", "5432"), "dbname": known["dbname"],
             "user": known["user"], "password": known.get("password", ""), "search_path": ["public"]},
    "options": {"zoom": {"min": 0, "max": 22}}, "storage_crs": "http://www.opengis.net/def/crs/EPSG/0/4490",
    "format": {"name": "pbf", "mimetype": "application/vnd.mapbox-vector-tile"},
})
start = time.perf_counter()
for z, x, y in tiles:
    provider.get_tiles(layer="base_building", tileset="WebMercatorQuad", z=z, x=x, y=y, format_="mvt")
print(len(tiles) / (time.perf_counter() - start))
"""

_NGINX = """
pid %(folder)s/nginx.pid; daemon off; worker_processes 2; events {}
http {
  access_log off; client_body_temp_path %(folder)s/a; proxy_temp_path %(folder)s/b; fastcgi_temp_path %(folder)s/c;
  uwsgi_temp_path %(folder)s/d; scgi_temp_path %(folder)s/e;
  server {
    listen 127.0.0.1:%(port)s;
    location /ms {
      fastcgi_pass unix:%(folder)s/ms.sock;
      fastcgi_param QUERY_STRING $query_string; fastcgi_param REQUEST_METHOD GET;
      fastcgi_param MS_MAPFILE %(folder)s/bench.map;
    }
  }
}
"""

_MAP = """
MAP
NAME "bench"
SIZE 256 256
EXTENT -20037508 -20037508 20037508 20037508
PROJECTION "init=epsg:3857" END
IMAGETYPE "mvt"
OUTPUTFORMAT NAME "mvt" DRIVER "MVT" FORMATOPTION "EXTENT=4096" FORMATOPTION "EDGE_BUFFER=10" END
LAYER
NAME "buildings"
TYPE POLYGON
STATUS ON
CONNECTIONTYPE POSTGIS
CONNECTION "%(dsn)s"
PROCESSING "CLOSE_CONNECTION=DEFER"
DATA "geom_3857 FROM base_building USING UNIQUE id USING SRID=3857"
METADATA "gml_include_items" "name,use,storeys,height" END
PROJECTION "init=epsg:3857" END
END
END
"""
