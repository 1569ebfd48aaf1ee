"""Debian's nginx with the very configuration of the compose file, on loopback."""

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parent.parent
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
NGINX: str = COMPOSE["configs"]["nginx"]["content"].replace("$$", "$")
TEMPORARY = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")

STATIC = """
events {}
http { sendfile on; server { listen 80; root /data/; } }
"""
"""Nothing but files: the limit."""


@contextmanager
def nginx_in_front(
    folder: Path, upstream: int, configuration: str = NGINX, log: str = "off"
) -> Iterator[int]:
    """The port of an nginx that serves a data folder and has the portal behind it; ``log`` is a path or "off"."""
    program = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
    assert program, "./test installs nginx-light"
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    own = folder / f"nginx-{port}"
    own.mkdir()
    (own / "nginx.conf").write_text(_on_this_machine(configuration, folder, own, port, upstream, log))
    words = [
        program,
        "-e",
        f"{own}/error.log",
        "-c",
        f"{own}/nginx.conf",
        "-g",
        f"pid {own}/pid; daemon off;",
    ]
    subprocess.run([*words, "-t"], check=True, capture_output=True)
    with subprocess.Popen(words) as server:
        try:
            _await_port(port)
            yield port
        finally:
            server.terminate()


def _on_this_machine(text: str, folder: Path, own: Path, port: int, upstream: int, log: str) -> str:
    is_of_compose = text == NGINX
    temporary = " ".join(f"{kind}_temp_path {own}/{kind};" for kind in TEMPORARY)
    of_the_manual = {
        "listen 443 ssl;": f"listen 127.0.0.1:{port} ssl;",
        "http://127.0.0.1:8000": f"http://127.0.0.1:{upstream}",
    }
    for theirs, here in of_the_manual.items():
        text = text.replace(theirs, here)
    for theirs, here in {
        "http {": f"http {{ access_log {log}; {temporary}",
        "listen 80;": f"listen 127.0.0.1:{port};",
        "http://web:8000": f"http://127.0.0.1:{upstream}",
        "http://mapproxy:8000": f"http://127.0.0.1:{upstream}",
        "/data/": f"{folder}/",
    }.items():
        assert theirs in text or not is_of_compose, theirs
        text = text.replace(theirs, here)
    return text


def _await_port(port: int) -> None:
    for _ in range(200):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
