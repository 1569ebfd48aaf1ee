import os
import shutil
import signal
import stat
from collections.abc import Iterator
from pathlib import Path

import psycopg2
import pytest

from geoportal.launch import data_folder
from geoportal.launch.database import cluster
from geoportal.launch.database.cluster import Cluster
from geoportal.launch.database.paths import SOCKET_NAME, SOCKET_PATH_BYTES
from geoportal.launch.errors import Refusal
from geoportal.launch.processes.children import Child, await_end


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    data = tmp_path_factory.mktemp("data")
    data_folder.prepare(data)
    own = cluster.locate(data, data / "logs" / "postgres.log", throw_away=True)
    cluster.create(own)
    yield own
    shutil.rmtree(own.home)


@pytest.fixture
def server(home: Cluster) -> Iterator[Child]:
    running = cluster.start(home)
    cluster.furnish(home)
    yield running
    cluster.stop(running)


def _ask(home: Cluster, sql: str) -> object:
    connection = psycopg2.connect(home.url)
    try:
        with connection, connection.cursor() as cursor:
            cursor.execute(sql)
            return cursor.fetchone()[0] if cursor.description else None  # type: ignore[index]
    finally:
        connection.close()


def test_the_user_who_starts_the_portal_reaches_postgis_without_a_password(
    home: Cluster, server: Child
) -> None:
    assert str(_ask(home, "select postgis_lib_version()")).startswith("3.")


def test_the_database_never_runs_as_root_and_listens_on_no_network(home: Cluster, server: Child) -> None:
    assert Path(f"/proc/{server.pid}").stat().st_uid != 0
    assert _ask(home, "show listen_addresses") == ""


def test_nobody_else_reaches_the_socket(home: Cluster, server: Child) -> None:
    assert (home.socket / SOCKET_NAME).is_socket()
    assert stat.S_IMODE(home.socket.stat().st_mode) == 0o700
    assert home.socket.stat().st_uid == Path(f"/proc/{server.pid}").stat().st_uid


def test_what_was_committed_survives_kill_9(home: Cluster, server: Child) -> None:
    _ask(home, "create table if not exists kept as select 42 as answer")
    _ask(home, "checkpoint")
    server.kill()
    server.wait()
    again = cluster.start(home)
    try:
        assert _ask(home, "select answer from kept") == 42
    finally:
        cluster.stop(again)


def test_a_pid_file_that_names_a_stranger_does_not_keep_the_database_from_starting(home: Cluster) -> None:
    (home.files / "postmaster.pid").write_text(f"{os.getpid()}\n{home.files}\n")
    running = cluster.start(home)
    cluster.stop(running)
    assert running.returncode == 0


def test_a_server_left_by_an_earlier_start_is_ended_first(home: Cluster, server: Child) -> None:
    again = cluster.start(home)
    await_end(server, seconds=10)
    assert server.returncode == 0
    cluster.stop(again)


def test_stopping_is_a_clean_shutdown(home: Cluster) -> None:
    running = cluster.start(home)
    cluster.stop(running)
    assert running.returncode == 0
    assert not (home.files / "postmaster.pid").exists()


def test_what_an_interrupted_creation_left_is_made_anew(tmp_path: Path) -> None:
    data_folder.prepare(tmp_path)
    own = cluster.locate(tmp_path, tmp_path / "logs" / "postgres.log", throw_away=True)
    try:
        (own.home / "data.new").mkdir()
        if own.account:
            os.chown(own.home / "data.new", own.account.uid, own.account.gid)
        assert cluster.create(own)
        assert not cluster.create(own)
    finally:
        shutil.rmtree(own.home)


def test_files_of_another_postgresql_are_refused_and_left_alone(tmp_path: Path) -> None:
    own = Cluster(tmp_path, tmp_path, None, tmp_path / "log")
    own.files.mkdir()
    (own.files / "PG_VERSION").write_text("14\n")
    with pytest.raises(Refusal, match="made by PostgreSQL 14"):
        cluster.create(own)
    assert [path.name for path in own.files.iterdir()] == ["PG_VERSION"]


def test_a_data_folder_the_database_user_cannot_enter_keeps_its_cluster_elsewhere(tmp_path: Path) -> None:
    data = tmp_path / "closed" / "data"
    data_folder.prepare(data)
    data.parent.chmod(0o700)
    own = cluster.locate(data, data / "logs" / "postgres.log")
    try:
        assert (own.home.parent == data) is (own.account is None)
        assert own.home == cluster.locate(data, own.log).home
    finally:
        shutil.rmtree(own.home)


@pytest.mark.parametrize("name", ["long" * 20, "城 区, 1"])
def test_a_data_path_that_suits_no_socket_still_gets_a_database(tmp_path: Path, name: str) -> None:
    data = tmp_path / name / "data"
    data_folder.prepare(data)
    own = cluster.locate(data, data / "logs" / "postgres.log", throw_away=True)
    try:
        assert len(os.fsencode(own.socket / SOCKET_NAME)) < SOCKET_PATH_BYTES
        assert stat.S_IMODE(own.socket.stat().st_mode) == 0o700
        cluster.create(own)
        running = cluster.start(own)
        cluster.furnish(own)
        assert _ask(own, "select 1") == 1
        cluster.stop(running)
    finally:
        shutil.rmtree(own.home)
        shutil.rmtree(own.socket, ignore_errors=True)


def test_a_server_that_does_not_start_is_explained_by_its_own_words(home: Cluster) -> None:
    settings = home.files / "postgresql.conf"
    kept = settings.read_text()
    settings.write_text(kept + "\nno_such_setting = 1\n")
    try:
        with pytest.raises(Refusal, match="no_such_setting"):
            cluster.start(home)
    finally:
        settings.write_text(kept)


def test_the_server_dies_with_its_launcher(home: Cluster) -> None:
    launcher = os.fork()
    if launcher == 0:
        cluster.start(home)
        os.kill(os.getpid(), signal.SIGKILL)
    os.waitpid(launcher, 0)
    after = cluster.start(home)  # waits for the old one, which is closing
    cluster.furnish(home)
    assert _ask(home, "select 1") == 1
    cluster.stop(after)
