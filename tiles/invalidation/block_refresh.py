"""Blocks made anew where their areas changed.

They have a position in the feed of their own, in the database: whichever machine's worker comes first does the
work. What it makes anew it records as a change of ``<layer>~blocks``, which expires the low zooms.
"""

from collections.abc import Iterator, Sequence
from dataclasses import asdict

from django.contrib.gis.geos import Polygon
from django.db import connection, transaction

from layers.registry.declaration.layer import Layer
from tiles.models import Block, BlockPosition, Change
from tiles.scheme import Box
from tiles.vector.blocks import BLOCKS_SUFFIX, Cell, all_cells, block_layers, cells_touching, rebuild

from . import change_feed
from .triggers import CHANGES_CHANNEL

BATCH_CELLS = 300  # made in one statement


@transaction.atomic
def refresh_blocks() -> int:
    """Make anew the blocks that changes touched since the last time; returns the number of cells."""
    BlockPosition.objects.get_or_create(pk=1)
    kept = BlockPosition.objects.select_for_update().get(pk=1)
    batch = change_feed.read(change_feed.parse_position(kept.position))
    layers = {layer.name: layer for layer in block_layers()}
    if not batch.is_complete:
        Block.objects.exclude(layer__in=layers).delete()
    done = 0
    for layer in layers.values():
        cells = _changed_cells(layer, batch)
        for part in _parts(sorted(cells)):
            _record(layer, rebuild(layer, part))
        done += len(cells)
    kept.position = asdict(batch.position) | {"at": batch.position.at.isoformat()}
    kept.save()
    return done


def _changed_cells(layer: Layer, batch: change_feed.Batch) -> set[Cell]:
    if not batch.is_complete:
        return all_cells(layer)
    cells = cells_touching(c.box for c in batch.changes if c.layer == layer.name and c.box)
    return all_cells(layer) if cells is None else cells


def _parts(cells: Sequence[Cell]) -> Iterator[Sequence[Cell]]:
    for start in range(0, len(cells), BATCH_CELLS):
        yield cells[start : start + BATCH_CELLS]


def _record(layer: Layer, boxes: Sequence[Box]) -> None:
    name = layer.name + BLOCKS_SUFFIX
    Change.objects.bulk_create(Change(layer=name, box=Polygon.from_bbox(box)) for box in boxes)
    with connection.cursor() as cursor:
        cursor.execute(f"NOTIFY {CHANGES_CHANNEL}")
