"""Blocks for low zooms, made anew where their areas changed.

They have a position in the feed of their own, in the database: whichever machine's worker comes first does the
work. What it makes anew it records as a change of ``<layer>~blocks``, which expires the low zooms.
"""

from collections.abc import Iterable, Sequence
from dataclasses import asdict

from django.db import connection, transaction

from layers.registry.audience import PUBLIC_VIEWER, Audience
from layers.registry.audience_views import same_for_all
from layers.registry.layer import Blocks, Layer
from layers.registry.layer_query import relation
from layers.registry.registration import public_layers
from tiles.models import Block, BlockPosition
from tiles.scheme import Box, tiles_touching

from . import change_feed
from .expiry import BLOCKS_SUFFIX
from .triggers import CHANGES_CHANNEL

CELL_ZOOM = 16
"""Blocks are made for each tile of this zoom; an area belongs to the one with its centre."""

BATCH_CELLS = 300  # made in one statement


def block_layers() -> list[Layer]:
    return [layer for layer in public_layers() if layer.blocks and same_for_all(layer)]


def grant_blocks() -> None:
    """They show what is public anyway; every audience may read them."""
    with connection.cursor() as cursor:
        for audience in Audience:
            cursor.execute(f"GRANT SELECT ON {Block._meta.db_table} TO {audience.role}")


@transaction.atomic
def refresh() -> int:
    """Make anew the blocks that changes touched since the last time; returns the number of cells."""
    kept, _ = BlockPosition.objects.get_or_create(pk=1)
    kept = BlockPosition.objects.select_for_update().get(pk=1)
    batch = change_feed.read(change_feed.parse_position(kept.position))
    layers = {layer.name: layer for layer in block_layers()}
    done = 0
    if batch.is_complete:
        for name, layer in layers.items():
            changed = [change for change in batch.changes if change.layer == name]
            done += _rebuild_cells(
                layer, _cells(box for c in changed for box in c.boxes_for(Audience.PUBLIC))
            )
    else:
        Block.objects.exclude(layer__in=layers).delete()
        for layer in layers.values():
            done += _rebuild_cells(layer, _all_cells(layer))
    kept.position = asdict(batch.position) | {"at": batch.position.at.isoformat()}
    kept.save()
    return done


def _cells(boxes: Iterable[Box]) -> set[tuple[int, int]] | None:
    """The cells that boxes touch; None for so many that it is better to look at all there are."""
    found: set[tuple[int, int]] = set()
    for box in boxes:
        columns, rows = tiles_touching(box, CELL_ZOOM)
        if len(columns) * len(rows) > 100_000:
            return None
        found |= {(column, row) for column in columns for row in rows}
    return found


def _all_cells(layer: Layer) -> set[tuple[int, int]]:
    """The cells in which the layer has areas or blocks."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT DISTINCT {_CELL} FROM {relation(layer, PUBLIC_VIEWER)} "
            'UNION SELECT "column", "row" FROM tiles_block WHERE layer = %s',
            [layer.name],
        )
        return set(cursor.fetchall())


def _rebuild_cells(layer: Layer, cells: set[tuple[int, int]] | None) -> int:
    wanted = sorted(_all_cells(layer) if cells is None else cells)
    if layer.blocks:
        for start in range(0, len(wanted), BATCH_CELLS):
            _rebuild(layer, layer.blocks, wanted[start : start + BATCH_CELLS])
    return len(wanted)


def _rebuild(layer: Layer, blocks: Blocks, cells: Sequence[tuple[int, int]]) -> None:
    listed = ", ".join(f"({column}, {row})" for column, row in cells)
    with connection.cursor() as cursor:
        cursor.execute(
            f'DELETE FROM tiles_block WHERE layer = %s AND ("column", "row") IN ({listed})', [layer.name]
        )
        cursor.execute(_blocks_sql(layer, blocks, listed), [layer.name])
        cursor.execute(
            "INSERT INTO tiles_change (layer, box, open_box) "
            f"SELECT %s, {_TILE}, {_TILE} FROM (VALUES {listed}) AS cells (c, r)",
            [layer.name + BLOCKS_SUFFIX],
        )
        cursor.execute(f"NOTIFY {CHANGES_CHANNEL}")


def _blocks_sql(layer: Layer, blocks: Blocks, listed: str) -> str:
    """Closing (outwards and back) bridges gaps; what is then finer than a pixel of the deepest zoom goes."""
    quote = connection.ops.quote_name
    mean = (
        f"sum({quote(blocks.mean)} * ST_Area(geom_3857)) / NULLIF(sum(ST_Area(geom_3857)) FILTER (WHERE {quote(blocks.mean)} IS NOT NULL), 0)"
        if blocks.mean
        else "NULL"
    )
    half, shape = blocks.gap / 2, "'quad_segs=1 join=mitre mitre_limit=2'"
    return f"""
        INSERT INTO tiles_block (layer, "column", "row", kind, mean, geom)
        SELECT %s, c, r, kind, mean, ST_Multi(ST_ForcePolygonCW((part).geom)) FROM (
            SELECT c, r, kind, mean, ST_Dump(ST_CollectionExtract(ST_MakeValid(ST_Simplify(
                ST_Buffer(ST_Buffer(together, {half}, {shape}), -{half}, {shape}), {blocks.gap / 4})), 3)) AS part
            FROM (
                SELECT c, r, {quote(blocks.by)}::text AS kind, {mean} AS mean, ST_Collect(geom_3857) AS together
                FROM {relation(layer, PUBLIC_VIEWER)}
                JOIN (VALUES {listed}) AS cells (c, r) ON geom_3857 && {_TILE} AND ({_CELL}) = (c, r)
                GROUP BY 1, 2, 3
            ) AS kinds
        ) AS parts WHERE ST_Area((part).geom) > {blocks.gap**2 / 2}"""


_TILE = f"ST_TileEnvelope({CELL_ZOOM}, c, r)"
_SIZE = f"({2 * 20037508.342789244!r} / {2**CELL_ZOOM})"
_CELL = (
    f"floor((ST_X(ST_Centroid(geom_3857)) + 20037508.342789244) / {_SIZE})::int, "
    f"floor((20037508.342789244 - ST_Y(ST_Centroid(geom_3857))) / {_SIZE})::int"
)
