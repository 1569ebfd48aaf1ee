"""Drawing tiles ahead: as a job begun from the operations page, and in a terminal."""

import io
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from layers.jobs.models import Job, JobState
from tests.district import SmallDistrict, tile_at
from tests.job_worker import job_worker
from tests.jobs.watching import await_state, fresh
from tests.people import client_of
from tiles.raster.app import reset
from tiles.raster.configuration import tiles_folder
from tiles.seeding import zoom_range

pytestmark = pytest.mark.django_db(transaction=True)


def kept(folder: Path) -> list[Path]:
    return sorted((folder / "tiles").rglob("*.pbf.gz"))


def begin(zooms: str) -> Any:
    return client_of("administrator").post("/operations/", {"action": "seed", "zooms": zooms})


def test_an_administrator_has_tiles_drawn_ahead_by_a_job(
    committed_district: SmallDistrict, own_data_folder: Path, tmp_path: Path
) -> None:
    address = begin("15").headers["Location"]
    job = Job.objects.get()
    assert (address, fresh(job).state) == (f"/jobs/{job.pk}/", JobState.QUEUED)
    with job_worker(tmp_path / "log"):
        done = await_state(job, JobState.DONE, JobState.FAILED)
    assert done.state == JobState.DONE, done.reason
    assert done.result["drawn"] > 0
    assert (done.done, done.total) == (done.total, done.total)
    drawn = kept(own_data_folder)
    zoom, x, y = tile_at(15).split("/")
    assert own_data_folder / f"tiles/public/buildings/{zoom}/{x}/{y}.pbf.gz" in drawn
    assert {path.parts[-3] for path in drawn} == {"15"}
    assert list(tiles_folder().rglob("*.webp"))
    reset()
    out = io.StringIO()
    call_command("seed_tiles", zooms="15", stdout=out)
    assert out.getvalue() == "0 tiles and meta-tiles drawn; all others are current.\n"


def test_it_is_cancelled_while_it_draws(
    committed_district: SmallDistrict, own_data_folder: Path, tmp_path: Path
) -> None:
    begin("8-19")
    job = Job.objects.get()
    with job_worker(tmp_path / "log"):
        await_state(job, JobState.RUNNING)
        client_of("administrator").post(f"/jobs/{job.pk}/", {"action": "cancel"})
        ended = await_state(job, JobState.CANCELLED, JobState.DONE)
    assert ended.state == JobState.CANCELLED


def test_one_is_under_way_at_a_time(committed_district: SmallDistrict) -> None:
    assert begin("8").headers["Location"] == begin("9").headers["Location"]


@pytest.mark.parametrize("zooms", ["", "x", "9-8", "8-20", "²", "8-9-10", "-3", "1" * 30])
def test_senseless_zooms_are_refused_in_words(zooms: str) -> None:
    answer = begin(zooms)
    assert (answer.status_code, zooms[:40] in answer.json()["error"]) == (400, True)
    with pytest.raises(CommandError):
        call_command("seed_tiles", f"--zooms={zooms}", "--bbox=121,29,122,30")


def test_zooms_are_one_or_the_first_and_last() -> None:
    assert (zoom_range("8"), zoom_range("8-15"), zoom_range("19-19")) == (
        range(8, 9),
        range(8, 16),
        range(19, 20),
    )


@pytest.mark.parametrize("role", ["public", "citizen", "officer", "planner"])
def test_others_have_no_such_page(role: str) -> None:
    assert client_of(role).post("/operations/", {"action": "seed", "zooms": "8"}).status_code == 404
    assert not Job.objects.exists()
