"""A cached tile is served only while the data it was made from are the current ones."""

import threading
from pathlib import Path

import psycopg2
import pytest
from django.db import connection, transaction
from django.test import Client

from layers.base.models import Building
from layers.enforcement.models import EnforcementCase
from layers.foodsafety.models import Inspection, Premises
from layers.registry.audience import PUBLIC_VIEWER, Audience
from layers.registry.registration import get_layer
from tests.district import SmallDistrict, tile_at
from tests.people import client_of
from tiles import cache
from tiles.changes.state import versions
from tiles.changes.worker import work_off
from tiles.models import Change
from tiles.scheme import Tile

pytestmark = pytest.mark.django_db(transaction=True)


def etag(client: Client, layer: str, zoom: int = 15) -> str:
    response = client.get(f"/tiles/{layer}/{tile_at(zoom)}.pbf")
    assert response.status_code in {200, 204}
    return str(response["ETag"])


def version(layer: str) -> str:
    return versions([get_layer(layer, PUBLIC_VIEWER)])


def test_a_tile_is_kept_and_read_again(
    committed_district: SmallDistrict, client: Client, own_data_folder: Path
) -> None:
    first = etag(client, "buildings")
    kept = list(own_data_folder.rglob("*.pbf.gz"))
    assert len(kept) == 1
    before = kept[0].stat().st_mtime_ns
    assert etag(client, "buildings") == first
    assert kept[0].stat().st_mtime_ns == before


def test_every_way_of_writing_makes_a_tile_stale(committed_district: SmallDistrict, client: Client) -> None:
    def by_model() -> None:
        building = Building.objects.get(pk=committed_district.building.pk)
        building.height = 99
        building.save()

    def by_sql() -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE base_building SET height = 77 WHERE id = %s", [committed_district.building.pk]
            )

    def by_delete() -> None:
        Building.objects.exclude(pk=committed_district.building.pk).delete()

    for write in (by_model, by_sql, by_delete):
        before = etag(client, "buildings")
        write()
        assert etag(client, "buildings") != before


def test_what_is_rolled_back_changes_nothing(committed_district: SmallDistrict) -> None:
    before, recorded = version("buildings"), Change.objects.count()
    with transaction.atomic():
        Building.objects.update(height=1)
        transaction.set_rollback(True)
    assert (version("buildings"), Change.objects.count()) == (before, recorded)


def test_a_change_of_a_joined_table_makes_the_joining_layer_stale(
    committed_district: SmallDistrict, client: Client
) -> None:
    before = etag(client, "food-inspections")
    Premises.objects.filter(pk=committed_district.premises.pk).update(name="新名字")
    assert etag(client, "food-inspections") != before


def test_a_withdrawn_row_leaves_the_tile_at_once(committed_district: SmallDistrict, client: Client) -> None:
    before = etag(client, "food-inspections")
    Inspection.objects.update(visibility=Audience.DEPARTMENT)
    assert etag(client, "food-inspections") != before


def test_audiences_do_not_share_tiles(committed_district: SmallDistrict, own_data_folder: Path) -> None:
    tags = {
        role: etag(client_of(role), "enforcement-cases")
        for role in ("public", "officer", "other_officer", "administrator")
    }
    assert len(set(tags.values())) == 4
    EnforcementCase.objects.filter(party_kind="none").delete()
    assert {path.name for path in (own_data_folder / "tiles").iterdir()} == {
        "public",
        "department-UM",
        "department-PL",
        "restricted",
    }


def test_a_change_committed_later_is_not_hidden_by_an_earlier_version(
    committed_district: SmallDistrict, client: Client
) -> None:
    """A starts first, B commits first; the tile drawn between the commits must be drawn again after A's."""
    known = connection.get_connection_params()
    known.pop("cursor_factory", None)
    known.pop("context", None)
    slow = psycopg2.connect(**known)
    slow.cursor().execute(
        "UPDATE base_building SET height = 55 WHERE id = %s", [committed_district.building.pk]
    )
    Building.objects.exclude(pk=committed_district.building.pk).update(height=44)
    between = etag(client, "buildings")
    slow.commit()
    slow.close()
    assert etag(client, "buildings") != between


def test_requests_at_once_for_a_missing_tile_render_it_once(
    committed_district: SmallDistrict, tmp_path: Path
) -> None:
    drawn = []
    gate = threading.Barrier(4)

    def draw() -> bytes:
        drawn.append(1)
        return b"tile"

    def ask() -> None:
        gate.wait(timeout=5)
        cache._rendered_once(tmp_path / "a.pbf.gz", b"1", draw)

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=10)
    assert drawn == [1]


def test_a_packed_tile_is_plain_gzip_with_its_versions() -> None:
    packed = cache.pack(b"content" * 50, b"3.14")
    tile = cache.CachedTile(packed, empty=False)
    assert tile.content == b"content" * 50
    assert b"3.14\x00" in packed
    assert tile.etag == cache.CachedTile(cache.pack(b"content" * 50, b"4.14"), empty=False).etag


def test_the_worker_forgets_what_it_has_worked_off(committed_district: SmallDistrict) -> None:
    assert Change.objects.exists()
    assert work_off() > 0
    assert not Change.objects.exists()
    assert (
        cache.path_of([get_layer("buildings", PUBLIC_VIEWER)], Tile(3, 1, 2), PUBLIC_VIEWER).name
        == "2.pbf.gz"
    )
