"""Any file becomes a layer without code, at every door, in every process, for its audience only; and goes again."""

import json
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.utils.translation import override

from geoportal.imports import dataset_publication
from importers.crs import position_columns
from importers.errors import ImporterError
from importers.options import ImportOptions
from importers.schema.inference import infer_schema
from importers.sources import files
from layers.datasets import sync
from layers.datasets.models import Dataset
from layers.registry.audience import PUBLIC_VIEWER, Audience
from layers.registry.registration import UnknownLayer, all_layers, get_layer
from tests.district import LAT, LON, tile_at
from tests.imports.datasets import take_back, take_back_datasets
from tests.people import client_of
from tests.portal_server import PortalServer, portal_server

pytestmark = pytest.mark.django_db(transaction=True)

STOPS = f"""站名,线路,候车人数,启用日期,编码,lon,lat
泰山路口,101,12,2019-05-01,007,{LON},{LAT}
中河路,102,3.5,2020-11-30,008,{LON + 0.001},{LAT}
新碶,101,,2021-01-02,009,{LON + 0.002},{LAT}
"""


@pytest.fixture(autouse=True)
def clean() -> Iterator[None]:
    with override("en"):
        yield
    take_back_datasets()


@pytest.fixture
def stops(tmp_path: Path) -> Path:
    path = tmp_path / "公交站.csv"
    path.write_text(STOPS)
    return path


def publish(path: Path, audience: Audience = Audience.PUBLIC) -> None:
    proposal = dataset_publication.DatasetProposal("bus-stops", "公交站", "Bus stops", audience)
    assert dataset_publication.publish(path, proposal, ImportOptions(source_crs="EPSG:4490")).refusal == ""


def test_types_and_names_are_found(stops: Path) -> None:
    with files.open_source(stops) as source:
        found = infer_schema(source, position_columns.find_positions(source, "EPSG:4490", None), None, ())
    assert [(f["name"], f["label"], f["kind"]) for f in found.fields] == [
        ("zhanming", "站名", "text"),
        ("xianlu", "线路", "integer"),
        ("houcherenshu", "候车人数", "number"),
        ("qiyongriqi", "启用日期", "date"),
        ("bianma", "编码", "text"),
    ]
    assert found.title_field == "zhanming"


def test_a_dataset_is_found_at_every_door(stops: Path, client: Client) -> None:
    publish(stops)

    def ask(address: str) -> dict[str, object]:
        response = client.get(address, headers={"accept": "application/json"})
        assert response.status_code == 200, (address, response.content)
        found: dict[str, object] = json.loads(response.content)
        return found

    assert any(entry["name"] == "bus-stops" for entry in ask("/layers/")["layers"])  # type: ignore[attr-defined]
    assert client.get(f"/tiles/bus-stops/{tile_at(15, LON, LAT)}.pbf").status_code == 200
    assert "bus-stops" in json.dumps(ask("/styles/city.json"))
    assert ask("/search/?q=taishanlu")["results"]
    assert "泰山路口" in json.dumps(ask(f"/place/?lon={LON}&lat={LAT}"), ensure_ascii=False)
    assert ask("/ogc/collections/bus-stops/items")["numberMatched"] == 3
    exported = b"".join(client.get("/layers/bus-stops/export.csv")).decode("utf-8-sig")
    assert "中河路" in exported
    picture = client.get(f"/mapproxy/tiles/1.0.0/bus-stops/webmercator/{tile_at(15, LON, LAT)}.png")
    assert picture["Content-Type"] == "image/png"
    assert "公交站" in client.get("/mapproxy/wmts/1.0.0/WMTSCapabilities.xml").content.decode()


def test_its_audience_alone_knows_of_it(stops: Path) -> None:
    publish(stops, audience=Audience.DEPARTMENT)
    tile = f"/tiles/bus-stops/{tile_at(15, LON, LAT)}.pbf"
    for role, seen in (("public", False), ("citizen", False), ("planner", True), ("administrator", True)):
        client = client_of(role)
        assert client.get(tile).status_code == (200 if seen else 404), role
        names = {layer["name"] for layer in json.loads(client.get("/layers/").content)["layers"]}
        assert ("bus-stops" in names) is seen


def test_a_newer_file_goes_into_the_same_layer(stops: Path) -> None:
    publish(stops)
    stops.write_text(STOPS.replace("12,", "15,"))
    report = dataset_publication.publish(
        stops, dataset_publication.DatasetProposal("bus-stops"), ImportOptions(source_crs="EPSG:4490")
    )
    assert (report.counts()["updated"], report.counts()["unchanged"]) == (1, 2)
    assert Dataset.objects.count() == 1


def test_rows_are_told_apart_by_what_identifies_them(tmp_path: Path) -> None:
    path = tmp_path / "requests.csv"
    rows = [("r1", "噪声", 0.0), ("r2", "噪声", 0.0), ("r3", "噪声", 0.001)]
    path.write_text("名称,受理编号,lon,lat\n" + "".join(f"{n},{k},{LON + x},{LAT}\n" for k, n, x in rows))
    publish(path)
    assert Dataset.objects.get().key == ["shoulibianhao"]
    path.write_text(path.read_text().replace(f"r2,{LON}", f"r2,{LON + 0.002}"))
    report = dataset_publication.publish(
        path, dataset_publication.DatasetProposal("bus-stops"), ImportOptions(source_crs="EPSG:4490")
    )
    assert (report.counts()["updated"], report.counts()["unchanged"]) == (1, 2)


def test_what_repeats_or_is_missing_identifies_nothing(tmp_path: Path) -> None:
    path = tmp_path / "p.csv"
    path.write_text(f"name,code,id,lon,lat\nA,1,,{LON},{LAT}\nB,1,x,{LON},{LAT}\n")
    publish(path)
    assert Dataset.objects.get().key == ["geom", "name"]


def test_what_is_withdrawn_leaves_nothing(stops: Path, client: Client) -> None:
    publish(stops)
    table = f"datasets_{Dataset.objects.get().pk}"
    take_back("bus-stops")
    assert client.get(f"/tiles/bus-stops/{tile_at(15, LON, LAT)}.pbf").status_code == 404
    assert "bus-stops" not in {layer.name for layer in all_layers()}
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass(%s), to_regclass('for_public.\"bus-stops\"')", [table])
        assert cursor.fetchone() == (None, None)


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/", 200),
        ("/layers/", 200),
        ("/layers/?format=json", 200),
        ("/search/?q=taishanlu", 200),
        (f"/place/?lon={LON}&lat={LAT}", 200),
        (f"/tiles/bus-stops,buildings/{tile_at(15, LON, LAT)}.pbf", 404),
        ("/layers/bus-stops/export.csv", 404),
        ("/layers/bus-stops/1/", 404),
        ("/ogc/collections", 200),
        ("/ogc/collections/bus-stops/items", 404),
        ("/ogc/collections/bus-stops/items/1", 404),
    ],
)
def test_what_another_process_withdrew_and_dropped_breaks_no_address(
    stops: Path, client: Client, address: str, status: int
) -> None:
    publish(stops)
    Dataset.objects.update(is_published=False)
    dataset_publication.drop("bus-stops")
    assert "bus-stops" in {layer.name for layer in all_layers()}  # nobody has told this process
    answer = client.get(address, headers={"accept-language": "en"})
    assert answer.status_code == status
    assert status == 404 or "bus-stops" not in b"".join(answer).decode()


@pytest.mark.parametrize("name", ["Buildings!", "buildings", "a", "-x", "no spaces here"])
def test_names_that_cannot_be_are_refused(stops: Path, name: str) -> None:
    with pytest.raises(CommandError):
        call_command("publish_dataset", stops, "--name", name, "--source-crs", "EPSG:4490")
    assert not Dataset.objects.exists()


def test_a_file_that_cannot_be_loaded_publishes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "p.csv"
    path.write_text(f"name,lon,lat\nA,{LON},{LAT}\nB,here,{LAT}\n")
    report = dataset_publication.publish(
        path, dataset_publication.DatasetProposal("two"), ImportOptions(source_crs="EPSG:4490")
    )
    assert report.refusal
    assert not Dataset.objects.exists()
    path.write_text("lon,lat\n121,29\n")
    with pytest.raises(ImporterError, match="no columns besides"):
        dataset_publication.publish(
            path, dataset_publication.DatasetProposal("two"), ImportOptions(source_crs="EPSG:4490")
        )


@pytest.fixture
def serving(tmp_path: Path, own_data_folder: Path) -> Iterator[PortalServer]:
    """A portal of several processes, none of which is this one."""
    data = tmp_path / "data"
    data.mkdir()
    (data / "fonts").symlink_to(own_data_folder / "fonts")
    with portal_server(data, processes=2) as server:
        yield server


def test_every_process_of_a_running_portal_answers_for_it_at_once(stops: Path, serving: PortalServer) -> None:
    tile = f"{serving.url}/tiles/bus-stops/{tile_at(15, LON, LAT)}.pbf"
    assert {status(tile) for _ in range(20)} == {404}
    time.sleep(1.1)  # a process seeks so many names in a second and no more
    publish(stops)
    assert [status(tile) for _ in range(20)] == [200] * 20
    dataset_publication.withdraw("bus-stops")
    assert eventually(tile, 404)


def test_a_process_that_waits_is_told(stops: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sync, "EVERY", 60.0)
    acts: list[Callable[[], object]] = [
        lambda: publish(stops),
        lambda: dataset_publication.amend(Dataset.objects.get()),
        lambda: take_back("bus-stops"),
    ]
    for act in acts:
        waits, told = threading.Event(), threading.Event()
        threading.Thread(target=wait_for_word, args=(waits, told), daemon=True).start()
        assert waits.wait(10)
        act()
        assert told.wait(10)


def wait_for_word(waits: threading.Event, told: threading.Event) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"LISTEN {sync.CHANGED}")
    waits.set()
    sync.await_change()
    connection.close()
    told.set()


def test_a_name_is_sought_when_it_is_asked_for(stops: Path) -> None:
    publish(stops)
    sync.forget("bus-stops")
    assert sought("bus-stops")


def test_a_layer_that_was_opened_to_more_is_shown_to_them(stops: Path) -> None:
    publish(stops, audience=Audience.DEPARTMENT)
    Dataset.objects.update(audience=Audience.PUBLIC)
    assert sought("bus-stops")


def sought(name: str) -> bool:
    """Whether a layer is found; a second after others sought so many names that no more are sought."""
    until = time.monotonic() + 10
    while time.monotonic() < until:
        with suppress(UnknownLayer):
            return get_layer(name, PUBLIC_VIEWER).name == name
    return False


def test_names_made_up_do_not_keep_the_database_busy(django_assert_max_num_queries: Any) -> None:
    all_layers()
    with django_assert_max_num_queries(4 * 2 * sync.MOST_SOUGHT):  # in four seconds
        for number in range(1000):
            with pytest.raises(UnknownLayer):
                get_layer(f"none-{number}", PUBLIC_VIEWER)


def test_what_is_no_name_is_not_asked_of_the_database(django_assert_num_queries: Any) -> None:
    all_layers()
    with django_assert_num_queries(0):
        for name in ("", "no name", "\x00", "街道", "buildings'--"):
            with pytest.raises(UnknownLayer):
                get_layer(name, PUBLIC_VIEWER)


def eventually(address: str, wanted: int) -> bool:
    until = time.monotonic() + 20
    while time.monotonic() < until:
        if status(address) == wanted:
            return True
        time.sleep(0.2)
    return False


def status(address: str) -> int:
    try:
        with urllib.request.urlopen(address, timeout=10) as response:  # noqa: S310  our own http address
            return int(response.status)
    except urllib.error.HTTPError as problem:
        return problem.code


def test_asking_for_layers_does_not_ask_the_database_each_time(
    stops: Path, django_assert_num_queries: Any
) -> None:
    sync.refresh(now=True)
    with django_assert_num_queries(0):
        for _ in range(100):
            all_layers()
