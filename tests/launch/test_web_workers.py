"""A web worker that dies or grows is replaced alone; the pages of the others go on."""

import os
import signal
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

import pytest

from geoportal.launch.processes.orphans import descendants
from tests.district import SmallDistrict
from tests.portal_server import PortalServer, portal_server
from tests.waiting import eventually


def workers(server: PortalServer) -> set[int]:
    """Processes of the web server that answer."""
    return {pid for pid in descendants(server.web.pid) if b"granian" in command_line(pid)}


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
        assert answers_until(server, lambda: first not in workers(server)) > 1
        assert server.web.poll() is None
