"""The job worker: as a process of its own on the tests' database, or its work done here and now."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.db import connection
from django_tasks_db.models import DBTaskResult

from layers.jobs import execution
from layers.jobs.liveness import LOCK, hold
from tests.conftest import ROOT
from tests.importers.making import address
from tests.waiting import eventually

READY = "Waiting for jobs."
WITHOUT_LIMIT: dict[str, int] = {}


@contextmanager
def job_worker(log: Path, **environment: str) -> Iterator["subprocess.Popen[bytes]"]:
    """Living when the block begins; it and all it began end with the block."""
    log.touch()
    said = log.read_text().count(READY)
    env = os.environ | {
        "DATABASE_URL": address(),
        "GEOPORTAL_DATA": str(settings.DATA),
        "GEOPORTAL_SECRET_KEY": settings.SECRET_KEY,
        "PYTHONUNBUFFERED": "1",
        **environment,
    }
    with log.open("ab") as output:
        worker = subprocess.Popen(
            [sys.executable, "manage.py", "job_worker"],
            cwd=ROOT,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    try:
        eventually(lambda: log.read_text().count(READY) > said or worker.poll() is not None)
        assert worker.poll() is None, log.read_text()
        yield worker
    finally:
        worker.terminate()
        try:
            worker.wait(timeout=20)
        except subprocess.TimeoutExpired:
            os.killpg(worker.pid, signal.SIGKILL)
            worker.wait(timeout=5)


@contextmanager
def a_worker() -> Iterator[None]:
    """Within the block the database knows of a worker that lives and does nothing."""
    hold("test")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s, hashtext('test'))", [LOCK])
            assert cursor.fetchone() == (True,)


def work_off() -> int:
    """Do every job that waits, those for later too, in this process; how many there were."""
    number = 0
    DBTaskResult.objects.filter(status="READY").update(run_after="2000-01-01T00:00Z")
    while (result := execution.claim("test", WITHOUT_LIMIT)) is not None:
        execution.run(result)
        number += 1
    return number
