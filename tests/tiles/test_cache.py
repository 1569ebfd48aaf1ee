"""A cached tile is served only while the data it was made from are the current ones."""

import gzip
import os
import threading
from collections.abc import Callable
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import psycopg2
import pytest
from django.db import connection
from django.test import Client

from layers.base.models import Building
from layers.enforcement.models import EnforcementCase
from layers.foodsafety.models import Inspection, Premises
from layers.registry.audience import Audience
from tests.district import SmallDistrict, tile_at
from tests.people import client_of
from tiles.cache import combinations, gzip_tile, heartbeat, maintenance, tile_files
from tiles.vector.mvt import render

pytestmark = pytest.mark.django_db(transaction=True)


def etag(client: Client, layer: str, zoom: int = 15, *, status: int = 200) -> str:
    response = client.get(f"/tiles/{layer}/{tile_at(zoom)}.pbf")
    assert response.status_code == status
    return str(response["ETag"])


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


def test_a_change_of_a_joined_table_makes_the_joining_layer_stale(
    committed_district: SmallDistrict, client: Client
) -> None:
    before = etag(client, "food-inspections")
    Premises.objects.filter(pk=committed_district.premises.pk).update(name="新名字")
    assert etag(client, "food-inspections") != before


def test_a_withdrawn_row_leaves_the_tile_at_once(committed_district: SmallDistrict, client: Client) -> None:
    before = etag(client, "food-inspections")
    Inspection.objects.update(visibility=Audience.DEPARTMENT)
    assert etag(client, "food-inspections", status=204) != before


def test_audiences_do_not_share_tiles(committed_district: SmallDistrict, own_data_folder: Path) -> None:
    tags = {
        role: etag(client_of(role), "enforcement-cases")
        for role in ("public", "officer", "other_officer", "administrator")
    }
    assert len(set(tags.values())) == 4
    EnforcementCase.objects.filter(party_kind="none").delete()
    assert {path.name for path in (own_data_folder / "tiles").iterdir() if path.is_dir()} == {
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
    committed_district: SmallDistrict, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Django's test client opens a database connection for each thread; the drawing itself is real."""
    drawn = []
    gate = threading.Barrier(4)

    def counted(*args: Any) -> Any:
        drawn.append(1)
        return render(*args)

    monkeypatch.setattr("tiles.tile_service.render", counted)
    heartbeat.beat()

    def ask() -> None:
        gate.wait(timeout=5)
        try:
            assert Client().get(f"/tiles/buildings/{tile_at(15)}.pbf").status_code == 200
        finally:
            connection.close()

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=10)
    assert drawn == [1]


@pytest.mark.parametrize("damage", [lambda b: b[:-20], lambda b: b"", lambda b: b[:60] + b"x" + b[61:]])
def test_a_damaged_file_is_drawn_again(
    committed_district: SmallDistrict,
    client: Client,
    own_data_folder: Path,
    damage: Callable[[bytes], bytes],
) -> None:
    content = client.get(f"/tiles/buildings/{tile_at(15)}.pbf").content
    [kept] = own_data_folder.rglob("*.pbf.gz")
    whole = kept.read_bytes()
    kept.write_bytes(damage(whole))
    assert client.get(f"/tiles/buildings/{tile_at(15)}.pbf").content == content
    assert kept.read_bytes() == whole


def test_layers_that_look_the_same_to_everybody_are_kept_once(
    committed_district: SmallDistrict, own_data_folder: Path
) -> None:
    for role in ("public", "officer", "administrator"):
        assert client_of(role).get(f"/tiles/buildings/{tile_at(15)}.pbf").status_code == 200
    assert len(list(own_data_folder.rglob("*.pbf.gz"))) == 1


def test_without_a_place_to_keep_them_tiles_are_served(
    committed_district: SmallDistrict, client: Client, own_data_folder: Path
) -> None:
    (own_data_folder / "tiles").write_text("a file where the cache should be")
    heartbeat.beat()
    assert client.get(f"/tiles/buildings/{tile_at(15)}.pbf").status_code == 200


def test_the_size_of_the_cache_is_bounded_and_old_deep_tiles_go_first(
    committed_district: SmallDistrict, client: Client, own_data_folder: Path, settings: Any
) -> None:
    folders = [own_data_folder / "tiles"]
    for zoom in (14, 15, 16):
        etag(client, "buildings", zoom)
    files = {int(path.parents[1].name): path for path in own_data_folder.rglob("*.pbf.gz")}
    draft = files[16].with_name(f"{gzip_tile.TEMPORARY_PREFIX}left-by-a-killed-process")
    draft.touch()
    os.utime(files[14], (1, files[14].stat().st_mtime))  # nobody asked for it since 1970
    settings.TILE_CACHE_BYTES = maintenance.size(folders) - 1
    maintenance.maintain(folders, threading.Event())
    assert [zoom for zoom, path in files.items() if path.exists()] == [15, 16]
    settings.TILE_CACHE_BYTES = maintenance.size(folders) - 1
    maintenance.maintain(folders, threading.Event())
    assert [zoom for zoom, path in files.items() if path.exists()] == [15]
    assert draft.exists()  # it may still be written to


def test_upkeep_removes_damaged_files(
    committed_district: SmallDistrict, client: Client, own_data_folder: Path
) -> None:
    etag(client, "buildings")
    [kept] = own_data_folder.rglob("*.pbf.gz")
    folders = [own_data_folder / "tiles"]
    kept.write_bytes(b"half")
    maintenance.maintain(folders, threading.Event(), thorough=False)
    assert kept.exists()
    maintenance.maintain(folders, threading.Event())
    assert not kept.exists()


def test_a_packed_tile_is_plain_gzip_and_its_etag_is_of_its_content() -> None:
    tile = gzip_tile.compress(b"content" * 50)
    assert gzip.decompress(tile.data) == tile.content == b"content" * 50
    assert tile.etag == gzip_tile.compress(b"content" * 50).etag
    assert tile.etag != gzip_tile.compress(b"another" * 50).etag
    assert gzip_tile.compress(b"").empty


def test_a_file_s_time_and_size_make_the_etag_that_web_servers_send(tmp_path: Path) -> None:
    tile = gzip_tile.compress(b"content")
    gzip_tile.write(tmp_path / "a" / "b.gz", tile, readable=True)
    found = (tmp_path / "a" / "b.gz").stat()
    assert f'"{int(found.st_mtime):x}-{found.st_size:x}"' == tile.etag
    assert found.st_mode & 0o777 == 0o644
    assert [path.name for path in (tmp_path / "a").iterdir()] == ["b.gz"]


def test_combinations_in_any_order_share_their_tiles(
    committed_district: SmallDistrict, client: Client, own_data_folder: Path
) -> None:
    for names in ("buildings,roads", "roads,buildings", "roads,buildings,roads,"):
        assert client.get(f"/tiles/{names}/{tile_at(15)}.pbf").status_code == 200
    assert [path.name for path in (own_data_folder / "tiles" / "public").iterdir()] == ["buildings,roads"]


def test_no_more_combinations_are_kept_than_a_disk_can_hold(
    committed_district: SmallDistrict,
    client: Client,
    own_data_folder: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(combinations, "MOST", 2)
    for others in ("water", "roads", "grid", "pois"):
        for names in (f"buildings,{others}", others):
            status = client.get(f"/tiles/{names}/{tile_at(14)}.pbf").status_code
            assert status == (204 if names == "water" else 200), names
    kept = {path.name for path in (own_data_folder / "tiles" / "public").iterdir()}
    assert kept == {"buildings,water", "buildings,roads", "water", "roads", "grid", "pois"}
    kept_before = len(list(own_data_folder.rglob("*.pbf.gz")))
    assert client.get(f"/tiles/roads,buildings/{tile_at(15)}.pbf").status_code == 200
    assert len(list(own_data_folder.rglob("*.pbf.gz"))) == kept_before + 1


def test_one_client_does_not_use_up_the_combinations_of_all(
    committed_district: SmallDistrict, own_data_folder: Path, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    """Whoever is behind a trusted proxy is told apart; what strangers claim of themselves counts for nothing."""
    monkeypatch.setattr(combinations, "MOST_OF_ONE", 1)
    monkeypatch.setattr(combinations, "_begun", {})
    settings.TRUSTED_PROXIES = [ip_network("10.0.0.0/8")]
    asked = [
        ("192.0.2.1", "", "buildings,water"),
        ("192.0.2.1", "198.51.100.9", "buildings,roads"),
        ("10.0.0.1", "192.0.2.1", "buildings,grid"),
        ("10.0.0.1", "192.0.2.2", "buildings,pois"),
    ]
    for peer, forwarded, names in asked:
        client = Client(REMOTE_ADDR=peer, headers={"x-forwarded-for": forwarded})
        assert client.get(f"/tiles/{names}/{tile_at(14)}.pbf").status_code == 200
    kept = {path.name for path in (own_data_folder / "tiles" / "public").iterdir()}
    assert kept == {"buildings,water", "buildings,pois"}


def test_a_disk_that_is_nearly_full_is_left_to_others(
    committed_district: SmallDistrict,
    client: Client,
    own_data_folder: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    etag(client, "buildings")
    monkeypatch.setattr(tile_files, "LEAST_FREE", 2**60)
    monkeypatch.setattr(tile_files, "LEAST_SHARE", 1.0)
    etag(client, "roads")
    picture = f"/mapproxy/tiles/1.0.0/buildings/webmercator/{tile_at(16)}.png"
    assert client.get(picture).status_code == 200
    kept = [*own_data_folder.rglob("*.pbf.gz"), *own_data_folder.rglob("*.png")]
    assert [path.parents[2].name for path in kept] == ["buildings"]
    assert "No space left" in tile_files.problem()
    assert maintenance.maintain([own_data_folder / "tiles"], threading.Event()) == 0
    assert list(own_data_folder.rglob("*.pbf.gz")) == []
