"""A file that fits no layer becomes one from the import page; without a browser."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.utils import timezone
from django.utils.translation import override

from geoportal.imports import dataset_publication, uploads
from importers.history import record
from importers.models import Import, State
from importers.options import ImportOptions
from importers.schema.inference import MOST_COLUMNS
from layers.datasets import sync
from layers.datasets.models import Dataset
from layers.jobs.maintenance import maintain
from layers.registry.audience import Audience
from tests.district import LAT, LON, tile_at
from tests.imports.datasets import take_back_datasets
from tests.job_worker import work_off
from tests.people import VIEWERS, client_of

pytestmark = pytest.mark.django_db(transaction=True)

STOPS = f"""站名,线路,备注,lon,lat
泰山路口,101,内部,{LON},{LAT}
中河路,102,内部,{LON + 0.001},{LAT}
新碶,1O3,内部,{LON + 0.002},{LAT}
"""
FORM = {
    "title": "公交站",
    "title_en": "Bus stops",
    "name": "bus-stops",
    "audience": "0",
    "color": "#B0562B",
    "title_column": "站名",
    "source_crs": "EPSG:4490",
    "source": "交通局",
    "heading": ["站名", "线路", "备注", "lon", "lat"],
    "keep-0": "on",
    "keep-1": "on",
    "keep-3": "on",
    "keep-4": "on",
    "label-1": "公交线路",
    "label_en-1": "Line",
}
TILE = f"/tiles/bus-stops/{tile_at(15, LON, LAT)}.pbf"


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


def sent(client: Client, text: str = STOPS, name: str = "公交站.csv") -> Import:
    sent = SimpleUploadedFile(name, text.encode())
    assert client.post("/imports/", {"file": sent, "layer": "+"}).status_code == 302
    return Import.objects.latest("pk")


def page(client: Client, imported: Import) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(client.get(f"/imports/{imported.pk}/?format=json").content)
    return found


def decide(client: Client, imported: Import, action: str, **more: Any) -> None:
    response = client.post(f"/imports/{imported.pk}/", {**FORM, "action": action, **more})
    assert response.status_code == 302, response.content.decode()
    work_off()
    imported.refresh_from_db()


def test_what_the_file_would_be_is_shown_first(admin: Client) -> None:
    imported = sent(admin)
    assert "EPSG:4490" in page(admin, imported)["inspected"]["problem"]
    decide(admin, imported, "look", name=imported.proposal["name"])
    inspected = page(admin, imported)["inspected"]
    assert (inspected["problem"], inspected["geometry"], inspected["title_column"]) == ("", "points", "站名")
    assert [(c["heading"], c["kind"], c["is_position"], c["left_out"]) for c in inspected["columns"]] == [
        ("站名", "text", False, False),
        ("线路", "text", False, False),
        ("备注", "", False, True),
        ("lon", "", True, False),
        ("lat", "", True, False),
    ]
    assert imported.proposal["name"] == "gongjiaozhan"
    assert imported.state == State.WAITING


def test_as_many_columns_can_be_decided_on_the_page_as_a_layer_takes(admin: Client) -> None:
    headings = [*(f"c{number}" for number in range(MOST_COLUMNS - 2)), "lon", "lat"]
    imported = sent(admin, f"{','.join(headings)}\n{'a,' * (MOST_COLUMNS - 2)}{LON},{LAT}\n")
    asked = ("keep", "kind", "label", "label_en")
    form = {f"{name}-{number}": "" for number in range(MOST_COLUMNS) for name in asked}
    decide(admin, imported, "look", **form | {"heading": headings, "keep-0": "on", "title_column": "c0"})
    assert len(imported.proposal["columns"]) == MOST_COLUMNS
    assert not imported.proposal["columns"]["c0"]["left_out"]


def test_a_trial_leaves_a_report_and_nothing_else(admin: Client) -> None:
    imported = sent(admin)
    decide(admin, imported, "try")
    assert (imported.state, imported.counts["added"], imported.layer) == (State.TRIED, 3, "bus-stops")
    assert not Dataset.objects.exists()
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_class WHERE relname ~ '^(datasets_tried|importers_staged)'")
        assert cursor.fetchone() == (0,)
    assert page(admin, imported)["editable"]


def test_a_file_is_published_as_decided(admin: Client, client: Client) -> None:
    imported = sent(admin)
    decide(admin, imported, "load")
    assert (imported.state, imported.counts["added"]) == (State.LOADED, 3)
    made = Dataset.objects.get()
    assert (made.color, made.source, made.is_published) == ("#b0562b", "交通局", True)
    assert [(f["label"], f["label_en"]) for f in made.fields] == [("站名", "站名"), ("公交线路", "Line")]
    assert client.get(TILE).status_code == 200
    items = json.loads(client.get("/ogc/collections/bus-stops/items?f=json").content)
    assert "内部" not in json.dumps(items, ensure_ascii=False)
    assert items["numberMatched"] == 3
    assert page(admin, imported)["on_map"].endswith("layers=bus-stops")
    assert uploads.is_here(imported), "a column may have to be put right"
    assert not page(admin, imported)["editable"]


def test_what_is_not_decided_yet_begins_no_job(admin: Client) -> None:
    imported = sent(admin)
    for wrong in (
        {"name": "buildings"},
        {"name": "Not a name"},
        {"source_crs": ""},
        {"title_column": "备注"},
    ):
        response = admin.post(f"/imports/{imported.pk}/", {**FORM, "action": "load", **wrong})
        assert response.status_code == 302
        assert page(admin, imported)["inspected"]["problem"], wrong
        imported.refresh_from_db()
        assert imported.state == State.WAITING
    assert (
        admin.post(f"/imports/{imported.pk}/", {**FORM, "action": "load", "audience": "9"}).status_code == 400
    )


def test_rows_that_are_wrong_publish_nothing_unless_the_others_are_wanted(admin: Client) -> None:
    imported = sent(admin, STOPS.replace(f"{LON},", "there,", 1))
    decide(admin, imported, "load")
    assert (imported.state, imported.counts["held"]) == (State.STOPPED, 1)
    assert not Dataset.objects.exists()
    decide(admin, imported, "load", accept_valid="on")
    assert (imported.state, imported.counts["added"], imported.counts["held"]) == (State.LOADED, 2, 1)
    assert Dataset.objects.get().is_published


def test_what_an_interrupted_attempt_left_behind_is_replaced(admin: Client, client: Client) -> None:
    imported = sent(admin)
    decide(admin, imported, "try")
    proposal, options = dataset_publication.DatasetProposal("bus-stops"), ImportOptions.from_record(imported)
    assert dataset_publication.publish(uploads.file_of(imported), proposal, options).refusal == ""
    Dataset.objects.update(is_published=False)
    sync.refresh(now=True)
    left = Dataset.objects.get()
    assert client.get(TILE).status_code == 404
    Dataset.objects.update(published=timezone.now())
    decide(admin, imported, "load")
    assert "being made at this moment" in imported.reason
    Dataset.objects.update(published=timezone.now() - 2 * record.START_TIME)
    decide(admin, imported, "load")
    assert Dataset.objects.get().pk != left.pk
    assert client.get(TILE).status_code == 200


def test_title_audience_and_colour_can_be_changed(admin: Client, client: Client) -> None:
    decide(admin, sent(admin), "load")
    address = "/imports/layers/bus-stops/"
    change = {"action": "save", "title": "站点", "title_en": "Halts", "audience": "2", "color": "#112233"}
    assert admin.post(address, change).status_code == 302
    made = Dataset.objects.get()
    assert (made.title, made.title_en, made.audience, made.color) == ("站点", "Halts", 2, "#112233")
    for role, viewer in VIEWERS.items():
        status = client_of(role).get(TILE).status_code
        assert status == (200 if viewer.audience >= Audience.DEPARTMENT else 404), role
    assert public_view() is not None
    work_off()
    assert public_view() is None
    assert admin.post(address, {**change, "audience": "0"}).status_code == 302
    assert (public_view(), client.get(TILE).status_code) == (None, 404)
    work_off()
    assert client.get(TILE).status_code == 200
    assert "#112233" in client.get("/styles/bus-stops.json").content.decode()
    assert admin.post(address, {**change, "audience": "x"}).status_code == 400
    assert admin.post(address, {"action": "explode"}).status_code == 400


def test_a_wider_audience_taken_back_before_its_job_ran_stays_as_narrow_as_it_was(
    admin: Client, client: Client
) -> None:
    decide(admin, sent(admin), "load")
    address, form = "/imports/layers/bus-stops/", {"action": "save", "title": "站点"}
    admin.post(address, {**form, "audience": "2"})
    work_off()
    admin.post(address, {**form, "audience": "0"})
    admin.post(address, {**form, "audience": "2"})
    work_off()
    assert Dataset.objects.get().audience == 2
    assert (public_view(), client.get(TILE).status_code) == (None, 404)


def public_view() -> str | None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('for_public.\"bus-stops\"')")
        found: str | None = cursor.fetchone()[0]
        return found


def test_a_layer_is_withdrawn_and_the_record_of_its_import_stays(admin: Client, client: Client) -> None:
    imported = sent(admin)
    decide(admin, imported, "load")
    assert admin.post("/imports/layers/bus-stops/", {"action": "withdraw"}).status_code == 302
    assert client.get(TILE).status_code == 404
    assert Dataset.objects.exists()
    work_off()
    assert not Dataset.objects.exists()
    assert admin.get("/imports/layers/bus-stops/").status_code == 404
    kept = page(admin, imported)
    assert (kept["state"], kept["counts"]["added"], kept["on_map"], kept["dataset"]) == ("loaded", 3, "", "")


def test_a_layer_is_withdrawn_right_after_fewer_may_see_it(admin: Client) -> None:
    decide(admin, sent(admin), "load")
    address = "/imports/layers/bus-stops/"
    admin.post(address, {"action": "save", "title": "站点", "audience": "2"})
    admin.post(address, {"action": "withdraw"})
    assert work_off() == 2
    assert not Dataset.objects.exists()
    assert public_view() is None


def test_what_nobody_makes_or_withdraws_any_more_is_tidied_away(admin: Client) -> None:
    decide(admin, sent(admin), "load")
    dataset_publication.withdraw("bus-stops")
    maintain()
    assert Dataset.objects.exists()
    Dataset.objects.update(published=timezone.now() - 2 * record.START_TIME)
    maintain()
    assert not Dataset.objects.exists()


def test_only_administrators_change_datasets(admin: Client) -> None:
    decide(admin, sent(admin), "load")
    for role, viewer in VIEWERS.items():
        allowed = viewer.audience == Audience.RESTRICTED
        assert client_of(role).get("/imports/layers/bus-stops/").status_code == (200 if allowed else 404)
        if not allowed:
            posted = client_of(role).post("/imports/layers/bus-stops/", {"action": "withdraw"})
            assert posted.status_code == 404
    assert Dataset.objects.exists()


def test_closed_lines_are_told_and_are_areas_where_that_is_chosen(admin: Client) -> None:
    corners = ", ".join(
        f"{LON + east} {LAT + north}" for east, north in ((0, 0), (0.001, 0), (0, 0.001), (0, 0))
    )
    imported = sent(admin, f'地块,wkt\n一,"LINESTRING ({corners})"\n', "地块.csv")
    form = {"heading": ["地块", "wkt"], "title_column": "地块", "name": "parcels"}
    decide(admin, imported, "look", **form)
    inspected = page(admin, imported)["inspected"]
    assert inspected["geometry"] == "lines"
    assert inspected["shape_note"].startswith("1 line is closed")
    decide(admin, imported, "load", **form, geometry="polygon")
    assert imported.state == State.LOADED, imported.reason
    assert Dataset.objects.get(name="parcels").geometry == "polygon"
    again = sent(admin, f'地块,wkt\n二,"LINESTRING ({corners})"\n', "地块二.csv")
    assert page(admin, again)["proposal"]["geometry"] == "polygon"


def test_nothing_is_chosen_for_somebody_who_has_not_decided_how_to_read_the_file(admin: Client) -> None:
    imported = sent(admin, f"lon,lat,站名\n{LON},{LAT},泰山路口\n")
    shown = admin.get(f"/imports/{imported.pk}/", headers={"accept": "text/html"}).content.decode()
    [choice] = re.findall(r'<select name="title_column">\s*<option value="(.*?)"', shown)
    assert choice == ""
    decide(admin, imported, "look", title_column=choice, heading=["lon", "lat", "站名"], **{"keep-2": "on"})
    assert page(admin, imported)["inspected"]["title_column"] == "站名"
