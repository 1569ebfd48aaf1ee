"""An import whose process or connection is killed leaves the layer as it was, and nothing of its own behind."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from django.db import connection
from django.db.models import F

from importers.history import record
from importers.models import Import, State
from layers.base.models import Building
from tests.conftest import ROOT
from tests.importers.making import address, package
from tests.launch.liveness import left_alive


@pytest.fixture(params=[1, 2], ids=["alone", "with workers"])
def processes(request: pytest.FixtureRequest) -> int:
    return int(request.param)


@pytest.fixture
def blocked_import(
    processes: int, transactional_db: None, tmp_path: Path
) -> Iterator["subprocess.Popen[bytes]"]:
    """An import in processes of its own, held up when it has staged its rows and is about to write them."""
    path = package(tmp_path / "h.gpkg")
    command = [sys.executable, "manage.py", "import_layer", str(path), "--layer", "buildings"]
    command += ["--processes", str(processes)]
    connection.set_autocommit(False)
    try:
        with connection.cursor() as cursor:
            cursor.execute("LOCK TABLE base_building IN EXCLUSIVE MODE")
            process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, "DATABASE_URL": address()})
            deadline = time.monotonic() + 60
            while not _is_waiting(cursor):
                assert process.poll() is None, "the import ended before it was held up"
                assert time.monotonic() < deadline, "the import never came to write"
                time.sleep(0.05)
        yield process
    finally:
        connection.rollback()
        connection.set_autocommit(True)
        process.kill()
        process.wait()


def _is_waiting(cursor: object) -> bool:
    cursor.execute(  # type: ignore[attr-defined]
        "SELECT EXISTS (SELECT FROM pg_locks WHERE relation = 'base_building'::regclass AND NOT granted)"
    )
    return bool(cursor.fetchone()[0])  # type: ignore[attr-defined]


def fails_once_its_connection_is_gone() -> bool:
    Import.objects.update(started=F("started") - record.START_TIME)
    until = time.monotonic() + 20
    while Import.objects.get().state == State.RUNNING and time.monotonic() < until:
        record.fail_interrupted()
        time.sleep(0.05)
    return Import.objects.get().state == State.FAILED


def staging_tables() -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_class WHERE relname LIKE 'importers_staged%' AND relkind = 'r'"
        )
        return int(cursor.fetchone()[0])


def test_an_import_that_is_killed_leaves_the_layer_as_it_was(
    blocked_import: "subprocess.Popen[bytes]", processes: int
) -> None:
    workers = psutil.Process(blocked_import.pid).children(recursive=True)
    assert (len(workers), staging_tables()) == ((0, 0) if processes == 1 else (2, 1))
    blocked_import.kill()
    blocked_import.wait()
    connection.rollback()
    connection.set_autocommit(True)
    assert not Building.objects.exists()
    assert fails_once_its_connection_is_gone()
    assert not staging_tables()
    assert left_alive([worker.pid for worker in workers], seconds=20) == []


def test_an_import_that_loses_its_connection_leaves_the_layer_as_it_was(
    blocked_import: "subprocess.Popen[bytes]",
) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE relation = 'base_building'::regclass AND NOT granted"
        )
    connection.rollback()
    assert blocked_import.wait(timeout=60) == 1
    connection.set_autocommit(True)
    assert not Building.objects.exists()
    assert fails_once_its_connection_is_gone()
