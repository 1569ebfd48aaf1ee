"""The queue itself: one job about one thing, its end before it began, and what is forgotten."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from layers.jobs.maintenance import KEPT, maintain
from layers.jobs.models import Job, JobState
from layers.jobs.queue import cancel, enqueue
from tests.job_worker import work_off
from tests.jobs import samples
from tests.jobs.watching import failures, fresh

pytestmark = pytest.mark.django_db


def test_about_one_thing_only_one_job_is_under_way(folder: Path) -> None:
    first = enqueue(samples.wait, str(folder), key="one")
    assert enqueue(samples.wait, str(folder), key="one") == first
    assert enqueue(samples.wait, str(folder), key="other") != first
    assert cancel(first, "me")
    assert enqueue(samples.wait, str(folder), key="one") != first


def test_a_queued_job_is_cancelled_without_a_worker(folder: Path) -> None:
    job = enqueue(samples.wait, str(folder))
    assert cancel(job, "administrator")
    assert fresh(job).state == JobState.CANCELLED
    assert failures(folder) == ["administrator cancelled the job."]


def test_a_job_for_later_waits_until_then() -> None:
    job = enqueue(samples.greet, run_after=timezone.now() + timedelta(hours=1))
    assert not DBTaskResult.objects.ready().exists()
    assert work_off() == 1
    assert fresh(job).state == JobState.DONE


def test_work_that_the_portal_does_not_know_any_more_fails_in_words() -> None:
    job = enqueue(samples.greet)
    DBTaskResult.objects.update(task_path="tests.jobs.samples.gone")
    assert work_off() == 1
    failed = fresh(job)
    assert failed.reason == "The portal no longer knows how to do this job."
    assert str(failed.title) == "gone"


def test_jobs_are_forgotten_a_while_after_their_end() -> None:
    old, new, waiting = (enqueue(samples.greet) for _ in range(3))
    ended = timezone.now() - KEPT - timedelta(days=1)
    DBTaskResult.objects.filter(pk=old.task_id).update(status="SUCCESSFUL", finished_at=ended)
    DBTaskResult.objects.filter(pk=new.task_id).update(status="FAILED", finished_at=timezone.now())
    maintain()
    assert set(Job.objects.all()) == {new, waiting}
