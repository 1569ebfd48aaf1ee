"""What becomes of a job: done, failed, killed, cancelled; by one worker that lives through it all."""

import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from layers.jobs.models import JobState
from layers.jobs.queue import cancel, enqueue
from tests.job_worker import job_worker
from tests.jobs import samples
from tests.jobs.watching import (
    await_processes,
    await_state,
    failures,
    fresh,
    let_go,
    log_of,
)
from tests.launch.liveness import is_alive, left_alive
from tests.people import make_person
from tests.waiting import eventually

pytestmark = pytest.mark.django_db(transaction=True)
Process = subprocess.Popen[bytes]


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("worker") / "log"


@pytest.fixture(scope="module")
def worker(log: Path, django_db_setup: None, django_db_blocker: Any) -> Iterator[Process]:
    with django_db_blocker.unblock(), job_worker(log) as process:
        yield process


@pytest.fixture(autouse=True)
def alive(worker: Process) -> Iterator[None]:
    yield
    assert worker.poll() is None


def test_a_job_is_done_and_keeps_who_began_it_and_its_result(worker: Process) -> None:
    person = make_person("administrator")
    job = enqueue(samples.greet, who=person, subject="a greeting", url="/", key="greeting")
    done = await_state(job, JobState.DONE)
    assert (done.result, done.owner, done.owner_id) == ("hello", "administrator", person.pk)
    assert str(done) == "Language · a greeting"
    assert done.begun_at is not None
    assert done.ended_at is not None
    assert done.reason == ""


def test_progress_is_seen_while_its_transaction_is_open(worker: Process, folder: Path) -> None:
    job = enqueue(samples.count, str(folder), 1000)
    eventually(lambda: fresh(job).done == 500 or not fresh(job).is_active)
    told = fresh(job)
    assert (told.phase, told.total, told.state) == ("counting", 1000, JobState.RUNNING)
    assert told.seconds_left is not None
    let_go(folder)
    done = await_state(job, JobState.DONE)
    assert (done.done, done.result, done.seconds_left) == (1000, {"counted": 1000}, None)
    assert log_of(done) == "All were counted."


def test_what_fails_says_why_in_a_sentence(worker: Process, folder: Path) -> None:
    job = enqueue(samples.fail_with, str(folder), "The file is empty.")
    failed = await_state(job, JobState.FAILED)
    assert failed.reason == "The file is empty."
    assert failures(folder) == ["The file is empty."]
    assert log_of(failed) == "The file is empty."


def test_a_fault_of_the_portal_tells_no_details_but_in_the_log(worker: Process, log: Path) -> None:
    failed = await_state(enqueue(samples.break_down), JobState.FAILED)
    assert "fault of the portal itself" in failed.reason
    assert "secret" not in failed.reason
    assert "a secret detail" in failed.task.traceback
    assert "a secret detail" in log.read_text()


def test_a_process_that_is_killed_is_tried_once_more(worker: Process, folder: Path) -> None:
    job = enqueue(samples.wait_again, str(folder))
    [first] = await_processes(folder, 1)
    os.kill(first, signal.SIGKILL)
    [second] = set(await_processes(folder, 2)) - {first}
    os.kill(second, signal.SIGKILL)
    dead = await_state(job, JobState.FAILED)
    assert "The job's process was killed; a system that runs out of memory does that." in dead.reason
    assert "2 times" in dead.reason
    assert failures(folder) == [dead.reason]


def test_a_running_job_is_cancelled_with_all_it_began(worker: Process, folder: Path) -> None:
    job = enqueue(samples.with_child, str(folder))
    [pid] = await_processes(folder, 1)
    child = int((folder / "child").read_text())
    assert cancel(job, "administrator")
    assert fresh(job).state in {JobState.CANCELLING, JobState.CANCELLED}
    cancelled = await_state(job, JobState.CANCELLED)
    assert cancelled.reason == "administrator cancelled the job."
    assert left_alive([pid, child], seconds=5) == []
    assert not cancel(job, "somebody else")
    assert fresh(job).cancelled_by == "administrator"


def test_a_job_that_does_not_listen_is_killed(worker: Process, folder: Path) -> None:
    job = enqueue(samples.stubborn, str(folder))
    [pid] = await_processes(folder, 1)
    assert cancel(job, "administrator")
    await_state(job, JobState.CANCELLED)
    assert (folder / "asked").exists()
    assert not is_alive(pid)


def test_a_worker_that_loses_its_database_ends_its_jobs_and_begins_anew(
    worker: Process, folder: Path
) -> None:
    job = enqueue(samples.wait_again, str(folder))
    [first] = await_processes(folder, 1)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    await_processes(folder, 2)
    assert left_alive([first], seconds=5) == []
    let_go(folder)
    assert await_state(job, JobState.DONE).deaths == 1


def test_the_worker_s_memory_does_not_grow_with_its_jobs(worker: Process) -> None:
    def resident() -> int:
        status: Any = Path(f"/proc/{worker.pid}/status").read_text()
        return int(status.split("VmRSS:")[1].split()[0])

    await_state(enqueue(samples.greet), JobState.DONE)
    before = resident()
    for _ in range(6):
        await_state(enqueue(samples.break_down), JobState.FAILED)
    assert resident() - before < 10_000  # kB
