"""What a column of a published layer holds is put right afterwards, where every value allows it, at every door."""

import json
from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.utils.translation import override

from geoportal.imports import uploads
from importers.layer_import import undo_import
from importers.models import Import, State
from layers.datasets.declaration import model_of
from layers.datasets.models import Dataset
from layers.jobs.models import Job, JobState
from layers.registry.audience import Audience, Viewer
from layers.registry.registration import get_layer
from tests.district import LAT, LON, tile_at
from tests.imports.datasets import take_back_datasets
from tests.job_worker import work_off
from tests.people import client_of

pytestmark = pytest.mark.django_db(transaction=True)

HEADINGS = ["站名", "线路", "长度", "启用", "lon", "lat"]
STOPS = [("泰山路口", "101", "3.10", "2020/1/5"), ("中河路", "102", "12", "2021-02-03")]


@pytest.fixture(autouse=True)
def clean() -> Iterator[None]:
    with override("en"):
        yield
    take_back_datasets()


@pytest.fixture
def admin() -> Client:
    found = client_of("administrator")
    found.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    return found


def table(stops: Sequence[tuple[str, ...]]) -> bytes:
    lines = [",".join([*stop, str(LON + n / 1000), str(LAT)]) for n, stop in enumerate(stops)]
    return "\n".join([",".join(HEADINGS), *lines]).encode()


def published(client: Client, stops: Sequence[tuple[str, ...]] = STOPS, **kinds: str) -> Import:
    file = SimpleUploadedFile("stops.csv", table(stops))
    assert client.post("/imports/", {"file": file, "layer": "+"}).status_code == 302
    imported = Import.objects.latest("pk")
    form = {
        "action": "load",
        "title": "公交站",
        "name": "bus-stops",
        "audience": "0",
        "title_column": "站名",
        "source_crs": "EPSG:4490",
        "accept_valid": "on",
        "heading": HEADINGS,
        **{f"keep-{number}": "on" for number in range(len(HEADINGS))},
        **{f"kind-{HEADINGS.index(heading)}": kind for heading, kind in kinds.items()},
    }
    assert client.post(f"/imports/{imported.pk}/", form).status_code == 302
    work_off()
    imported.refresh_from_db()
    assert imported.state == State.LOADED, imported.reason
    return imported


def correct(client: Client, **answers: str) -> Job:
    """By the job that the page began."""
    response = client.post("/imports/layers/bus-stops/", {"action": "columns", **answers})
    assert response.status_code == 302, response.content.decode()
    work_off()
    return Job.objects.select_related("task").latest("pk")


def rows() -> list[dict[str, Any]]:
    fields = {field["name"]: field["heading"] for field in Dataset.objects.get().fields}
    found = model_of(Dataset.objects.get())._default_manager.order_by("pk").values(*fields)
    return [{fields[name]: value for name, value in row.items()} for row in found]


def column(heading: str) -> list[Any]:
    return sorted((row[heading] for row in rows()), key=str)


def field_of(heading: str) -> str:
    return str(next(field["name"] for field in Dataset.objects.get().fields if field["heading"] == heading))


def kinds() -> dict[str, str]:
    return {field["heading"]: field["kind"] for field in Dataset.objects.get().fields}


def test_text_becomes_a_number_where_every_value_is_one(admin: Client) -> None:
    published(admin)
    assert kinds()["长度"] == "text"
    job = correct(admin, **{f"kind-{field_of('长度')}": "number"})
    assert job.state == JobState.DONE, job.reason
    assert kinds()["长度"] == "number"
    assert column("长度") == [12.0, 3.1]


def test_every_door_follows(admin: Client, client: Client) -> None:
    published(admin)
    name = field_of("长度")
    correct(admin, **{f"kind-{name}": "number"})
    features = client.get("/ogc/collections/bus-stops/items?limit=9", headers={"accept": "application/json"})
    assert sorted(each["properties"][name] for each in features.json()["features"]) == [3.1, 12.0]
    described = client.get("/ogc/collections/bus-stops/schema").json()["properties"][name]
    assert described["type"] == "number"
    assert client.get(f"/ogc/collections/bus-stops/items?{name}=12").json()["numberMatched"] == 1
    exported = json.loads(b"".join(client.get("/layers/bus-stops/export.geojson")))
    assert sorted(each["properties"][name] for each in exported["features"]) == [3.1, 12.0]
    assert client.get(f"/tiles/bus-stops/{tile_at(15, LON, LAT)}.pbf").status_code == 200
    assert client.get("/search/?q=zhonghelu&format=json").json()["results"][0]["layer"] == "bus-stops"
    place = client.get(f"/place/?lon={LON}&lat={LAT}&format=json").json()
    assert "泰山路口" in json.dumps(place, ensure_ascii=False)


def test_values_that_do_not_fit_are_told_by_row_and_nothing_changes(admin: Client) -> None:
    published(admin, [*STOPS, ("新碶", "103", "about 5", "2020-1-1"), ("高塘", "104", "", "2020-1-1")])
    before = rows()
    job = correct(admin, **{f"kind-{field_of('长度')}": "number"})
    assert job.state == JobState.FAILED
    assert "1 rows hold something else, and nothing was changed: 新碶: “about 5”" in job.reason
    assert rows() == before
    assert kinds()["长度"] == "text"


@pytest.mark.parametrize(
    ("cells", "kind", "told"),
    [
        (("3.5", "4"), "integer", "泰山路口: “3.5”"),
        (("2020-01-01 10:30", "2020-01-02 00:00"), "date", "泰山路口: “2020-01-01 10:30"),
        (("03/04/2020", "05/06/2020"), "date", "may begin with its day or its month"),
        (("maybe", "yes"), "boolean", "泰山路口: “maybe”"),
    ],
)
def test_nothing_of_a_value_is_lost_on_the_way(admin: Client, cells: Any, kind: str, told: str) -> None:
    published(admin, [(*STOPS[n][:2], cell, STOPS[n][3]) for n, cell in enumerate(cells)], 长度="text")
    job = correct(admin, **{f"kind-{field_of('长度')}": kind})
    assert job.state == JobState.FAILED
    assert told in job.reason
    assert column("长度") == sorted(cells)


def test_the_order_of_day_and_month_is_said(admin: Client) -> None:
    published(
        admin, [(*STOPS[n][:2], cell, STOPS[n][3]) for n, cell in enumerate(("03/04/2020", "05/06/2020"))]
    )
    job = correct(admin, date_order="day", **{f"kind-{field_of('长度')}": "date"})
    assert job.state == JobState.DONE, job.reason
    assert [str(day) for day in column("长度")] == ["2020-04-03", "2020-06-05"]


def test_a_number_becomes_the_text_that_the_file_has(admin: Client) -> None:
    imported = published(admin, 长度="number", 启用="date")
    assert column("长度") == [12.0, 3.1]
    imports = Import.objects.count()
    job = correct(admin, **{f"kind-{field_of('长度')}": "text", f"kind-{field_of('启用')}": "text"})
    assert job.state == JobState.DONE, job.reason
    assert "as their file has them" in job.result["sentence"]
    assert column("长度") == ["12", "3.10"]
    assert column("启用") == ["2020/1/5", "2021-02-03"]
    assert Import.objects.count() == imports
    assert uploads.is_here(imported)


def test_without_the_file_it_becomes_what_the_database_writes_and_that_is_said(admin: Client) -> None:
    uploads.forget(published(admin, 长度="number"))
    job = correct(admin, **{f"kind-{field_of('长度')}": "text"})
    assert "file is not kept" in job.result["sentence"]
    assert column("长度") == ["12", "3.1"]


def test_rows_that_were_held_stay_held_and_can_be_tried_again(admin: Client) -> None:
    imported = published(admin, [*STOPS, ("新碶", "103", "about 5", "2020-1-1")], 长度="number")
    assert imported.counts["held"] == 1
    correct(admin, **{f"kind-{field_of('长度')}": "text"})
    assert column("长度") == ["12", "3.10"]
    admin.post(f"/imports/{imported.pk}/", {"action": "retry"})
    work_off()
    assert column("长度") == ["12", "3.10", "about 5"]


def test_an_import_can_still_be_undone(admin: Client) -> None:
    imported = published(admin, 长度="number")
    correct(admin, **{f"kind-{field_of('长度')}": "text"})
    undo_import(imported, get_layer("bus-stops", Viewer(Audience.RESTRICTED)))
    assert rows() == []


def test_another_column_names_the_rows(admin: Client, client: Client) -> None:
    published(admin)
    job = correct(admin, title_field=field_of("线路"))
    assert (job.state, job.reason) == (JobState.FAILED, "The column that names a row holds text.")
    job = correct(admin, **{f"kind-{field_of('线路')}": "text"}, title_field=field_of("线路"))
    assert job.state == JobState.DONE, job.reason
    [found] = client.get("/search/?q=101&layers=bus-stops&format=json").json()["results"]
    assert found["title"] == "101"
    assert client.get("/search/?q=zhonghelu&layers=bus-stops&format=json").json()["results"] == []


def test_labels_are_changed_and_a_newer_file_still_fits(admin: Client, client: Client) -> None:
    published(admin)
    name = field_of("长度")
    page = admin.post(
        "/imports/layers/bus-stops/",
        {"action": "columns", f"label-{name}": "里程", f"label_en-{name}": "Mileage"},
    )
    assert page.headers["Location"] == "/imports/layers/bus-stops/"
    described = client.get("/ogc/collections/bus-stops/schema?lang=en").json()["properties"][name]
    assert described["title"] == "Mileage"
    file = SimpleUploadedFile("stops.csv", table([("泰山路口", "101", "4.20", "2020/1/5")]))
    admin.post("/imports/", {"file": file, "layer": "bus-stops"})
    newer = Import.objects.latest("pk")
    admin.post(f"/imports/{newer.pk}/", {"action": "load", "source_crs": "EPSG:4490", "source": "stops.csv"})
    work_off()
    newer.refresh_from_db()
    assert newer.state == State.LOADED, newer.reason
    assert "4.20" in column("长度")


def test_the_kept_file_is_deleted_on_demand_and_with_the_layer(admin: Client) -> None:
    imported = published(admin)
    shown = admin.get(f"/imports/{imported.pk}/", headers={"accept": "text/html"}).content.decode()
    assert 'value="forget"' in shown
    assert 'value="load"' not in shown
    assert admin.post(f"/imports/{imported.pk}/", {"action": "load"}).status_code == 400
    take_back_datasets()
    assert not uploads.is_here(imported)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM importers_roworigin")
        assert cursor.fetchone() == (0,)
