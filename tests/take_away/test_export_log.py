"""The record of downloads: each file that somebody with a name took, for them and for administrators."""

from typing import Any

import pytest

from layers.base.models import Building
from layers.registry.models import ExportLogEntry
from tests.district import SmallDistrict
from tests.people import client_of

pytestmark = pytest.mark.django_db


def read(response: Any) -> bytes:
    return b"".join(response.streaming_content)


def entries(name: str, **words: str) -> list[tuple[str, str, int]]:
    found = client_of(name).get("/exports/", words).json()["entries"]
    return [(each["who"], each["file"], each["rows"]) for each in found]


def test_a_streamed_download_is_told_once_it_was_sent(district: SmallDistrict) -> None:
    whole = Building.objects.count()
    read(client_of("public").get("/layers/buildings/export.csv"))
    assert not ExportLogEntry.objects.exists(), "nobody"
    read(client_of("planner").get("/layers/buildings/export.csv"))
    read(client_of("officer").get("/layers/buildings/export.geojson", {"filter": "storeys > 7"}))
    assert entries("planner") == [("planner", "buildings.csv", whole)]
    assert entries("officer") == [("officer", "buildings.geojson", 1)]
    assert "大于7" in ExportLogEntry.objects.get(who="officer").question


def test_the_record_tells_all_that_chose_the_rows(district: SmallDistrict) -> None:
    client, there = client_of("planner"), "/layers/buildings/export.csv"
    condition = '{"op": ">", "args": [{"property": "storeys"}, 7]}'
    read(client.get(there, {"filter": condition, "filter-lang": "cql2-json"}))
    assert "大于7" in ExportLogEntry.objects.get().question
    read(client.get(there, {"id": "1,2"}))
    assert ExportLogEntry.objects.latest("pk").question.endswith("; id=1,2")


@pytest.mark.django_db(transaction=True)
def test_a_download_whose_reader_left_is_told_too(district: SmallDistrict) -> None:
    begun: Any = client_of("planner").get("/layers/buildings/export.csv")
    assert b"storeys" in next(iter(begun.streaming_content))
    assert not ExportLogEntry.objects.exists()
    begun.close()
    assert ExportLogEntry.objects.get().file == "buildings.csv"


def test_administrators_read_everybodys_and_others_their_own(district: SmallDistrict) -> None:
    for number in range(60):
        ExportLogEntry.objects.create(layer="pois", question="q", file=f"{number}", rows=1, who="planner")
    ExportLogEntry.objects.create(layer="roads", question="q", file="r", rows=2, who="officer")
    assert entries("administrator", who="officer") == [("officer", "r", 2)]
    assert entries("administrator", layer="roads") == [("officer", "r", 2)]
    assert (len(entries("planner")), len(entries("planner", page="2"))) == (50, 10)
    assert entries("officer", who="planner") == [("officer", "r", 2)]
    assert client_of("public").get("/exports/").status_code == 401
    html = client_of("administrator").get("/exports/", headers={"accept": "text/html"}).content.decode()
    assert "导出记录" in html
    assert "officer" in html
