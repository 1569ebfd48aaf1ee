"""A web worker that dies or grows is replaced alone; the pages of the others go on."""

import os
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from geoportal.launch.processes.orphans import descendants
from geoportal.launch.readiness import READY, is_ready, tell_ready
from tests.conftest import ROOT
from tests.district import SmallDistrict
from tests.portal_server import PortalServer, portal_server
from tests.waiting import eventually


def workers(server: PortalServer) -> set[int]:
    """Processes of the web server that answer."""
    return {pid for pid in descendants(server.web.pid) if b"web_server" in command_line(pid)}


def command_line(pid: int) -> bytes:
    """Empty where the process has just ended."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except (FileNotFoundError, ProcessLookupError):
        return b""


def page(server: PortalServer) -> int:
    """As a browser asks: once more where the connection was reset, in the queue of a worker that ends."""
    try:
        return _page(server)
    except ConnectionError:
        return _page(server)


def _page(server: PortalServer) -> int:
    try:
        with urllib.request.urlopen(f"{server.url}/layers/", timeout=60) as answer:  # noqa: S310  our own address
            return int(answer.status)
    except urllib.error.URLError as problem:
        if isinstance(problem.reason, ConnectionError):
            raise problem.reason from None
        raise


def answers_until(server: PortalServer, done: Callable[[], bool]) -> int:
    """Asks for a page over and over; how many answered before it is done."""
    count = 0

    def asked() -> bool:
        nonlocal count
        assert page(server) == 200
        count += 1
        return done()

    eventually(asked)
    return count


@pytest.mark.django_db(transaction=True)
def test_one_worker_s_death_is_not_the_others(
    committed_district: SmallDistrict, own_data_folder: Path
) -> None:
    with portal_server(own_data_folder, processes=2) as server:
        eventually(lambda: len(workers(server)) == 2)
        first, second = sorted(workers(server))
        os.kill(first, signal.SIGKILL)
        eventually(
            lambda: not Path(f"/proc/{first}").exists()
        )  # till then it holds a socket that nobody answers
        assert answers_until(server, lambda: len(workers(server)) == 2) > 0
        assert second in workers(server)
        assert server.web.poll() is None


@pytest.mark.django_db(transaction=True)
def test_a_worker_that_holds_too_much_is_exchanged_while_pages_are_answered(
    committed_district: SmallDistrict, own_data_folder: Path
) -> None:
    with portal_server(own_data_folder, processes=2, megabytes=50) as server:
        first = min(workers(server))
        assert answers_until(server, lambda: first not in workers(server)) > 0
        assert server.web.poll() is None


def test_the_old_worker_answers_until_the_new_one_is_ready(tmp_path: Path) -> None:
    """The application takes six seconds to load; no answer takes three."""
    with greedy_worker("slow", 9, tmp_path / "log") as port:
        eventually(lambda: answering_worker(port, 60) > 0)
        first = answering_worker(port, 3)
        eventually(lambda: next_worker(port) != first)


def test_a_worker_is_ready_where_the_folder_in_which_it_says_so_was_taken_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(READY, str(tmp_path / "gone"))
    assert not is_ready(os.getpid())
    tell_ready()
    assert is_ready(os.getpid())


def test_the_old_worker_stays_where_no_new_one_can_be_had(tmp_path: Path) -> None:
    """What fails is tried again when memory is measured again, not at once."""
    log = tmp_path / "log"
    with greedy_worker("failing", 1, log) as port:
        eventually(lambda: answering_worker(port, 60) > 0)
        first = answering_worker(port, 3)
        eventually(lambda: log.read_text().count("the old one stays") >= 3)
        assert answering_worker(port, 3) == first
    told = log.read_text()
    assert "Unexpected exit" not in told
    assert told.count("Spawning worker") <= told.count("RSS over threshold") + 1


@contextmanager
def greedy_worker(application: str, every: int, log: Path) -> Iterator[int]:
    """The port of a server whose worker always holds too much, as is seen after so many seconds."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    command = [sys.executable, "-m", "geoportal.launch.web_server", "--interface", "asgi", "--no-ws"]
    command += ["--workers", "1", "--workers-max-rss", "1", "--rss-sample-interval", str(every)]
    command += ["--workers-kill-timeout", "1", "--host", "127.0.0.1", "--port", str(port)]
    command += [f"tests.launch.{application}_application:application"]
    with log.open("wb") as written:
        server = subprocess.Popen(command, cwd=ROOT, stdout=written, stderr=written)
        try:
            yield port
        finally:
            server.terminate()
            server.wait(timeout=20)


def next_worker(port: int) -> int:
    """Asked once more where the connection was reset, in the queue of a worker that ends."""
    found = answering_worker(port, 3) or answering_worker(port, 3)
    assert found, "nobody listens"
    return found


def answering_worker(port: int, seconds: float) -> int:
    """Its number, 0 where nobody listens yet."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=seconds) as answer:
            return int(answer.read())
    except urllib.error.URLError as problem:
        if isinstance(problem.reason, ConnectionError):
            return 0
        raise
