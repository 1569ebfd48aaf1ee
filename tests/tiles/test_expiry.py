"""What a change removes from the caches: the tiles of who sees it, and pictures where the public does."""

from pathlib import Path

import pytest
from django.test import Client

from layers.registry.audience import Audience
from tests.district import SmallDistrict, tile_at
from tests.people import client_of
from tiles.cache.paths import tiles_folder
from tiles.invalidation.change_feed import ChangedArea
from tiles.invalidation.expiry import clear, expire
from tiles.invalidation.synchronization import synchronize, worker_lock
from tiles.raster.configuration import tiles_folder as pictures_folder
from tiles.scheme import WORLD, Box

pytestmark = pytest.mark.django_db(transaction=True)

ROLES = ("public", "citizen", "officer", "other_officer", "administrator")
FAR: Box = (-1000.0, -1000.0, -900.0, -900.0)


def partitions(layers: str = "enforcement-cases") -> set[str]:
    """For whom tiles of these layers are kept."""
    return {path.parts[-5] for path in tiles_folder().rglob("*.pbf.gz") if path.parts[-4] == layers}


def pictures() -> list[Path]:
    return list(pictures_folder().rglob("*.png"))


@pytest.fixture
def kept(committed_district: SmallDistrict, own_data_folder: Path) -> set[str]:
    """Tiles of cases for everybody, tiles of buildings, and a picture of them."""
    with worker_lock(wait=True):
        synchronize()
    tile = tile_at(15)
    for role in ROLES:
        assert client_of(role).get(f"/tiles/enforcement-cases/{tile}.pbf").status_code == 200
    assert Client().get(f"/tiles/buildings/{tile}.pbf").status_code == 200
    assert Client().get(f"/mapproxy/tiles/1.0.0/buildings/webmercator/{tile}.png").status_code == 200
    found = partitions()
    assert found == {"public", "signed_in", "department-UM", "department-PL", "restricted"}
    assert partitions("buildings") == {"public"}
    assert pictures()
    return found


@pytest.mark.parametrize("audience", Audience)
def test_a_change_removes_the_tiles_of_its_audience_and_those_above(
    kept: set[str], audience: Audience
) -> None:
    expire([ChangedArea("enforcement-cases", audience, None, WORLD)])
    below = {name for name in kept if Audience[name.split("-")[0].upper()] < audience}
    assert partitions() == below
    assert partitions("buildings") == {"public"}


def test_pictures_go_when_the_public_sees_the_change_and_stay_otherwise(kept: set[str]) -> None:
    before = pictures()
    for audience in (Audience.SIGNED_IN, Audience.DEPARTMENT, Audience.RESTRICTED):
        expire([ChangedArea("buildings", audience, None, WORLD)])
        assert pictures() == before
    expire([ChangedArea("buildings", Audience.PUBLIC, None, WORLD)])
    assert pictures() == []


def test_a_change_without_a_place_or_far_away_removes_nothing(kept: set[str]) -> None:
    before = pictures()
    for box in (None, FAR):
        expire([ChangedArea(name, Audience.PUBLIC, None, box) for name in ("enforcement-cases", "buildings")])
    assert (partitions(), partitions("buildings"), pictures()) == (kept, {"public"}, before)


def test_a_change_of_blocks_removes_the_zooms_that_show_them(kept: set[str]) -> None:
    def zooms() -> set[str]:
        return {path.parts[-3] for path in tiles_folder().rglob("*.pbf.gz") if path.parts[-4] == "buildings"}

    assert Client().get(f"/tiles/buildings/{tile_at(11)}.pbf").status_code == 204  # two houses make no block
    assert zooms() == {"11", "15"}
    expire([ChangedArea("buildings~blocks", Audience.PUBLIC, None, WORLD)])
    assert zooms() == {"15"}


def test_a_layer_s_change_removes_the_tiles_that_it_shares(kept: set[str]) -> None:
    both = "buildings,enforcement-cases"
    assert Client().get(f"/tiles/{both}/{tile_at(15)}.pbf").status_code == 200
    expire([ChangedArea("buildings", Audience.PUBLIC, None, WORLD)])
    assert (partitions(both), partitions("buildings"), partitions()) == (set(), set(), kept)


def test_clearing_leaves_neither_tile_nor_picture(kept: set[str]) -> None:
    clear()
    assert list(tiles_folder().rglob("*.pbf.gz")) == []
    assert pictures() == []
