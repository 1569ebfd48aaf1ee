"""The portal as ./start serves it, on the tests' database: the web server and the workers as processes."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db import connection

from geoportal.launch.start_command import web_command

ROOT = Path(__file__).resolve().parent.parent
MANAGE = (sys.executable, "manage.py")
SECONDS_TO_START = 180


@dataclass(frozen=True)
class PortalServer:
    url: str
    data: Path
    web: "subprocess.Popen[bytes]"
    worker: "subprocess.Popen[bytes]"

    @property
    def log(self) -> Path:
        return self.data / "log"


def environment(data: Path) -> dict[str, str]:
    """Of the portal's processes and commands, on the tests' database."""
    return os.environ | {
        "DATABASE_URL": database_url(),
        "GEOPORTAL_DATA": str(data),
        "GEOPORTAL_SECRET_KEY": settings.SECRET_KEY,
        "PYTHONPATH": str(ROOT),
        "DJANGO_SETTINGS_MODULE": "geoportal.settings",
    }


@contextmanager
def portal_server(
    data: Path, *, processes: int = 1, jobs: bool = False, megabytes: int | None = None, **variables: str
) -> Iterator[PortalServer]:
    """Ends with the block; the log is ``log`` in the data folder, ``processes`` are those that answer.

    ``megabytes`` is what each of them may hold before it is exchanged, looked at each second.
    """
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    env = environment(data) | variables
    command = web_command("127.0.0.1", port)
    options = {"--workers": processes}
    if megabytes is not None:
        options |= {"--workers-max-rss": megabytes, "--rss-sample-interval": 1}
    for name, value in options.items():
        command[command.index(name) + 1] = str(value)
    with ExitStack() as stack, (data / "log").open("ab") as log:
        web_env = env | {"DATABASE_URL": variables.get("DATABASE_URL", database_url("_web"))}
        web = stack.enter_context(_process([sys.executable, *command[1:]], web_env, log))
        keeper = stack.enter_context(_process([*MANAGE, "tile_worker"], env, log))
        _await(f"http://127.0.0.1:{port}/healthz", web, data / "log")
        if jobs:
            stack.enter_context(_process([*MANAGE, "job_worker"], env, log))
        while not (data / "tile-worker-alive").exists():
            if keeper.poll() is not None:
                raise RuntimeError(f"the tile worker ended: {(data / 'log').read_text()[-2000:]}")
            time.sleep(0.1)
        yield PortalServer(f"http://127.0.0.1:{port}", data, web, keeper)


@contextmanager
def tile_worker(data: Path) -> Iterator[None]:
    """What keeps the tiles of the folder true, without a web server."""
    with (data / "log").open("ab") as log, _process([*MANAGE, "tile_worker"], environment(data), log):
        yield


@contextmanager
def _process(command: list[str], env: dict[str, str], log: object) -> Iterator["subprocess.Popen[bytes]"]:
    started = subprocess.Popen(command, cwd=ROOT, env=env, stdout=log, stderr=log, start_new_session=True)  # type: ignore[call-overload]
    try:
        yield started
    finally:
        started.terminate()
        try:
            started.wait(timeout=15)
        except subprocess.TimeoutExpired:
            os.killpg(started.pid, signal.SIGKILL)
            started.wait(timeout=5)


def _await(url: str, web: "subprocess.Popen[bytes]", log: Path) -> None:
    """Answered by this server and not by another that was given the same port."""
    until = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < until and web.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=5):  # noqa: S310  our own http address
                return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError(f"the portal did not start: {log.read_text()[-2000:]}")


def database_url(role: str = "") -> str:
    """As the owner, or as another role of the tests' database."""
    known = connection.settings_dict
    user = f"{known['NAME']}{role}" if role else known["USER"]
    return (
        f"postgresql://{user}:{known['PASSWORD']}@/{known['NAME']}?host={known['HOST']}&port={known['PORT']}"
    )
