"""Large results are made by jobs."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pyogrio
import pytest

from geoportal.take_away import views
from geoportal.take_away.formats import FORMATS
from layers.base.models import Building
from layers.jobs.models import Job, JobState
from layers.registry.models import ExportLogEntry
from tests.district import SmallDistrict
from tests.job_worker import work_off
from tests.people import client_of

pytestmark = pytest.mark.django_db


def test_a_large_one_is_made_by_a_job_for_who_asked(
    district: SmallDistrict, own_data_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "AT_ONCE", 1)
    planner = client_of("planner")
    asked = {"as": "gpkg", "filter": "storeys > 0", "system": "4550"}
    first, second = (planner.post("/layers/buildings/export", asked)["Location"] for _ in range(2))
    assert first == second
    work_off()
    job = Job.objects.select_related("task").get()
    assert job.state == JobState.DONE, job.reason
    answer: Any = planner.get(job.result["url"])
    assert 'filename="buildings_4550.gpkg"' in answer["Content-Disposition"]
    file = tmp_path / "a.gpkg"
    file.write_bytes(b"".join(answer.streaming_content))
    assert pyogrio.read_info(file)["features"] == Building.objects.count()
    assert [path.name.partition("-")[2] for path in own_data_folder.glob("exports/*/*")] == [
        job.result["file"]
    ]
    assert [path.stat().st_mode & 0o777 for path in own_data_folder.glob("exports/*")] == [0o700]
    assert client_of("administrator").get(job.result["url"]).status_code == 404
    assert ExportLogEntry.objects.get().file == "buildings_4550.gpkg"
    other = planner.post("/layers/buildings/export", {**asked, "filter": "storeys > 1"})["Location"]
    planner.post(other, {"action": "cancel"})
    work_off()
    assert [path.name.partition("-")[2] for path in own_data_folder.glob("exports/*/*")] == [
        job.result["file"]
    ]


@pytest.mark.parametrize("format", ["kml", "xlsx"])
def test_more_rows_than_a_format_holds_are_refused_before_a_job_is_begun(
    format: str, district: SmallDistrict, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "AT_ONCE", 0)
    monkeypatch.setitem(FORMATS, format, replace(FORMATS[format], most=1))
    asked = {"as": format, "system": "4326"}
    answer = client_of("planner").post("/layers/buildings/export", asked, headers={"accept-language": "en"})
    assert answer.status_code == 400
    assert "holds 1 rows at most; choose another format" in answer.content.decode()
    assert not Job.objects.exists()
