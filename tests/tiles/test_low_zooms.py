"""Areas that lie near each other are one block at low zooms, kept true by the change feed."""

from dataclasses import replace

import mapbox_vector_tile
import pytest
from django.contrib.gis.geos import MultiPolygon
from django.db import connection
from django.test import Client
from shapely.geometry import shape

from layers.base.models import Building
from layers.coordinates import WEB_SRID
from layers.registry.access.audience_views import same_for_all
from layers.registry.audience import PUBLIC_VIEWER, Audience
from layers.registry.registration import get_layer
from tests.district import LAT, LON, SmallDistrict, square, tile_at
from tiles.invalidation import block_refresh
from tiles.models import Block, BlockPosition, TableClustering
from tiles.vector import clustering
from tiles.vector.blocks import block_layers

pytestmark = pytest.mark.django_db(transaction=True)


def drawn(client: Client, zoom: int) -> list[dict[str, object]]:
    content = client.get(f"/tiles/buildings/{tile_at(zoom)}.pbf").content
    if not content:
        return []
    features: list[dict[str, object]] = mapbox_vector_tile.decode(
        content, default_options={"y_coord_down": True}
    )["buildings"]["features"]
    return features


def row_of_houses(count: int = 12, use: str = "rural") -> list[Building]:
    return Building.objects.bulk_create(
        Building(geom=square(LON + i * 0.0002, LAT + 0.003, 0.00015), use=use, height=6 + i % 2)
        for i in range(count)
    )


def test_neighbours_of_one_kind_are_one_block_with_their_mean_height(
    committed_district: SmallDistrict, client: Client
) -> None:
    row_of_houses()
    [block] = [f for f in drawn(client, 13) if f["properties"]["use"] == "rural"]  # type: ignore[index]
    assert block["properties"]["height"] == pytest.approx(6.5)  # type: ignore[index]
    assert shape(block["geometry"]).is_valid
    assert len([f for f in drawn(client, 14) if f["properties"]["use"] == "rural"]) == 12  # type: ignore[index]


def test_an_edit_reaches_the_low_zooms_and_its_cell_only(
    committed_district: SmallDistrict, client: Client
) -> None:
    houses = row_of_houses()
    Building.objects.create(geom=square(LON + 0.05, LAT, 0.002), use="factory")
    drawn(client, 13)
    kept = set(Block.objects.filter(kind="factory").values_list("pk", flat=True))
    assert kept
    Building.objects.filter(pk__in=[house.pk for house in houses]).update(use="warehouse")
    uses = {f["properties"]["use"] for f in drawn(client, 13)}  # type: ignore[index]
    assert "warehouse" in uses
    assert "rural" not in uses
    assert set(Block.objects.filter(kind="factory").values_list("pk", flat=True)) == kept
    Building.objects.all().delete()
    assert drawn(client, 13) == []


def test_a_heap_of_overlapping_areas_costs_no_more_than_its_number(committed_district: SmallDistrict) -> None:
    """A buffer of all at once asked the database for hours and all its memory."""
    block_refresh.refresh_blocks()
    heap = (square(LON + i / 1e6, LAT + 0.003 + i * i % 97 / 1e6, 0.0005) for i in range(1000))
    Building.objects.bulk_create(Building(geom=area, use="rural") for area in heap)
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = '40s'")
        try:
            block_refresh.refresh_blocks()
        finally:
            cursor.execute("RESET statement_timeout")
    assert Block.objects.get(kind="rural").geom.valid


def test_blocks_follow_the_feed_in_the_database_once_for_all_machines(
    committed_district: SmallDistrict,
) -> None:
    for kind in ("office", "rural"):
        row_of_houses(use=kind)
        block_refresh.refresh_blocks()
        assert Block.objects.filter(kind=kind).exists()
        assert block_refresh.refresh_blocks() == 0


def test_blocks_of_a_layer_that_is_gone_go_when_the_feed_begins_anew(
    committed_district: SmallDistrict,
) -> None:
    block_refresh.refresh_blocks()
    Block.objects.create(layer="gone", column=1, row=1, geom=MultiPolygon(srid=WEB_SRID))
    block_refresh.refresh_blocks()
    assert Block.objects.filter(layer="gone").exists()
    BlockPosition.objects.all().delete()
    block_refresh.refresh_blocks()
    assert not Block.objects.filter(layer="gone").exists()


def test_what_is_not_public_becomes_no_block() -> None:
    layer = get_layer("buildings", PUBLIC_VIEWER)
    assert layer in block_layers()
    hidden = replace(
        layer,
        attributes=(
            *layer.attributes[:-1],
            replace(layer.attributes[-1], in_tiles=True, audience=Audience.DEPARTMENT),
        ),
    )
    assert not same_for_all(hidden)


def test_tables_are_put_in_order_when_much_was_written(
    committed_district: SmallDistrict, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clustering, "MIN_ROWS", 10)
    Building.objects.bulk_create(
        Building(geom=square(LON + (i * 7919 % 500) * 1e-4, LAT + (i * 104729 % 300) * 1e-4, 5e-5))
        for i in range(2000)
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE base_building; SELECT pg_stat_force_next_flush(); SELECT 1")

    def distance() -> float:
        """Mean distance between neighbours in the table."""
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT avg(ST_Distance(geom_3857, next)) FROM (SELECT geom_3857, "
                "lead(geom_3857) OVER (ORDER BY ctid) AS next FROM base_building) AS pairs"
            )
            return float(cursor.fetchone()[0])

    before = distance()
    assert clustering.cluster(Building)
    assert distance() < before / 5
    assert TableClustering.objects.get().table == "base_building"
