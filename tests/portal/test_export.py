"""Downloads that open in other programs, whole and harmless."""

import csv
import io
import json
from datetime import datetime
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from geoportal.accounts.models import User
from geoportal.features.geojson import feature_text
from geoportal.portal.export import formats
from layers.base.models import Building, PointOfInterest
from layers.enforcement.models import EnforcementCase, PenaltyDecision
from layers.query.errors import TooSlow
from layers.query.limits import timely
from layers.registry.access.copies import copies
from layers.registry.access.layer_query import LayerQuery
from layers.registry.audience import PUBLIC_VIEWER, Viewer
from layers.registry.declaration.values import harmless
from layers.registry.registration import get_layer, layers_for
from layers.services.models import ServiceItem
from tests.district import LAT, LON, SmallDistrict, point, square
from tests.people import client_of

pytestmark = pytest.mark.django_db


def content(client: Client, address: str) -> bytes:
    response: Any = client.get(address)
    assert response.status_code == 200, response.content
    return b"".join(response.streaming_content)


def table(client: Client, address: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content(client, address).decode("utf-8-sig"))))


@pytest.mark.parametrize(
    "start", ["=", "+", "-", "@", "|", "\t", "\r", "\n", "＝", "＋", "－", "＠", " =", "\u3000＝"]
)
def test_a_text_that_a_spreadsheet_would_run_is_kept_as_text(
    start: str, district: SmallDistrict, client: Client
) -> None:
    formula = f'{start}HYPERLINK("x","y")'
    PointOfInterest.objects.update(name=formula)
    assert table(client, "/layers/pois/export.csv")[0]["name"] == f"'{formula}"


def test_negative_numbers_stay_numbers(district: SmallDistrict, client: Client) -> None:
    Building.objects.update(storeys=-2)
    PointOfInterest.objects.update(geom=point(-1.5, -2.5))
    assert {row["storeys"] for row in table(client, "/layers/buildings/export.csv")} == {"-2"}
    assert table(client, "/layers/pois/export.csv")[0]["lon"] == "-1.5"


def test_commas_quotes_and_lines_come_back_as_they_were(district: SmallDistrict, client: Client) -> None:
    text = 'a, "b"\n第二行'
    ServiceItem.objects.update(materials=text)
    assert table(client, "/layers/service-items/export.csv")[0]["materials"] == text


def test_a_spreadsheet_sees_that_the_table_is_unicode(district: SmallDistrict, client: Client) -> None:
    assert content(client, "/layers/villages/export.csv").startswith("\ufeff".encode())


def test_geojson_is_valid_with_and_without_places(district: SmallDistrict, client: Client) -> None:
    premises = json.loads(content(client, "/layers/food-premises/export.geojson"))["features"]
    assert sorted(feature["geometry"] is None for feature in premises) == [False, True]
    items = json.loads(content(client, "/layers/service-items/export.geojson"))["features"]
    assert [feature["geometry"] for feature in items] == [None]
    Building.objects.all().delete()
    assert json.loads(content(client, "/layers/buildings/export.geojson"))["features"] == []


def test_money_is_a_number_and_a_date_is_iso(district: SmallDistrict) -> None:
    PenaltyDecision.objects.bulk_create(
        PenaltyDecision(case_id=case.pk, fine="1234.50") for case in EnforcementCase.objects.all()
    )
    features = json.loads(content(client_of("administrator"), "/layers/enforcement-cases/export.geojson"))
    properties = features["features"][0]["properties"]
    assert properties["fine"] == 1234.5
    assert properties["filed"] == "2026-01-02"


def test_an_export_longer_than_a_batch_holds_every_row_once(
    district: SmallDistrict, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(formats, "BATCH", 7)
    Building.objects.bulk_create(
        Building(use="rural", geom=square(LON + n / 1000, LAT, 0.0002)) for n in range(33)
    )
    ids = set(Building.objects.values_list("pk", flat=True))
    listed = [int(row["id"]) for row in table(client, "/layers/buildings/export.csv")]
    assert (sorted(listed), len(listed)) == (sorted(ids), 35)
    features = json.loads(content(client, "/layers/buildings/export.geojson"))["features"]
    assert [feature["id"] for feature in features] == listed


def test_chosen_features_only(district: SmallDistrict, client: Client) -> None:
    first, *_ = keys = list(Building.objects.order_by("pk").values_list("pk", flat=True))
    assert len(table(client, f"/layers/buildings/export.csv?id={first}")) == 1
    assert len(table(client, f"/layers/buildings/export.csv?id={keys[0]},{keys[1]},999999")) == 2
    for wrong in ("x", "1,", "-1", "9" * 30):
        assert client.get(f"/layers/buildings/export.csv?id={wrong}").status_code == 400


def test_an_unknown_layer_is_not_found(client: Client) -> None:
    for form in ("csv", "geojson"):
        assert client.get(f"/layers/no-such/export.{form}").status_code == 404


NASTY = [
    "=1",
    "-1",
    "-1.5e3",
    "+.5",
    "-",
    "-1\n",
    "-inf",
    " -3",
    "\u3000=x",
    "－3",
    "a=b",
    "",
    " ",
    "+86 574 1",
    "@x",
    "|x",
    "\t-5",
]


def test_texts_are_harmless_alike_wherever_they_are_written(district: SmallDistrict, client: Client) -> None:
    PointOfInterest.objects.all().delete()
    PointOfInterest.objects.bulk_create(PointOfInterest(name=text, geom=point(LON, LAT)) for text in NASTY)
    assert [row["name"] for row in table(client, "/layers/pois/export.csv")] == list(map(harmless, NASTY))
    assert [harmless(text) for text in ("-1", "-1.5e3", "+.5", "－3", "a=b")] == [
        "-1",
        "-1.5e3",
        "+.5",
        "'－3",
        "a=b",
    ]


def told_alike(value: Any) -> Any:
    """A time without regard to how many digits of its second are written."""
    is_time = isinstance(value, str) and len(value) > 20 and value[10:11] == "T"
    return datetime.fromisoformat(value) if is_time else value


@pytest.mark.parametrize("who", ["public", "officer", "administrator"])
def test_a_download_is_what_the_api_tells(who: str, district: SmallDistrict) -> None:
    """Though the database itself writes the one, and Python the other."""
    reader = client_of(who)
    viewer = PUBLIC_VIEWER if who == "public" else Viewer.of(User.objects.get(username=who))
    for layer in layers_for(viewer):
        reading = LayerQuery(layer, viewer)
        expected = [json.loads(feature_text(reading, row, None)) for row in reading.rows(limit=10_000)]
        found = json.loads(content(reader, f"/layers/{layer.name}/export.geojson"))["features"]
        for feature in [*expected, *found]:
            feature["properties"] = {name: told_alike(v) for name, v in feature["properties"].items()}
        assert found == expected, layer.name


def test_a_download_that_takes_too_long_is_ended_with_a_sentence(district: SmallDistrict) -> None:
    reading = LayerQuery(get_layer("buildings", PUBLIC_VIEWER), PUBLIC_VIEWER)
    with pytest.raises(TooSlow), transaction.atomic():
        list(timely(copies(reading, "pg_sleep(30)", "FORMAT csv", (), 10), 1))
