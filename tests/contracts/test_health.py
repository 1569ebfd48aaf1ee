"""Health: up by itself, ready only with database, cache, workers and room on the disk; what fails says why."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from layers.jobs.queue import enqueue
from tests.job_worker import a_worker, job_worker
from tests.jobs import samples
from tiles.cache import heartbeat

NAMES = ("database", "cache", "worker", "jobs", "disk")


def ready(client: Client) -> tuple[int, list[str], dict[str, str]]:
    """Status, what fails, and the reasons."""
    answer = client.get("/readyz", headers={"accept-language": "en"})
    told: dict[str, Any] = answer.json()
    reasons = told.pop("reasons")
    assert tuple(told) == NAMES
    failing = [name for name, holds in told.items() if not holds]
    assert list(reasons) == failing
    return answer.status_code, failing, reasons


def test_the_process_answers_without_its_database(client: Client) -> None:
    assert client.get("/healthz").content == b"ok"


@pytest.mark.django_db
def test_without_workers_the_portal_is_not_ready_and_says_what_to_do(
    client: Client, own_data_folder: Path
) -> None:
    status, failing, reasons = ready(client)
    assert (status, failing) == (503, ["worker", "jobs"])
    assert reasons["worker"].startswith("The tile worker has given no sign yet. Start manage.py tile_worker")
    assert reasons["jobs"].startswith(
        "No job worker is connected to the database. Start manage.py job_worker"
    )
    heartbeat.beat()
    with a_worker():
        assert ready(client) == (200, [], {})


@pytest.mark.django_db
def test_a_worker_that_begins_nothing_is_no_worker(client: Client, own_data_folder: Path) -> None:
    heartbeat.beat()
    enqueue(samples.greet)
    with a_worker():
        assert ready(client)[0] == 200
        DBTaskResult.objects.update(enqueued_at=timezone.now() - timedelta(minutes=3, seconds=5))
        assert ready(client)[2] == {
            "jobs": "A job worker is connected but begins nothing; look into its log. A job has waited for 3 min."
        }
        DBTaskResult.objects.update(run_after=timezone.now() + timedelta(hours=1))
        assert ready(client)[0] == 200
        other = enqueue(samples.greet)
        DBTaskResult.objects.filter(pk=other.task_id).update(status="RUNNING")
        DBTaskResult.objects.exclude(pk=other.task_id).update(run_after=timezone.now() - timedelta(minutes=2))
        assert ready(client)[0] == 200, "what waits for the one that runs waits rightly"


@pytest.mark.django_db(transaction=True)
def test_a_real_worker_counts_as_long_as_it_lives(
    client: Client, own_data_folder: Path, tmp_path: Path
) -> None:
    heartbeat.beat()
    with job_worker(tmp_path / "log") as worker:
        heartbeat.beat()
        assert ready(client) == (200, [], {})
        worker.kill()
        worker.wait()
    heartbeat.beat()
    assert ready(client)[1] == ["jobs"]
