"""Imports that the worker does: killed, cancelled, stopped, side by side; the layer is whole whatever happens."""

import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import shapely
from django.core.files import File
from django.db import connection
from django.utils.translation import override

from geoportal.imports import jobs, uploads
from importers.models import Import, State
from layers.base.models import Building
from layers.jobs.models import Job, JobState
from layers.jobs.queue import cancel
from tests.importers.making import HOUSE, package
from tests.job_worker import job_worker
from tests.jobs.watching import await_state, fresh, log_of
from tests.launch.liveness import left_alive
from tests.waiting import eventually

pytestmark = pytest.mark.django_db(transaction=True)
ROWS = 40


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    with override("en"):
        yield


def sent(folder: Path, name: str) -> Import:
    """As the page keeps a file."""
    shapes = [shapely.affinity.translate(HOUSE, n * 0.0004) for n in range(ROWS)]
    path = package(folder / name, shapes)
    options = {"source": name, "anywhere": True}
    imported = Import.objects.create(layer="buildings", file_name=name, options=options, state=State.WAITING)
    kept = uploads.file_of(imported)
    kept.parent.mkdir(parents=True)
    with path.open("rb") as file:
        kept.write_bytes(File(file).read())
    return imported


@contextmanager
def held_up() -> Iterator[None]:
    """Within the block no import can write a building; it waits with all its rows staged."""
    other = connection.copy()
    other.set_autocommit(False)
    try:
        with other.cursor() as cursor:
            cursor.execute("LOCK TABLE base_building IN SHARE ROW EXCLUSIVE MODE")
        yield
    finally:
        other.close()


def writers() -> list[int]:
    """Backends of the database that wait to write buildings."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pid FROM pg_locks WHERE relation = 'base_building'::regclass AND NOT granted")
        return [pid for (pid,) in cursor.fetchall()]


def await_writers(number: int) -> None:
    eventually(lambda: len(writers()) == number)


def children(worker: "subprocess.Popen[bytes]") -> list[int]:
    listed = Path(f"/proc/{worker.pid}/task/{worker.pid}/children").read_text()
    return [int(pid) for pid in listed.split()]


def only_child(worker: "subprocess.Popen[bytes]") -> int:
    """Of the import; what tidies beside it, ends by itself."""
    found: list[int] = []

    def is_alone() -> bool:
        found[:] = children(worker)
        return len(found) == 1

    eventually(is_alone)
    return found[0]


def state(imported: Import) -> str:
    imported.refresh_from_db()
    return str(imported.state)


def test_an_import_whose_worker_is_killed_is_taken_up_again(tmp_path: Path) -> None:
    imported = sent(tmp_path, "a.gpkg")
    job = jobs.begin(imported, jobs.LOAD, None)
    with held_up():
        with job_worker(tmp_path / "log") as worker:
            await_writers(1)
            begun = children(worker)
            worker.kill()
            worker.wait()
            assert left_alive(begun, seconds=5) == []
        assert not Building.objects.exists()
    with job_worker(tmp_path / "log"):
        done = await_state(job, JobState.DONE)
    assert "The job's worker was killed. It is queued again." in log_of(job)
    assert (done.deaths, state(imported), imported.counts["added"]) == (1, State.LOADED, ROWS)
    assert Building.objects.count() == ROWS
    assert not uploads.is_here(imported)


def test_an_import_that_was_loaded_is_not_loaded_again_when_its_worker_was_killed_just_then(
    tmp_path: Path,
) -> None:
    imported = sent(tmp_path, "a.gpkg")
    job = jobs.begin(imported, jobs.LOAD, None)
    with job_worker(tmp_path / "log"):
        await_state(job, JobState.DONE)
        fresh(job).task.__class__.objects.filter(pk=job.task_id).update(status="READY")
        await_state(job, JobState.DONE)
    imported.refresh_from_db()
    assert (imported.counts["added"], imported.counts["unchanged"]) == (ROWS, 0)


def test_an_import_that_is_cancelled_leaves_the_layer_and_can_be_begun_again(tmp_path: Path) -> None:
    imported = sent(tmp_path, "a.gpkg")
    with job_worker(tmp_path / "log") as worker:
        with held_up():
            job = jobs.begin(imported, jobs.LOAD, None)
            await_writers(1)
            pid = only_child(worker)
            assert cancel(job, "administrator")
            await_state(job, JobState.CANCELLED)
            assert left_alive([pid], seconds=5) == []
            await_writers(0)
        assert (state(imported), imported.reason) == (State.STOPPED, "administrator cancelled the job.")
        assert not Building.objects.exists()
        assert uploads.is_here(imported)
        again = jobs.begin(imported, jobs.LOAD, None)
        await_state(again, JobState.DONE)
    assert Building.objects.count() == ROWS


def test_two_imports_run_at_once_and_the_third_waits(tmp_path: Path) -> None:
    imports = [sent(tmp_path, f"{name}.gpkg") for name in "abc"]
    with job_worker(tmp_path / "log", GEOPORTAL_IMPORTS_AT_ONCE="2"):
        with held_up():
            begun = [jobs.begin(imported, jobs.LOAD, None) for imported in imports]
            eventually(lambda: sum(fresh(job).state == JobState.RUNNING for job in begun) == 2)
            await_staged(2)
            assert fresh(begun[2]).state == JobState.QUEUED
        for job in begun:
            await_state(job, JobState.DONE)
    assert Building.objects.count() == 3 * ROWS


def await_staged(number: int) -> None:
    """So many imports have come to write; of one layer only one at a time does."""
    sql = (
        "SELECT count(*) FROM pg_locks WHERE NOT granted AND database = (SELECT oid FROM pg_database WHERE "
        "datname = current_database()) AND (relation = 'base_building'::regclass OR locktype = 'advisory')"
    )

    def waiting() -> bool:
        with connection.cursor() as cursor:
            cursor.execute(sql)
            return bool(cursor.fetchone()[0] == number)

    eventually(waiting)


def test_an_import_goes_on_after_the_portal_was_stopped_and_started(tmp_path: Path) -> None:
    imported = sent(tmp_path, "a.gpkg")
    job = jobs.begin(imported, jobs.LOAD, None)
    with held_up(), job_worker(tmp_path / "log") as worker:
        await_writers(1)
        worker.terminate()
        assert worker.wait(timeout=15) == 0
    assert fresh(job).state == JobState.QUEUED
    with job_worker(tmp_path / "log"):
        assert await_state(job, JobState.DONE).deaths == 0
    assert (state(imported), Building.objects.count()) == (State.LOADED, ROWS)


def test_an_import_that_kills_its_process_again_and_again_is_given_up(tmp_path: Path) -> None:
    imported = sent(tmp_path, "a.gpkg")
    with job_worker(tmp_path / "log") as worker, held_up():
        job = jobs.begin(imported, jobs.LOAD, None)
        for _ in range(2):
            await_writers(1)
            pid = only_child(worker)
            os.kill(pid, signal.SIGKILL)
            await_writers(0)
        dead = await_state(job, JobState.FAILED)
    assert "runs out of memory" in dead.reason
    assert (state(imported), imported.reason) == (State.FAILED, dead.reason)
    assert not Building.objects.exists()


def test_a_file_that_cannot_be_imported_says_so_on_both_pages(tmp_path: Path) -> None:
    imported = sent(tmp_path, "a.gpkg")
    uploads.file_of(imported).write_bytes(b"no package")
    job = jobs.begin(imported, jobs.LOAD, None)
    with job_worker(tmp_path / "log"):
        failed = await_state(job, JobState.FAILED)
    assert "a.gpkg" in failed.reason
    assert (state(imported), imported.reason) == (State.FAILED, failed.reason)
    assert failed.task.traceback
    assert Job.objects.count() == 1
