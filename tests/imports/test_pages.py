"""The import page without a browser: who may come in, what is refused, what is shown."""

import json
import os
import time
from pathlib import Path
from typing import Any
from urllib.parse import quote

import numpy as np
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http.response import HttpResponseBase
from django.test import Client

from geoportal.imports import uploads
from importers.errors import ImporterError
from importers.layer_import import import_to_layer
from importers.models import Import, State
from importers.options import ImportOptions
from importers.pipeline.import_run import import_file
from layers.base.models import Building
from layers.jobs.maintenance import maintain
from layers.jobs.models import Job
from layers.registry.audience import Audience
from layers.terrain.models import Terrain
from tests.importers.making import HOUSE, NEIGHBOUR, layer, package
from tests.importers.rasters import geotiff
from tests.people import VIEWERS, client_of

pytestmark = pytest.mark.django_db
CSV = "名称,类别,经度,纬度\n新碶药店,药店,121.84,29.9\n".encode("gb18030")


def sent(client: Client, name: str = "p.csv", content: bytes = CSV, layer: str = "pois") -> Import:
    response = client.post("/imports/", {"file": SimpleUploadedFile(name, content), "layer": layer})
    assert response.status_code == 302, response.content.decode()
    return Import.objects.latest("pk")


def page(client: Client, imported: Import) -> dict[str, Any]:
    response = client.get(f"/imports/{imported.pk}/?format=json")
    assert response.status_code == 200
    found: dict[str, Any] = json.loads(response.content)
    return found


def test_only_administrators_find_the_page() -> None:
    imported = Import.objects.create(layer="buildings", file_name="secret.gpkg")
    row = imported.rows.create(row=1, is_held=True, problems=[], values={"a": "secret"})
    addresses = [
        "/imports/",
        f"/imports/{imported.pk}/",
        f"/imports/{imported.pk}/rows.geojson",
        f"/imports/{imported.pk}/report.csv",
        f"/imports/{imported.pk}/report.gpkg",
        f"/imports/{imported.pk}/rows/{row.pk}/",
    ]
    for role, viewer in VIEWERS.items():
        allowed = viewer.audience == Audience.RESTRICTED
        for address in addresses:
            response = client_of(role).get(address)
            assert response.status_code == (200 if allowed else 404), (role, address)
            assert allowed or b"secret" not in read(response)
        posted = client_of(role).post(addresses[1], {"action": "explode"})
        assert posted.status_code == (400 if allowed else 404)


@pytest.mark.parametrize(
    "address", ["/imports/?layer=pois", "/imports/1/", "/imports/profiles/", "/operations/"]
)
def test_whoever_is_not_signed_in_is_asked_to_and_others_find_no_page(address: str) -> None:
    html = {"accept": "text/html"}
    asked = client_of("public").get(address, headers=html)
    assert asked["Location"] == f"/accounts/sign-in/?next={quote(address)}"
    assert client_of("officer").get(address, headers=html).status_code == 404


def read(response: HttpResponseBase) -> bytes:
    return b"".join(response.streaming_content) if response.streaming else response.content  # type: ignore[attr-defined]


PLACE = {"type": "Point", "coordinates": [121.84, 29.9]}
FEATURE = {"type": "Feature", "properties": {"名称": "新碶药店", "类别": "药店"}, "geometry": PLACE}
GEOJSON = json.dumps({"type": "FeatureCollection", "features": [FEATURE]}).encode()


@pytest.mark.parametrize(
    ("name", "content", "asked"),
    [("p.csv", CSV.decode("gb18030").encode(), True), ("p.geojson", GEOJSON, False)],
)
def test_the_encoding_is_asked_only_of_what_may_be_in_another(name: str, content: bytes, asked: bool) -> None:
    client = client_of("administrator")
    imported = sent(client, name, content)
    assert page(client, imported)["inspected"]["headings"][0] == "名称"
    html = client.get(f"/imports/{imported.pk}/", headers={"accept": "text/html"}).content
    assert (b'name="encoding"' in html) == asked


def test_a_file_is_shown_before_anything_is_loaded() -> None:
    client = client_of("administrator")
    shown = page(client, sent(client))
    inspected = shown["inspected"]
    assert isinstance(inspected, dict)
    assert inspected["headings"] == ["名称", "类别", "经度", "纬度"]
    assert inspected["first_rows"] == [["新碶药店", "药店", "121.84", "29.9"]]
    assert "gcj02" in inspected["problem"]
    assert {c["name"]: c["heading"] for c in inspected["columns"]}["category"] == "类别"
    assert (shown["state"], shown["counts"]) == ("waiting", {})


def test_what_was_sent_is_read_by_nobody_else_on_the_machine() -> None:
    file = uploads.file_of(sent(client_of("administrator")))
    assert (file.stat().st_mode & 0o777, file.parent.stat().st_mode & 0o777) == (0o600, 0o700)


def test_what_is_decided_is_kept_and_looked_at_again() -> None:
    client = client_of("administrator")
    imported = sent(client)
    form = {
        "action": "look",
        "source_crs": "EPSG:4490",
        "map-name": "类别",
        "set-category": "药店",
        "anywhere": "on",
    }
    assert client.post(f"/imports/{imported.pk}/", form).status_code == 302
    inspected = page(client, imported)["inspected"]
    assert isinstance(inspected, dict)
    assert (inspected["problem"], inspected["crs"]) == ("", "EPSG:4490")
    imported.refresh_from_db()
    assert imported.options["headings"] == {"name": "类别"}
    assert imported.options["values"] == {"category": "药店"}
    assert imported.options["anywhere"]
    assert not imported.options["accept_valid"]


def test_a_file_that_must_not_be_opened_leaves_a_line_and_no_file() -> None:
    client = client_of("administrator")
    imported = sent(client, "a.kml", b"<!DOCTYPE a [<!ENTITY b 'c'>]><kml/>")
    assert imported.state == State.FAILED
    assert "a.kml" in imported.reason
    assert imported.who is not None
    assert not uploads.is_here(imported)


@pytest.mark.parametrize(
    ("name", "kept"), [("../../etc/passwd", "passwd"), ("/etc/a.csv", "a.csv"), ("a\\..\\b.csv", "b.csv")]
)
def test_names_of_files_lead_nowhere(name: str, kept: str) -> None:
    client = client_of("administrator")
    response = client.post("/imports/", {"file": SimpleUploadedFile(name, CSV), "layer": "pois"})
    assert response.status_code == 302
    imported = Import.objects.get()
    assert uploads.file_of(imported) == uploads.folder(imported) / kept


def test_mistakes_get_a_sentence(settings: object) -> None:
    client = client_of("administrator")
    imported = sent(client)
    for address, form in (
        ("/imports/", {"layer": "pois"}),
        ("/imports/", {"layer": "nothing", "file": SimpleUploadedFile("a.csv", CSV)}),
        (f"/imports/{imported.pk}/", {}),
        (f"/imports/{imported.pk}/", {"action": "undo"}),
        (f"/imports/{imported.pk}/", {"action": "explode"}),
    ):
        assert client.post(address, form).status_code == 400
    settings.IMPORT_MAX_BYTES = 100  # type: ignore[attr-defined]
    large = client.post("/imports/", {"layer": "pois", "file": SimpleUploadedFile("a.csv", CSV * 100)})
    assert large.status_code == 400
    assert client.get("/imports/999999/").status_code == 404


def test_an_import_waits_for_its_turn_and_is_not_begun_twice() -> None:
    client = client_of("administrator")
    imported = sent(client)
    form = {"action": "load", "source_crs": "EPSG:4490"}
    assert client.post(f"/imports/{imported.pk}/", form).status_code == 302
    shown = page(client, imported)
    assert (shown["state"], shown["editable"]) == ("running", False)
    told = shown["job"]
    assert isinstance(told, dict)
    assert (told["state"], told["position"], told["owner"]) == ("queued", 0, "administrator")
    assert client.post(f"/imports/{imported.pk}/", form).status_code == 400
    assert Job.objects.get().key == imported.job_key


def test_an_import_that_is_cancelled_before_its_turn_can_be_decided_anew() -> None:
    client = client_of("administrator")
    imported = sent(client)
    client.post(f"/imports/{imported.pk}/", {"action": "load", "source_crs": "EPSG:4490"})
    assert client.post(f"/jobs/{Job.objects.get().pk}/", {"action": "cancel"}).status_code == 302
    shown = page(client, imported)
    assert (shown["state"], shown["editable"]) == ("stopped", True)
    assert "administrator" in str(shown["reason"])


def test_looking_at_the_pages_changes_nothing() -> None:
    client = client_of("administrator")
    imported = sent(client)
    long_ago = time.time() - uploads.KEPT - 1
    os.utime(uploads.folder(imported), (long_ago, long_ago))
    Import.objects.filter(pk=imported.pk).update(state=State.RUNNING, started="2000-01-01T00:00Z")
    for address in ("/imports/", f"/imports/{imported.pk}/"):
        assert client.get(address).status_code == 200
    imported.refresh_from_db()
    assert imported.state == State.RUNNING
    assert uploads.is_here(imported)
    maintain()
    imported.refresh_from_db()
    assert imported.state == State.FAILED
    assert not uploads.is_here(imported)


def test_a_held_row_is_put_right_on_its_page_and_the_import_undone(tmp_path: Path) -> None:
    client = client_of("administrator")
    path = package(tmp_path / "h.gpkg", [HOUSE, NEIGHBOUR], height=["9", "tall"])
    kept = Import.objects.create(layer="buildings", file_name="h.gpkg", options={"accept_valid": True})
    import_file(path, layer("buildings"), ImportOptions.from_record(kept), kept)
    [feature] = json.loads(client.get(f"/imports/{kept.pk}/rows.geojson").content)["features"]
    assert feature["properties"]["held"]
    row = kept.rows.get()
    address = f"/imports/{kept.pk}/rows/{row.pk}/"
    assert "tall" in client.get(address).content.decode()
    assert client.post(address, {"height": "12"}).status_code == 302
    row.refresh_from_db()
    assert row.values["height"] == "12"
    assert read(client.get(f"/imports/{kept.pk}/report.csv")).decode("utf-8-sig").count("\n") == 3
    assert client.get(f"/imports/{kept.pk}/report.pdf").status_code == 404
    assert client.post(f"/imports/{kept.pk}/", {"action": "undo"}).status_code == 302
    assert not Building.objects.exists()


def test_a_file_that_nobody_wants_any_more_is_deleted() -> None:
    client = client_of("administrator")
    imported = sent(client)
    response = client.post(f"/imports/{imported.pk}/", {"action": "forget"})
    assert response.headers["Location"] == "/imports/"
    assert not Import.objects.exists()
    assert not uploads.folder(Import(pk=imported.pk)).exists()


def test_each_refusal_leaves_a_line_of_its_own(tmp_path: Path) -> None:
    path = tmp_path / "n.gpkg"
    path.write_bytes(b"no database")
    for _ in range(2):
        with pytest.raises(ImporterError):
            import_file(path, layer("buildings"), ImportOptions())
    assert [kept.state for kept in Import.objects.all()] == [State.FAILED] * 2


def test_elevation_is_looked_at_tried_loaded_and_undone(tmp_path: Path) -> None:
    client = client_of("administrator")
    content = geotiff(tmp_path / "dtm.tif", crs=None).read_bytes()
    imported = sent(client, "dtm.tif", content, "terrain")
    inspected = page(client, imported)["inspected"]
    assert isinstance(inspected, dict)
    assert "请在“坐标系”中填写" in inspected["problem"]
    assert "--" not in inspected["problem"]
    client.post(f"/imports/{imported.pk}/", {"action": "look", "source_crs": "EPSG:4490"})
    inspected = page(client, imported)["inspected"]
    assert isinstance(inspected, dict)
    assert inspected["problem"] == ""
    assert (inspected["raster"]["width"], inspected["raster"]["crs"]) == (200, "EPSG:4490")
    html = client.get(f"/imports/{imported.pk}/", headers={"accept": "text/html"}).content.decode()
    assert "200 × 200" in html
    assert "accept_valid" not in html
    imported.refresh_from_db()
    import_to_layer(
        uploads.file_of(imported), layer("terrain"), ImportOptions.from_record(imported), imported
    )
    shown = page(client, imported)
    assert shown["state"] == "loaded"
    assert "view=3d&layers=terrain" in str(shown["on_map"])
    assert client.post(f"/imports/{imported.pk}/", {"action": "undo"}).status_code == 302
    assert not Terrain.objects.exists()


def test_a_picture_sent_as_elevation_is_refused_in_words(tmp_path: Path) -> None:
    client = client_of("administrator")
    content = geotiff(tmp_path / "rgb.tif", np.zeros((3, 9, 9), np.uint8), photometric="RGB").read_bytes()
    inspected = page(client, sent(client, "rgb.tif", content, "terrain"))["inspected"]
    assert isinstance(inspected, dict)
    assert "rgb.tif" in inspected["problem"]
    assert "raster" not in inspected
