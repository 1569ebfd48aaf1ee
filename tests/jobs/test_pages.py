"""The pages of jobs: whose they are, what they tell, and that only POST changes anything."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from layers.jobs.models import Job, JobState
from layers.jobs.queue import enqueue
from tests.job_worker import a_worker, work_off
from tests.jobs import samples
from tests.jobs.watching import fresh
from tests.people import client_of, make_person

HTML = {"accept": "text/html"}
pytestmark = pytest.mark.django_db


@pytest.fixture
def job(folder: Path) -> Job:
    person = make_person("planner")
    return enqueue(
        samples.fail_with, str(folder), "The file is empty.", who=person, subject="a.csv", url="/layers/"
    )


def read(client: Client, address: str) -> dict[str, Any]:
    response = client.get(address, headers={"accept": "application/json"})
    assert response.status_code == 200, response.content
    found: dict[str, Any] = json.loads(response.content)
    return found


def english(client: Client) -> Client:
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


def test_a_job_is_seen_by_who_began_it_and_by_administrators(job: Job) -> None:
    address = f"/jobs/{job.pk}/"
    for role, seen in (("planner", True), ("administrator", True), ("officer", False), ("citizen", False)):
        client = client_of(role)
        assert client.get(address).status_code == (200 if seen else 404), role
        assert len(read(client, "/jobs/")["jobs"]) == int(seen), role
        if not seen:
            assert client.post(address, {"action": "cancel"}).status_code == 404
    assert fresh(job).state == JobState.QUEUED


def test_who_is_not_signed_in_is_asked_to(client: Client, job: Job) -> None:
    for address in ("/jobs/", f"/jobs/{job.pk}/"):
        assert client.get(address).headers["Location"].startswith("/accounts/sign-in/")
        assert client.get(address, headers={"accept": "application/json"}).status_code == 401


def test_the_page_tells_state_subject_place_in_the_queue_and_that_no_worker_runs(job: Job) -> None:
    told = read(english(client_of("planner")), f"/jobs/{job.pk}/")
    assert (told["job"]["state"], told["job"]["position"], told["workers"]) == ("queued", 0, 0)
    page = english(client_of("planner")).get(f"/jobs/{job.pk}/", headers=HTML).content.decode()
    assert "a.csv" in page
    assert 'href="/layers/"' in page
    assert "No worker is running" in page


def test_what_came_of_it_is_told_with_its_log(job: Job) -> None:
    work_off()
    told = read(client_of("planner"), f"/jobs/{job.pk}/")
    assert (told["job"]["state"], told["job"]["reason"]) == ("failed", "The file is empty.")
    assert [entry["text"] for entry in told["log"]] == ["The file is empty."]
    assert told["traceback"] == ""
    assert "ValueError" in read(client_of("administrator"), f"/jobs/{job.pk}/")["traceback"]
    assert "ValueError" in client_of("administrator").get(f"/jobs/{job.pk}/", headers=HTML).content.decode()


def test_it_is_cancelled_by_post_and_leads_back_to_its_subject(job: Job) -> None:
    client = client_of("planner")
    address = f"/jobs/{job.pk}/"
    assert client.get(f"{address}?action=cancel").status_code == 200
    assert fresh(job).state == JobState.QUEUED
    assert client.post(address, {"action": "explode"}).status_code == 400
    assert client.post(address, {"action": "cancel"}).headers["Location"] == "/layers/"
    assert fresh(job).cancelled_by == "planner"
    assert client.post(address, {"action": "cancel"}).status_code == 409


def test_the_list_can_leave_out_what_is_over(job: Job) -> None:
    work_off()
    client = client_of("administrator")
    enqueue(samples.greet)
    states = {
        state: [each["state"] for each in read(client, f"/jobs/?state={state}")["jobs"]]
        for state in ("", "active", "failed")
    }
    assert states == {"": ["queued", "failed"], "active": ["queued"], "failed": ["failed"]}
    assert client.get("/jobs/?state=what").status_code == 400
    assert client.get("/jobs/?page=2").status_code == 200


def test_the_operations_page_counts_them(job: Job) -> None:
    enqueue(samples.greet)
    client = english(client_of("administrator"))
    told = read(client, "/operations/")["jobs"]
    problem = told.pop("problem")
    assert told == {"workers": 0, "queued": 2, "running": 0, "failed": 0}
    assert problem.startswith("No job worker is connected to the database.")
    assert problem in client.get("/operations/", headers=HTML).content.decode()
    work_off()
    with a_worker():
        told = read(client, "/operations/")["jobs"]
    assert told == {"workers": 1, "problem": "", "queued": 0, "running": 0, "failed": 1}
