"""Every committed change is recorded with where it was and where it is, and expires what it touched only."""

import io
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from math import floor
from pathlib import Path
from typing import Any

import psycopg2
import pytest
from django.contrib.gis.geos import MultiPolygon, Polygon
from django.db import connection, transaction
from django.test import Client

from layers.agencies.models import Department
from layers.base.models import Building
from layers.coordinates import STORE_SRID, lonlat_to_web, web_to_lonlat
from layers.enforcement.models import EnforcementCase
from layers.foodsafety.models import Inspection, Premises
from layers.registry.audience import PUBLIC_VIEWER
from layers.registry.registration import get_layer
from tests.district import LAT, LON, SmallDistrict, point, square, tile_at
from tests.tiles.passed_on import passed_on
from tiles.cache import heartbeat
from tiles.cache.cache_guard import guarded_write, snapshot, wait_for_writes
from tiles.cache.tile_files import RenderedTile
from tiles.invalidation import change_feed
from tiles.invalidation.change_feed import Batch, ChangedArea
from tiles.invalidation.declarations import record_new_declarations
from tiles.invalidation.synchronization import synchronize, worker_lock
from tiles.invalidation.triggers import FINE
from tiles.models import Change, LayerFingerprint
from tiles.raster.tile_creator import GuardedTileCreator
from tiles.scheme import Tile
from tiles.vector.mvt import render

pytestmark = pytest.mark.django_db(transaction=True)


def changes_of(write: Callable[[], object], layer: str) -> list[ChangedArea]:
    with worker_lock(wait=True):
        synchronize()
        write()
        return [change for change in synchronize().changes if change.layer == layer]


@contextmanager
def another_connection() -> Iterator[Any]:
    known = connection.get_connection_params()
    for name in ("cursor_factory", "context"):
        known.pop(name, None)
    raw = psycopg2.connect(**known)
    try:
        yield raw
    finally:
        raw.close()


def by_model() -> None:
    building = Building.objects.order_by("pk")[0]
    building.height = 99
    building.save()


def by_sql() -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE base_building SET height = 77 WHERE id = (SELECT min(id) FROM base_building)")


def by_merge() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "MERGE INTO base_building USING (SELECT min(id) AS n FROM base_building) AS s ON id = n "
            "WHEN MATCHED THEN UPDATE SET height = 5"
        )


def by_delete() -> None:
    Building.objects.order_by("pk")[0].delete()


@pytest.mark.parametrize("write", [by_model, by_sql, by_merge, by_delete])
def test_every_way_of_writing_records_where(
    committed_district: SmallDistrict, write: Callable[[], None]
) -> None:
    expected = Building.objects.order_by("pk")[0].geom_3857.extent
    [change] = changes_of(write, "buildings")
    assert change.box == pytest.approx(expected)


def test_a_copy_into_the_table_is_recorded(committed_district: SmallDistrict) -> None:
    def through_copy() -> None:
        with connection.cursor() as cursor:
            text = io.StringIO(
                f"SRID=4490;MULTIPOLYGON ((({LON} {LAT},{LON} {LAT + 1e-4},{LON + 1e-4} {LAT},{LON} {LAT})))\t\t\t\thouse\n"
            )
            cursor.cursor.copy_expert(
                "COPY base_building (geom, name, name_en, address, use) FROM STDIN", text
            )

    [change] = changes_of(through_copy, "buildings")
    west, south, east, north = change.box or (0, 0, 0, 0)
    assert 0 < east - west < 20
    assert 0 < north - south < 20


def test_a_move_records_both_places(committed_district: SmallDistrict) -> None:
    building = committed_district.building
    building.refresh_from_db()
    old = building.geom_3857.extent
    building.geom = square(LON + 0.1, LAT, 0.0004)
    found = changes_of(building.save, "buildings")
    building.refresh_from_db()
    boxes = [change.box for change in found]
    assert any(box == pytest.approx(old) for box in boxes)
    assert any(box == pytest.approx(building.geom_3857.extent) for box in boxes)
    assert len(found) == 2


def test_a_bulk_change_leaves_few_records_and_a_scattered_one_does_not_touch_between(
    committed_district: SmallDistrict,
) -> None:
    rows = [Building(geom=square(LON + i * 1e-5, LAT, 1e-5)) for i in range(500)]
    near = changes_of(lambda: Building.objects.bulk_create(rows), "buildings")
    assert len(near) <= 3
    far = changes_of(
        lambda: Building.objects.bulk_create(
            [Building(geom=square(LON + 1, LAT, 1e-5)), Building(geom=square(LON, LAT + 1, 1e-5))]
        ),
        "buildings",
    )
    assert len(far) == 2
    assert all(change.box and change.box[2] - change.box[0] < FINE for change in far)


def test_what_is_rolled_back_leaves_nothing(committed_district: SmallDistrict) -> None:
    def roll_back() -> None:
        with transaction.atomic():
            Building.objects.update(height=1)
            transaction.set_rollback(True)

    assert changes_of(roll_back, "buildings") == []


def test_a_change_of_a_joined_table_touches_only_the_rows_that_refer_to_it(
    committed_district: SmallDistrict,
) -> None:
    place = committed_district.premises
    place.refresh_from_db()
    found = changes_of(lambda: Premises.objects.filter(pk=place.pk).update(name="新名字"), "food-inspections")
    assert [(change.audience, change.departments) for change in found] == [(0, None), (2, ("MS",))]
    assert all(change.box == pytest.approx(place.geom_3857.extent) for change in found)
    renamed = changes_of(
        lambda: Department.objects.filter(code="UM").update(name="改名"), "enforcement-cases"
    )
    own = EnforcementCase.objects.filter(department__code="UM")
    assert renamed
    for box in (change.box for change in renamed):
        assert any(box and box[0] <= case.geom_3857.x <= box[2] for case in own)


def test_a_row_that_refers_to_another_place_records_both(committed_district: SmallDistrict) -> None:
    inspection = Inspection.objects.order_by("pk")[0]
    old = Premises.objects.get(pk=inspection.premises_id)
    new = Premises.objects.get(pk=inspection.premises_id)
    new.pk, new.establishment_id, new.geom = None, "F-elsewhere", point(LON + 0.2, LAT)
    new.save()
    new.refresh_from_db()
    inspection.premises = new
    found = changes_of(inspection.save, "food-inspections")
    assert {change.box[:2] for change in found if change.box} == {old.geom_3857.coords, new.geom_3857.coords}


def test_truncating_a_table_touches_everything(committed_district: SmallDistrict) -> None:
    def truncate() -> None:
        with connection.cursor() as cursor:
            cursor.execute("TRUNCATE base_water CASCADE")

    [change] = changes_of(truncate, "water")
    west, _, east, _ = change.box or (0, 0, 0, 0)
    assert east - west > 4e7


def test_a_changed_declaration_touches_everything(committed_district: SmallDistrict) -> None:
    record_new_declarations()

    def declare_anew() -> None:
        LayerFingerprint.objects.filter(layer="water").update(fingerprint="of an older symbology")
        record_new_declarations()

    assert changes_of(declare_anew, "water")
    assert changes_of(record_new_declarations, "water") == []


def tiles_in(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in folder.rglob("*.pbf.gz")}


def test_an_edit_removes_the_tiles_it_touches_at_every_zoom_and_no_others(
    committed_district: SmallDistrict, client: Client, own_data_folder: Path
) -> None:
    Building.objects.create(geom=square(LON + 0.2, LAT, 0.0004))
    for zoom in (13, 14, 15, 16):
        for lon in (LON + 0.0001, LON + 0.2001):
            tile = tile_at(zoom, lon)
            assert client.get(f"/tiles/buildings/{tile}.pbf").status_code == 200
            assert client.get(f"/tiles/buildings,water/{tile}.pbf").status_code == 200
            shows_water = zoom == 13 and lon < LON + 0.1
            assert client.get(f"/tiles/water/{tile}.pbf").status_code == (200 if shows_water else 204)
    before = tiles_in(own_data_folder)
    assert len(before) == 24
    Building.objects.filter(pk=committed_district.building.pk).update(height=60)
    with worker_lock(wait=True):
        synchronize()
    after = tiles_in(own_data_folder)
    gone = before.keys() - after.keys()
    assert len(gone) == 8
    assert all("buildings" in path.parents[2].name for path in gone)
    assert all(before[path] == after[path] for path in after)


def test_a_drawing_that_races_with_a_change_is_not_kept(
    committed_district: SmallDistrict, client: Client, own_data_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The change is committed and worked off after the data were read and before the tile is kept."""
    raced: list[RenderedTile] = []

    def overtaken(*args: Any) -> Any:
        drawing = render(*args)
        if not raced:
            raced.append(drawing)
            with another_connection() as raw:
                raw.cursor().execute("UPDATE base_building SET height = 123")
                raw.commit()
            with worker_lock(wait=True):
                synchronize()
        return drawing

    heartbeat.beat()
    monkeypatch.setattr("tiles.tile_service.render", overtaken)
    answer = client.get(f"/tiles/buildings/{tile_at(15)}.pbf").content
    tile = Tile(*map(int, tile_at(15).split("/")))
    fresh = render([get_layer("buildings", PUBLIC_VIEWER)], tile, PUBLIC_VIEWER).content
    assert answer == fresh != raced[0].content
    assert client.get(f"/tiles/buildings/{tile_at(15)}.pbf").content == fresh


def test_a_picture_that_races_with_a_change_is_not_kept(
    committed_district: SmallDistrict, client: Client, own_data_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = GuardedTileCreator._query_sources

    def overtaken(self: GuardedTileCreator, query: Any) -> Any:
        picture = real(self, query)
        with another_connection() as raw:
            raw.cursor().execute("UPDATE base_building SET height = height + 1")
            raw.commit()
        with worker_lock(wait=True):
            synchronize()
        return picture

    heartbeat.beat()
    monkeypatch.setattr(GuardedTileCreator, "_query_sources", overtaken)
    address = f"/mapproxy/tiles/1.0.0/buildings/webmercator/{tile_at(16)}.png"
    assert client.get(address).status_code == 200
    assert not list(own_data_folder.rglob("*.png"))
    monkeypatch.setattr(GuardedTileCreator, "_query_sources", real)
    assert client.get(address).status_code == 200
    assert list(own_data_folder.rglob("*.png"))


def test_the_worker_waits_for_what_is_being_kept(committed_district: SmallDistrict) -> None:
    passed = threading.Event()

    def pass_barrier() -> None:
        wait_for_writes()
        passed.set()
        connection.close()

    waiting = threading.Thread(target=pass_barrier)
    with guarded_write(snapshot(), ["buildings"], (0, 0, 1, 1)) as true:
        assert true
        waiting.start()
        assert not passed.wait(0.3)
    assert passed.wait(5)
    waiting.join(timeout=5)


def test_a_change_that_commits_late_is_not_overlooked(
    committed_district: SmallDistrict, client: Client
) -> None:
    """A starts first, B commits first; the tile drawn between the commits must be drawn again after A's."""
    with another_connection() as slow:
        slow.cursor().execute(
            "UPDATE base_building SET height = 55 WHERE id = %s", [committed_district.building.pk]
        )
        Building.objects.exclude(pk=committed_district.building.pk).update(height=44)
        between = client.get(f"/tiles/buildings/{tile_at(15)}.pbf").content
        slow.commit()
    assert client.get(f"/tiles/buildings/{tile_at(15)}.pbf").content != between


def test_after_an_interruption_the_worker_goes_on_where_it_was(committed_district: SmallDistrict) -> None:
    def first() -> Batch:
        with worker_lock(wait=True):
            return synchronize()

    assert not first().is_complete  # nobody knows what the cache was made from
    Building.objects.update(height=3)
    assert {change.layer for change in first().changes} >= {"buildings"}
    assert first().changes == []


@pytest.mark.parametrize("lost", ["another database", "long ago", "unreadable"])
def test_a_cache_of_which_nothing_is_known_is_emptied(
    committed_district: SmallDistrict, client: Client, own_data_folder: Path, lost: str
) -> None:
    client.get(f"/tiles/buildings/{tile_at(15)}.pbf")
    position = change_feed.load()
    assert position
    if lost == "another database":
        change_feed.save(replace(position, database="restored elsewhere"))
    elif lost == "long ago":
        change_feed.save(replace(position, at=position.at.replace(year=2020)))
    else:
        (own_data_folder / "tiles" / "position.json").write_text("{")
    with worker_lock(wait=True):
        assert not synchronize().is_complete
    assert not tiles_in(own_data_folder)


CELL = [floor(metres / FINE) for metres in lonlat_to_web(LON, LAT)]


def build(inset: float, side: float) -> None:
    """A square so many metres of EPSG:3857 from the lower corner of a cell."""
    west, south = (number * FINE + inset for number in CELL)
    corners = (*web_to_lonlat(west, south), *web_to_lonlat(west + side, south + side))
    Building.objects.create(geom=MultiPolygon(Polygon.from_bbox(corners), srid=STORE_SRID), height=1)


@pytest.mark.parametrize(
    ("inset", "reached"),
    [(1.0, [-1, -1, 1, 1]), (FINE / 2, [0, 0, 1, 1]), (FINE - 6, [0, 0, 2, 2])],
    ids=["at the lower corner", "in the middle", "at the upper corner"],
)
def test_it_is_passed_on_for_every_cell_whose_tiles_show_it(
    inset: float, reached: list[int], committed_district: SmallDistrict
) -> None:
    with worker_lock(wait=True):
        synchronize()
        build(inset, 5)
        with passed_on() as heard:
            synchronize()
            (message,) = heard()
    told = [
        cells for layer, _audience, _whose, cells in json.loads(message)["changes"] if layer == "buildings"
    ]
    assert told == [[number + beyond for number, beyond in zip([*CELL, *CELL], reached, strict=True)]]


def test_changes_in_one_cell_are_one_as_large_as_all(committed_district: SmallDistrict) -> None:
    with worker_lock(wait=True):
        synchronize()
        for inset, side in ((200, 5), (100, 5), (300, 20)):
            build(inset, side)
        (change,) = (each for each in synchronize().changes if each.layer == "buildings")
    west, south = (number * FINE for number in CELL)
    assert change.box == pytest.approx((west + 100, south + 100, west + 320, south + 320), abs=0.01)


def test_only_one_worker_works_on_a_machine(committed_district: SmallDistrict) -> None:
    with worker_lock(wait=False) as first, worker_lock(wait=False) as second:
        assert (first, second) == (True, False)
    with worker_lock(wait=False) as again:
        assert again


def test_old_records_are_forgotten_but_when_a_layer_changed_is_not(committed_district: SmallDistrict) -> None:
    for height in range(80):
        Building.objects.filter(pk=committed_district.building.pk).update(height=height)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE tiles_change SET at = at - interval '2 days'")
    change_feed.delete_old()
    assert 0 < Change.objects.filter(layer="buildings").count() < 80
