"""What was answered about a sender's file is filled in for the next one, shown, changed, forgotten, kept as a text."""

import json
from typing import Any

import numpy as np
import pytest
from django.contrib.gis.geos import LineString, MultiLineString
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils.translation import override
from hypothesis import given, settings
from hypothesis import strategies as st

from importers.crs.china_offsets import wgs84_to_gcj02
from importers.history import profile_text
from importers.models import DeliveryProfile, Import, State
from layers.agencies.models import Department
from layers.base.models import PointOfInterest, Road
from layers.coordinates import STORE_SRID
from tests.district import LAT, LON
from tests.effort import tries
from tests.imports.datasets import take_back_datasets
from tests.job_worker import work_off
from tests.people import VIEWERS, client_of

pytestmark = pytest.mark.django_db(transaction=True)

TABLE = "单位,门类,编号,X,Y\n新碶药店,药店,7,393000,3309000\n"
NEXT = "单位,门类,编号,X,Y\n泰山药店,药店,8,393100,3309000\n"
NEW_LAYER: dict[str, Any] = {
    "title": "商店",
    "name": "shops",
    "audience": "0",
    "title_column": "单位",
    "heading": ["单位", "门类", "lon", "lat"],
    **{f"keep-{number}": "on" for number in range(4)},
}
ANSWERS = {"source_crs": "EPSG:4550", "date_order": "day", "map-name": "单位", "map-category": "门类"}


@pytest.fixture(autouse=True)
def clean() -> Any:
    with override("en"):
        yield
    take_back_datasets()


@pytest.fixture
def office() -> Department:
    return Department.objects.create(code="SURVEY", name="测绘院", name_en="Surveying office")


@pytest.fixture
def admin() -> Client:
    found = client_of("administrator")
    found.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    return found


def sent(client: Client, text: str, sender: str = "", layer: str = "pois", encoding: str = "utf-8") -> Import:
    form = {"file": SimpleUploadedFile("p.csv", text.encode(encoding)), "layer": layer, "sender": sender}
    response = client.post("/imports/", form)
    assert response.status_code == 302, response.content.decode()
    return Import.objects.latest("pk")


def shown(client: Client, imported: Import) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(client.get(f"/imports/{imported.pk}/?format=json").content)
    return found


def load(client: Client, imported: Import, **answers: Any) -> None:
    response = client.post(f"/imports/{imported.pk}/", {"action": "load", **answers})
    assert response.status_code == 302, response.content.decode()
    work_off()
    imported.refresh_from_db()
    assert imported.state == State.LOADED, imported.reason


def loaded(client: Client, sender: str = "", **answers: Any) -> DeliveryProfile:
    load(client, sent(client, TABLE, sender), **{**ANSWERS, "sender": sender, **answers})
    return DeliveryProfile.objects.latest("pk")


def test_the_next_file_of_the_sender_is_answered_as_the_last(admin: Client, office: Department) -> None:
    loaded(admin, "SURVEY", source="Survey 2026")
    following = sent(admin, NEXT, "SURVEY")
    page = shown(admin, following)
    assert page["options"]["source_crs"] == "EPSG:4550"
    assert page["options"]["source"] == "Survey 2026"
    assert page["inspected"]["problem"] == ""
    last = page["inspected"]["last"]
    assert last["sender"] == "Surveying office"
    assert last["same"] == ["source_crs", "date_order", "source"]
    assert {"name", "category"} <= set(last["columns"])
    chosen = {column["name"]: column["heading"] for column in page["inspected"]["columns"]}
    assert (chosen["name"], chosen["category"]) == ("单位", "门类")
    html = admin.get(f"/imports/{following.pk}/", headers={"accept": "text/html"}).content.decode()
    assert html.count("as last time") == 5
    assert "Answered as for the last file of Surveying office" in html
    load(admin, following, **ANSWERS, sender="SURVEY", source="Survey 2026")
    assert set(PointOfInterest.objects.values_list("name", flat=True)) == {"新碶药店", "泰山药店"}


@pytest.mark.parametrize("layer", ["pois", "+"])
def test_the_system_of_last_time_is_asked_about_anew_where_the_positions_contradict_it(
    layer: str, admin: Client, office: Department
) -> None:
    bends = np.arange(40)
    lines = [np.column_stack([LON + bends / 800, LAT + n / 500 + bends * n % 7 / 9000]) for n in range(20)]
    Road.objects.bulk_create(
        Road(
            name="r",
            road_class="residential",
            geom=MultiLineString(LineString(line.tolist()), srid=STORE_SRID),
        )
        for line in lines
    )

    def table(points: Any) -> str:
        return "\n".join(["单位,门类,lon,lat", *(f"s{n},药店,{x},{y}" for n, (x, y) in enumerate(points))])

    places = np.concatenate(lines)
    answers: dict[str, Any] = {"source_crs": "EPSG:4490", "anywhere": "on", "sender": "SURVEY"}
    answers |= {"map-name": "单位", "map-category": "门类"} if layer == "pois" else NEW_LAYER
    load(admin, sent(admin, table(places), "SURVEY", layer), **answers)
    following = sent(admin, table(wgs84_to_gcj02(places)), "SURVEY", layer)
    assert "Enter gcj02 under" in shown(admin, following)["inspected"]["problem"]
    admin.post(f"/imports/{following.pk}/", {**answers, "name": "shops-2", "action": "look"})
    assert shown(admin, following)["inspected"]["problem"] == ""


def test_what_is_answered_differently_is_no_longer_as_last_time(admin: Client, office: Department) -> None:
    loaded(admin, "SURVEY")
    following = sent(admin, NEXT, "SURVEY")
    form = {**ANSWERS, "action": "look", "sender": "SURVEY", "source_crs": "EPSG:4549"}
    admin.post(f"/imports/{following.pk}/", form)
    page = shown(admin, following)
    assert page["options"]["source_crs"] == "EPSG:4549"
    assert page["inspected"]["last"]["same"] == ["date_order"]


def test_other_senders_are_asked_anew(admin: Client, office: Department) -> None:
    Department.objects.create(code="OTHER", name="别处")
    loaded(admin, "SURVEY")
    for sender in ("OTHER", ""):
        page = shown(admin, sent(admin, NEXT, sender))
        assert page["inspected"].get("last") is None
        assert not page["options"].get("source_crs")


def test_without_a_department_it_is_remembered_of_the_person(admin: Client, office: Department) -> None:
    profile = loaded(admin)
    assert (profile.department, profile.person) == (None, Import.objects.get().who)
    assert shown(admin, sent(admin, NEXT))["options"]["source_crs"] == "EPSG:4550"
    assert not shown(admin, sent(admin, NEXT, "SURVEY"))["options"].get("source_crs")


def test_of_other_columns_only_what_is_there_is_taken(admin: Client, office: Department) -> None:
    loaded(admin, "SURVEY")
    page = shown(admin, sent(admin, NEXT.replace("门类", "种类").replace("编号", "号"), "SURVEY"))
    assert page["options"]["source_crs"] == "EPSG:4550"
    assert page["options"]["headings"] == {"name": "单位"}


def traditional(text: str) -> str:
    return text.translate(str.maketrans("单门类编号药碶", "單門類編號藥大"))


def test_the_encoding_of_last_time_holds_only_where_the_file_leaves_it_open(
    admin: Client, office: Department
) -> None:
    first = sent(admin, traditional(TABLE), "SURVEY", encoding="big5")
    load(
        admin,
        first,
        **{**ANSWERS, "map-name": "單位", "map-category": "門類"},
        sender="SURVEY",
        encoding="big5",
    )
    following = shown(admin, sent(admin, traditional(NEXT), "SURVEY", encoding="big5"))
    assert following["options"]["encoding"] == "big5"
    assert following["inspected"]["headings"][0] == "單位"
    plain = shown(admin, sent(admin, NEXT, "SURVEY"))
    assert not plain["options"].get("encoding")
    assert plain["inspected"]["headings"][0] == "单位"


def test_kinds_and_labels_of_a_new_layer_are_remembered(admin: Client, office: Department) -> None:
    first = sent(admin, TABLE, "SURVEY", layer="+")
    form = {
        "title": "药店",
        "name": "drugstores",
        "audience": "0",
        "title_column": "单位",
        "source_crs": "EPSG:4550",
        "sender": "SURVEY",
        "heading": ["单位", "门类", "编号", "X", "Y"],
        **{f"keep-{number}": "on" for number in (0, 2, 3, 4)},
        "kind-2": "text",
        "label_en-2": "Number",
    }
    load(admin, first, **form)
    page = shown(admin, sent(admin, NEXT, "SURVEY", layer="+"))
    columns = {each["heading"]: each for each in page["inspected"]["columns"]}
    assert columns["编号"]["chosen_kind"] == "text"
    assert columns["编号"]["label_en"] == "Number"
    assert columns["门类"]["left_out"]
    assert page["proposal"]["title_column"] == "单位"
    assert page["options"]["source_crs"] == "EPSG:4550"
    assert "编号" in page["inspected"]["last"]["columns"]
    profile = DeliveryProfile.objects.get(layer="+")
    page = json.loads(admin.get(f"/imports/profiles/{profile.pk}/?format=json").content)
    [column] = [each for each in page["inspected"]["columns"] if each["heading"] == "编号"]
    assert column["chosen_kind"] == "text"
    number = column["number"]
    form = {
        "action": "save",
        "heading": profile.headings,
        f"kind-{number}": "integer",
        f"keep-{number}": "on",
    }
    admin.post(f"/imports/profiles/{profile.pk}/", form)
    profile.refresh_from_db()
    assert profile.proposal["columns"]["编号"]["kind"] == "integer"


def test_it_is_changed_on_its_page_and_forgotten(admin: Client, office: Department) -> None:
    profile = loaded(admin, "SURVEY")
    address = f"/imports/profiles/{profile.pk}/"
    assert "Surveying office" in admin.get("/imports/profiles/").content.decode()
    assert "EPSG:4550" in admin.get(address).content.decode()
    admin.post(
        address, {"action": "save", "source_crs": "EPSG:4549", "map-name": "单位", "set-category": "药店"}
    )
    profile.refresh_from_db()
    assert profile.options == {
        "source_crs": "EPSG:4549",
        "headings": {"name": "单位"},
        "values": {"category": "药店"},
    }
    assert shown(admin, sent(admin, NEXT, "SURVEY"))["options"]["source_crs"] == "EPSG:4549"
    assert admin.post(address, {"action": "forget"}).status_code == 302
    assert shown(admin, sent(admin, NEXT, "SURVEY"))["inspected"].get("last") is None
    assert admin.get(address).status_code == 404


def test_it_is_kept_as_a_text_file_and_taken_from_one(admin: Client, office: Department) -> None:
    profile = loaded(admin, "SURVEY")
    text = admin.get(f"/imports/profiles/{profile.pk}.yaml").content.decode()
    assert "sender: SURVEY" in text
    assert "source_crs: EPSG:4550" in text
    assert "单位" in text
    before = (profile.layer, profile.headings, profile.options)
    profile.delete()
    taken = admin.post("/imports/profiles/", {"file": SimpleUploadedFile("p.yaml", text.encode())})
    kept = DeliveryProfile.objects.get()
    assert taken.headers["Location"] == f"/imports/profiles/{kept.pk}/"
    assert (kept.layer, kept.headings, kept.options) == before
    assert kept.department == office


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("a: [1", "breaks off in line"),
        ("- a", "A profile is made of"),
        ("surprise: 1", "A profile is made of"),
        ("layer: pois", "names its layer and the headings"),
        ("layer: pois\nheadings: 单位", "“headings”"),
        ("layer: poi\nheadings: [a]", "There is no layer poi that takes files. Did you mean pois"),
        ("layer: pois\nheadings: [a]\nanswers: {remove_absent: true}", "nobody asks for remove_absent"),
        ("layer: pois\nheadings: [a]\nanswers: {encoding: [a]}", "“answers.encoding”"),
        ("layer: pois\nheadings: [a]\nsender: NOBODY", "No department has the code NOBODY"),
        ("!!python/object/apply:os.system [true]", "This is no YAML"),
        ("layer: +\nheadings: [a]\nnew_layer: &all {columns: *all}", "breaks off in line 3"),
        ("layer: +\nheadings: [a]\nnew_layer: {columns: [a]}", "“new_layer.columns”"),
        ("layer: +\nheadings: [a]\nnew_layer: {columns: {a: 1}}", "“new_layer.columns.a”"),
        ("layer: +\nheadings: [a]\nnew_layer: {columns: {a: {kind: text}}}", "“new_layer.columns.a”"),
        ("layer: +\nheadings: [a]\nnew_layer: {title_column: {a: 1}}", "“new_layer.title_column”"),
        ("layer: +\nheadings: [a]\nnew_layer: {key: 5}", "“new_layer.key”"),
        ("layer: +\nheadings: [a]\nnew_layer: {made: 2020-01-01}", "“new_layer”"),
        ("layer: pois\nheadings: [a]\nanswers: {headings: {2020-01-01: a}}", "names in a profile are texts"),
        ('layer: "a\\0b"\nheadings: [a]', "“layer”"),
        ('layer: pois\nheadings: ["\\ud800"]', "“headings.0”"),
    ],
)
def test_a_text_that_is_no_profile_is_refused_in_words(admin: Client, text: str, word: str) -> None:
    response = admin.post("/imports/profiles/", {"file": SimpleUploadedFile("p.yaml", text.encode())})
    assert response.status_code == 400
    assert word in response.json()["error"]
    assert not DeliveryProfile.objects.exists()


def test_only_administrators_read_and_change_profiles(office: Department) -> None:
    profile = DeliveryProfile.objects.create(layer="pois", department=office, schema="x", headings=["secret"])
    for role in set(VIEWERS) - {"administrator"}:
        client = client_of(role)
        for address, status in (
            ("/imports/profiles/", 404),
            (f"/imports/profiles/{profile.pk}/", 404),
            (f"/imports/profiles/{profile.pk}.yaml", 405),
        ):
            assert client.get(address).status_code == 404, (role, address)
            assert client.post(address, {"action": "forget"}).status_code == status, (role, address)
    assert DeliveryProfile.objects.exists()


def test_a_file_that_does_not_say_its_encoding_is_shown_in_each(admin: Client) -> None:
    page = shown(admin, sent(admin, TABLE, encoding="gb18030"))
    readings = {each["encoding"]: each["cells"] for each in page["inspected"]["readings"]}
    assert readings["gb18030"][:2] == ["单位", "门类"]
    assert readings["latin-1"][0] != "单位"
    assert "utf-8" not in readings
    for text in (TABLE, "\ufeff" + TABLE, "name,lon,lat\na,121.8,29.9\n"):
        assert "readings" not in shown(admin, sent(admin, text))["inspected"]


def test_a_reading_is_chosen_on_the_page(admin: Client) -> None:
    imported = sent(admin, traditional(TABLE), encoding="big5")
    admin.post(f"/imports/{imported.pk}/", {"action": "look", "encoding": "big5"})
    page = shown(admin, imported)
    assert page["inspected"]["headings"][:2] == ["單位", "門類"]
    html = admin.get(f"/imports/{imported.pk}/", headers={"accept": "text/html"}).content.decode()
    assert 'value="big5"' in html


TEXTS = st.text("北仑ABab01:#-\"'{}[]&*!|> \n", max_size=12)


@settings(max_examples=tries(400), deadline=None)
@given(st.lists(TEXTS, min_size=1, max_size=4), st.dictionaries(TEXTS, TEXTS, max_size=3), TEXTS)
def test_whatever_was_answered_is_read_back_from_the_text(
    headings: list[str], mapped: dict[str, str], source: str
) -> None:
    parts = {"layer": "pois", "headings": headings, "answers": {"headings": mapped, "source": source}}
    assert profile_text.read(profile_text.write(parts)) == parts
