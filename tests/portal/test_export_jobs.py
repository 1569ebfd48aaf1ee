"""Large downloads as jobs: what the file holds, whose it is, and how long it is there."""

import os
import time
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils.translation import override

from geoportal.accounts.models import User
from geoportal.portal import catalogue
from geoportal.take_away import files
from layers.jobs.maintenance import maintain
from layers.jobs.models import Job, JobState
from layers.registry.models import AccessLogEntry
from tests.district import SmallDistrict
from tests.job_worker import job_worker, work_off
from tests.jobs.watching import await_state
from tests.people import client_of

pytestmark = pytest.mark.django_db
CASES = "/layers/enforcement-cases/export.csv"


def prepared(client: Client, address: str) -> Job:
    """The job that a POST began, done."""
    page = client.post(address)
    assert page.status_code == 302, page.content
    work_off()
    job = Job.objects.select_related("task").latest("pk")
    assert page.headers["Location"] == f"/jobs/{job.pk}/"
    assert job.state == JobState.DONE, job.reason
    return job


def content(client: Client, address: str) -> bytes:
    response: Any = client.get(address)
    assert response.status_code == 200, response.content
    return b"".join(response.streaming_content)


@pytest.mark.django_db(transaction=True)
def test_a_worker_makes_it_and_tells_how_far_it_is(
    committed_district: SmallDistrict, own_data_folder: Path, tmp_path: Path
) -> None:
    client = client_of("citizen")
    client.post("/layers/buildings/export.csv")
    job = Job.objects.get()
    with job_worker(tmp_path / "log"):
        done = await_state(job, JobState.DONE, JobState.FAILED)
    assert (done.state, done.done, done.total) == (JobState.DONE, 2, 2), done.reason
    assert content(client, done.result["url"]) == content(client, "/layers/buildings/export.csv")


@pytest.mark.parametrize("suffix", ["csv", "geojson"])
def test_the_file_is_what_streaming_gives_this_person(district: SmallDistrict, suffix: str) -> None:
    for role in ("citizen", "officer", "administrator"):
        client = client_of(role)
        address = f"/layers/enforcement-cases/export.{suffix}"
        job = prepared(client, address)
        assert content(client, job.result["url"]) == content(client, address), role
    assert len(content(client_of("officer"), address)) > len(content(client_of("citizen"), address))


def test_the_file_is_for_who_asked_alone(district: SmallDistrict) -> None:
    job = prepared(client_of("officer"), CASES)
    for role in ("public", "citizen", "other_officer", "administrator"):
        assert client_of(role).get(job.result["url"]).status_code == 404, role


def test_who_may_see_something_else_by_now_does_not_get_it(district: SmallDistrict) -> None:
    client = client_of("officer")
    job = prepared(client, CASES)
    User.objects.get(username="officer").departments.clear()
    assert client.get(job.result["url"]).status_code == 404
    again = prepared(client, CASES)
    assert content(client, again.result["url"]) == content(client, CASES)


def test_personal_data_in_the_file_are_on_record(district: SmallDistrict) -> None:
    prepared(client_of("officer"), CASES)
    [entry] = AccessLogEntry.objects.all()
    assert (entry.layer, entry.who) == ("enforcement-cases", "officer")


def test_a_file_is_nobodys_business_on_the_disk_and_goes_after_a_day(
    district: SmallDistrict, own_data_folder: Path
) -> None:
    client = client_of("citizen")
    job = prepared(client, "/layers/buildings/export.csv")
    [path] = own_data_folder.glob("exports/*/*")
    assert path.stat().st_mode & 0o777 == 0o600
    maintain()
    assert path.exists()
    then = time.time() - files.KEPT - 1
    os.utime(path, (then, then))
    maintain()
    assert not path.exists()
    with override("en"):
        client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
        assert "have it made again" in client.get(job.result["url"]).json()["error"]


def test_a_person_has_one_file_of_a_layer_and_format_and_one_job_at_a_time(
    district: SmallDistrict, own_data_folder: Path
) -> None:
    client = client_of("citizen")
    first, second = (client.post("/layers/buildings/export.csv").headers["Location"] for _ in range(2))
    assert first == second
    work_off()
    prepared(client, "/layers/buildings/export.csv")
    assert len(list(own_data_folder.glob("exports/*/*"))) == 1


def test_a_cancelled_one_leaves_nothing_behind(district: SmallDistrict, own_data_folder: Path) -> None:
    client = client_of("citizen")
    address = client.post("/layers/buildings/export.csv").headers["Location"]
    owner = User.objects.get(username="citizen").pk
    draft = files.file_of(owner, "buildings.csv").draft
    draft.parent.mkdir(parents=True)
    draft.write_text("half")
    client.post(address, {"action": "cancel"})
    assert not list(own_data_folder.glob("exports/*/*"))
    assert client.get(f"/exports/{address.split('/')[2]}/").status_code == 404


def test_nobody_has_files_made_without_signing_in_or_of_what_they_may_not_see(
    district: SmallDistrict,
) -> None:
    assert client_of("public").post("/layers/buildings/export.csv").status_code == 401
    assert client_of("citizen").post("/layers/no-such/export.csv").status_code == 404
    assert not Job.objects.exists()


def test_the_page_offers_a_job_where_the_layer_is_large(
    district: SmallDistrict, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(catalogue, "LARGE_FROM", 2)
    button, link = 'formaction="/layers/buildings/export.csv"', 'href="/layers/buildings/export.csv"'
    for role, has_jobs in (("public", False), ("citizen", True)):
        page = client_of(role).get("/layers/", headers={"accept": "text/html"}).content.decode()
        assert (button in page, link in page) == (has_jobs, not has_jobs), role
        assert 'href="/layers/villages/export.csv"' in page


def test_a_file_that_was_made_when_more_was_seen_is_not_mixed_with_a_later_one(
    district: SmallDistrict, own_data_folder: Path
) -> None:
    client = client_of("officer")
    job = prepared(client, "/layers/enforcement-cases/export.csv")
    seen = client.get(job.result["url"]).getvalue()
    person = User.objects.get(username="officer")
    before = list(person.departments.all())
    person.departments.clear()
    assert client.get(job.result["url"]).status_code == 404
    less = prepared(client, "/layers/enforcement-cases/export.csv")
    assert client.get(less.result["url"]).getvalue() != seen
    person.departments.set(before)
    assert client.get(less.result["url"]).status_code == 404
    assert client.get(job.result["url"]).getvalue() == seen
