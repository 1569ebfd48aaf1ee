"""What becomes of jobs whose worker is killed or stopped, or which share the portal with other workers."""

import subprocess
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from layers.jobs.models import JobState
from layers.jobs.queue import enqueue
from tests.job_worker import job_worker
from tests.jobs import samples
from tests.jobs.watching import await_processes, await_state, failures, fresh, let_go, log_of, pids
from tests.launch.liveness import left_alive
from tests.waiting import PATIENCE

pytestmark = pytest.mark.django_db(transaction=True)


def running(tmp_path: Path, **environment: str) -> AbstractContextManager["subprocess.Popen[bytes]"]:
    return job_worker(tmp_path / "worker.log", **environment)


def test_a_queue_has_its_limit_in_the_whole_portal(tmp_path: Path, folder: Path) -> None:
    limit = {"GEOPORTAL_IMPORTS_AT_ONCE": "2"}
    with running(tmp_path, **limit), running(tmp_path, **limit):
        jobs = [enqueue(samples.wait_as_import, str(folder)) for _ in range(4)]
        other = enqueue(samples.greet)
        await_processes(folder, 2)
        await_state(other, JobState.DONE)
        assert len(pids(folder)) == 2
        assert [fresh(job).queue_position for job in jobs] == [None, None, 0, 1]
        let_go(folder)
        for job in jobs:
            await_state(job, JobState.DONE)


def test_a_worker_that_is_killed_takes_its_job_along_and_the_next_takes_it_up(
    tmp_path: Path, folder: Path
) -> None:
    with running(tmp_path) as worker:
        job = enqueue(samples.wait_again, str(folder))
        [pid] = await_processes(folder, 1)
        worker.kill()
        worker.wait()
        assert left_alive([pid], seconds=5) == []
    assert fresh(job).state == JobState.RUNNING
    with running(tmp_path):
        await_processes(folder, 2)
        assert "The job's worker was killed. It is queued again." in log_of(job)
        let_go(folder)
        done = await_state(job, JobState.DONE)
    assert (done.result, done.deaths) == ("waited", 1)
    assert failures(folder) == []


def test_a_job_that_cannot_be_repeated_is_dead_with_its_worker(tmp_path: Path, folder: Path) -> None:
    with running(tmp_path) as worker:
        job = enqueue(samples.wait, str(folder))
        await_processes(folder, 1)
        worker.kill()
        worker.wait()
    with running(tmp_path):
        dead = await_state(job, JobState.FAILED)
    assert dead.reason == "The job's worker was killed. Begin it again."
    assert failures(folder) == [dead.reason]
    assert len(pids(folder)) == 1


def test_a_worker_that_is_stopped_leaves_its_jobs_for_the_next(tmp_path: Path, folder: Path) -> None:
    with running(tmp_path) as worker:
        again, once = enqueue(samples.wait_again, str(folder)), enqueue(samples.wait, str(folder))
        begun = await_processes(folder, 2)
        worker.terminate()
        assert worker.wait(timeout=PATIENCE) == 0
        assert left_alive(begun, seconds=1) == []
    assert fresh(again).state == JobState.QUEUED
    assert fresh(again).deaths == 0
    assert fresh(once).reason == "The portal was stopped while the job ran. Begin it again."
    let_go(folder)
    with running(tmp_path):
        await_state(again, JobState.DONE)
