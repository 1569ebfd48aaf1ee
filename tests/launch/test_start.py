"""The real ./start on data folders of its own, without the demo district."""

import signal
import socket
import stat
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg2
import pytest

from geoportal.launch.database import paths
from geoportal.launch.options import ROOT
from geoportal.launch.processes import child_environment
from geoportal.launch.processes.children import Child, await_end, end
from geoportal.launch.processes.orphans import descendants
from geoportal.launch.setup.virtualenv import PYTHON
from tests.launch.liveness import left_alive

SECONDS_TO_START = 300  # generous: an empty browser or font folder is filled on the way


@dataclass
class Portal:
    data: Path
    port: int
    process: Child
    output: Path

    def await_words(self, words: str) -> None:
        until = time.monotonic() + SECONDS_TO_START
        while words not in self.said() and self.process.poll() is None and time.monotonic() < until:
            time.sleep(0.1)
        assert words in self.said(), self.said()

    def said(self) -> str:
        return self.output.read_text()

    def below(self) -> list[int]:
        return descendants(self.process.pid)


@contextmanager
def _launched(data: Path, *words: str | Path) -> Iterator[Portal]:
    port = free_port()
    output = data.with_suffix(".output")
    with output.open("wb") as log:
        process = subprocess.Popen(
            [ROOT / "start", "--no-demo", "--data", data, "--port", str(port), *words],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            env=newcomer(),
            process_group=0,
        )
    try:
        yield Portal(data, port, process, output)
    finally:
        end(process, seconds=60)


def newcomer() -> dict[str, str]:
    """A terminal that knows nothing of the test run's own database and settings."""
    ours = ("GEOPORTAL", "DATABASE", "PYTEST")
    return {name: value for name, value in child_environment.plain().items() if not name.startswith(ours)}


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def _becomes_ready(url: str) -> bool:
    """The tile worker gives its first sign of life a moment after the web server answers."""
    until = time.monotonic() + 60
    while time.monotonic() < until:
        try:
            with urllib.request.urlopen(url, timeout=30) as answer:  # noqa: S310  our own http address
                return bool(answer.status == 200)
        except urllib.error.HTTPError:
            time.sleep(0.5)
    return False


def _roles_signed_in(data: Path) -> set[str]:
    """Workers own what they make, pages own nothing."""
    own = psycopg2.connect((data / "database-url").read_text())
    try:
        with own, own.cursor() as cursor:
            cursor.execute("SELECT usename FROM pg_stat_activity WHERE application_name = 'geoportal'")
            return {name for (name,) in cursor.fetchall()}
    finally:
        own.close()


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("portal") / "data"
    yield folder
    home = paths.cluster_home(folder)
    if home.parent == paths.ELSEWHERE:
        subprocess.run(["rm", "-rf", "--", home], check=True)


class Launches:
    """One portal at a time on the same data; it serves the next test too unless a test has ended it."""

    def __init__(self, data: Path) -> None:
        self.data, self.stack, self.count = data, ExitStack(), 0
        self.current: Portal | None = None

    def running(self) -> Portal:
        if self.current is None or self.current.process.poll() is not None:
            self.end()
            self.current = self.stack.enter_context(_launched(self.data))
            self.current.await_words("The portal is running at")
            self.count += 1
        return self.current

    def end(self) -> None:
        self.current = None
        self.stack.close()


@pytest.fixture(scope="module")
def interrupted(data: Path) -> tuple[int | None, list[int]]:
    """How the first start on the data ended that was stopped in the middle, and which processes it left."""
    with _launched(data) as starting:
        starting.await_words("Database tables …")
        below = starting.below()
        starting.process.send_signal(signal.SIGTERM)
        await_end(starting.process, seconds=60)
        return starting.process.returncode, left_alive(below, seconds=1)


@pytest.fixture(scope="module")
def launches(data: Path, interrupted: object) -> Iterator[Launches]:
    made = Launches(data)
    yield made
    made.end()


@pytest.fixture
def portal(launches: Launches) -> Portal:
    return launches.running()


def test_the_address_it_prints_answers_and_a_second_start_on_the_same_data_is_refused(portal: Portal) -> None:
    address = f"http://127.0.0.1:{portal.port}/"
    assert f"The portal is running at {address}" in portal.said()
    assert _becomes_ready(f"{address}readyz")
    assert _roles_signed_in(portal.data) == {"geoportal", "geoportal_web"}
    with _launched(portal.data) as second:
        await_end(second.process, seconds=60)
        assert second.process.returncode == 1
        assert f"is running already (process {portal.process.pid})" in second.said()
    assert portal.process.poll() is None


def test_manage_py_in_another_terminal_finds_the_database_through_files_only_their_owner_reads(
    portal: Portal,
) -> None:
    for name in ("database-url", "secret-key"):
        assert stat.S_IMODE((portal.data / name).stat().st_mode) == 0o600
    command = [PYTHON, str(ROOT / "manage.py"), "migrate", "--check"]
    subprocess.run(command, env=newcomer() | {"GEOPORTAL_DATA": str(portal.data)}, timeout=120, check=True)


def test_a_backup_becomes_a_portal_in_a_new_data_folder_that_ctrl_c_ends_and_overwrites_none(
    portal: Portal, tmp_path: Path
) -> None:
    manage = [PYTHON, str(ROOT / "manage.py")]
    here = newcomer() | {"GEOPORTAL_DATA": str(portal.data)}
    known = "from layers.agencies.models import Department as D; "
    made = f"{known}D.objects.get_or_create(code='BK', name='备份局')"
    subprocess.run([*manage, "shell", "-v0", "-c", made], env=here, timeout=120, check=True)
    kept = tmp_path / "set"
    subprocess.run([*manage, "backup", str(kept)], env=here, timeout=120, check=True)
    fresh = portal.data.with_name("restored")
    try:
        with _launched(fresh, "--restore", kept) as restored:
            restored.await_words("The portal is running at")
            asked = f"{known}print(D.objects.get(code='BK').name)"
            told = subprocess.run(
                [*manage, "shell", "-v0", "-c", asked],
                env=newcomer() | {"GEOPORTAL_DATA": str(fresh)},
                timeout=120,
                check=True,
                capture_output=True,
                text=True,
            )
            assert told.stdout.strip() == "备份局"
            assert (fresh / "secret-key").read_text() == (portal.data / "secret-key").read_text()
            assert_ctrl_c_leaves_no_process(restored)
        with _launched(fresh, "--restore", kept) as again:
            await_end(again.process, seconds=120)
            assert again.process.returncode == 1
            assert "tables already" in again.said()
    finally:
        if (home := paths.cluster_home(fresh)).parent == paths.ELSEWHERE:
            subprocess.run(["rm", "-rf", "--", home], check=True)


def assert_ctrl_c_leaves_no_process(portal: Portal) -> None:
    below = portal.below()
    assert len(below) > 3
    portal.process.send_signal(signal.SIGINT)
    await_end(portal.process, seconds=60)
    assert portal.process.returncode == 128 + signal.SIGINT
    assert left_alive(below, seconds=1) == []


def test_kill_9_takes_the_rest_along_and_the_next_start_recovers(portal: Portal, launches: Launches) -> None:
    below = portal.below()
    portal.process.kill()
    portal.process.wait()
    assert left_alive(below, seconds=60) == []
    assert launches.running().process.pid != portal.process.pid


def test_an_interrupted_set_up_leaves_no_process_and_the_next_start_completes_it(
    interrupted: tuple[int | None, list[int]], launches: Launches
) -> None:
    assert interrupted == (128 + signal.SIGTERM, [])
    assert launches.count or launches.running().process.poll() is None


def test_an_unreachable_database_of_ones_own_is_one_sentence(tmp_path: Path) -> None:
    ended = subprocess.run(
        [ROOT / "start", "--data", tmp_path / "data", "--port", str(free_port())],
        env=newcomer() | {"DATABASE_URL": f"postgresql://user:hidden@127.0.0.1:{free_port()}/name"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=SECONDS_TO_START,
        check=False,
    )
    assert ended.returncode == 1
    assert ended.stderr.startswith("The database of DATABASE_URL is not reachable")
    assert "hidden" not in ended.stdout + ended.stderr
    assert len(ended.stderr.strip().splitlines()) == 1
